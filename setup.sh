#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# setup.sh TIER - install what a tier needs and is not there yet
#
#   run    what `make run` needs: a C compiler, make and six libraries
#   test   that, and what `make test` and `make lint` need: tools and foreign iSCSI peers
#
# Silent and instant when nothing is missing. Packages are installed on Debian and its relatives, as root or through sudo;
# elsewhere the script only looks, and says what to install.
set -eu

# The libraries as pkg-config names them, with the package that brings each; the Makefile's PACKAGES is the same list.
LIBRARIES="glib-2.0:libglib2.0-dev gio-unix-2.0:libglib2.0-dev lua5.4:liblua5.4-dev sqlite3:libsqlite3-dev
           json-glib-1.0:libjson-glib-dev libisal:libisal-dev libpcap:libpcap-dev"
RUN_PACKAGES="gcc libc6-dev make pkg-config libglib2.0-dev liblua5.4-dev libsqlite3-dev libjson-glib-dev libisal-dev libpcap-dev"
RUN_TOOLS="gcc make pkg-config"
TEST_PACKAGES="binutils clang clang-format git groff-base istgt jq lcov libclang-rt-14-dev libiscsi-bin perl
               qemu-block-extra qemu-utils scdoc tgt tshark"
TEST_TOOLS="clang clang-format git groff iscsi-inq istgt jq lcov nm objdump perl prove qemu-img scdoc tgtd tshark"

usage () {
  echo "usage: setup.sh run|test" >&2
  exit 2
}

is_installed () {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# pkg-config is a virtual package where pkgconf has replaced it: there the command tells.
is_there () {
  case $1 in
  pkg-config) command -v pkg-config >/dev/null ;;
  gcc) command -v "${CC:-gcc}" >/dev/null ;;
  *) is_installed "$1" ;;
  esac
}

missing_packages () {
  for package in $1; do
    is_there "$package" || printf '%s ' "$package"
  done
}

as_root () {
  if [ "$(id -u)" = 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif sudo -n true 2>/dev/null; then
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  elif [ -t 0 ]; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    echo "setup.sh: expected root or sudo without a password, got neither; needed: apt-get install $missing" >&2
    return 3
  fi
}

# The list of packages may be old or not there at all (a fresh container): it is fetched only if installing without fails.
install_packages () {
  # shellcheck disable=SC2086 # a list of words
  as_root apt-get install -y -q --no-install-recommends $missing ||
    { as_root apt-get update -q && as_root apt-get install -y -q --no-install-recommends $missing; }
}

setup_debian () {
  missing=$(missing_packages "$1")
  missing=${missing% }
  [ -n "$missing" ] || return 0
  echo "installing: $missing"
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  install_packages >"$log" 2>&1 || true # judged by what is there afterwards
  still_missing=$(missing_packages "$1")
  still_missing=${still_missing% }
  [ -n "$still_missing" ] || return 0
  cat "$log" >&2
  echo "setup.sh: expected every package of tier '$tier' to be installed, still missing: $still_missing" >&2
  exit 3
}

# Not Debian: no guess at package names, only what is missing.
setup_other () {
  missing=
  for tool in $1; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
  done
  for library in $LIBRARIES; do
    pkg-config --exists "${library%%:*}" 2>/dev/null || missing="$missing ${library%%:*}"
  done
  [ -n "$missing" ] || return 0
  echo "setup.sh: no apt-get here; please install, with headers:$missing" >&2
  echo "setup.sh: on Debian these are: $2" >&2
  exit 3
}

tier=${1-}
case $tier in
run) packages=$RUN_PACKAGES tools=$RUN_TOOLS ;;
test) packages="$RUN_PACKAGES $TEST_PACKAGES" tools="$RUN_TOOLS $TEST_TOOLS" ;;
*) usage ;;
esac
[ $# = 1 ] || usage

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
  setup_debian "$packages"
else
  setup_other "$tools" "$packages"
fi
