/* SPDX-License-Identifier: Apache-2.0 */
/* disk.h - what a disk over one session and a disk over several have in common: their words, their jobs, their judges */
#pragma once

#include "harness/script/command.h"

typedef struct LabDisk {
  ScriptObject object;
  const CommandWay *way; /* where its commands are submitted */
  gpointer where;
  LabTarget *target;
  guint index; /* into target->luns */
  guint64 blocks;
  guint32 block_size;
} LabDisk;

/* READ CAPACITY(16); `call` ends with the disk as its result, or with an error if it is not what the target was made with. */
void lab_disk_open (LabDisk *disk, LabCall *call);

gboolean disk_word_write (ScriptCall *call, GError **error);
gboolean disk_word_read (ScriptCall *call, GError **error);
gboolean disk_word_start_write (ScriptCall *call, GError **error);
gboolean disk_word_start_read (ScriptCall *call, GError **error);
void disk_get_blocks (gpointer self, lua_State *L);
void disk_get_block_size (gpointer self, lua_State *L);
extern const OptionTable disk_range_options;

/* The rows that each kind of disk has in its table. */
#define DISK_WORDS                                                                                 \
  { "blocks", NULL, disk_get_blocks, "how many", NULL },                                           \
      { "block_size", NULL, disk_get_block_size, "bytes of one", NULL },                           \
      { "write", disk_word_write, NULL,                                                            \
        "writes stamped blocks; goes on when all have their status", &disk_range_options },        \
      { "read", disk_word_read, NULL, "reads, and judges every block by what was written",         \
        &disk_range_options },                                                                     \
      { "start_write", disk_word_start_write, NULL,                                                \
        "the same as write, as a job that goes on by itself", &disk_range_options },               \
  {                                                                                                \
    "start_read", disk_word_start_read, NULL, "the same as read, as a job that goes on by itself", \
        &disk_range_options                                                                        \
  }
