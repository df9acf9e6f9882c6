/* SPDX-License-Identifier: Apache-2.0 */
#include "world/error.h"

G_DEFINE_QUARK (iscsilab_world_error, world_error)
