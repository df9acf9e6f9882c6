# SPDX-License-Identifier: Apache-2.0
#
# make            build build/iscsilab
# make run        install what is missing, build, run all scenarios on the embedded simulator
# make test       install what is missing, then every quick test, under the address and undefined sanitizers
# make lint       format, include rule, symbols of the engines, banned names, lengths
# make accept-X   the acceptance script tests/accept/X
# make fuzz       libFuzzer on everything that a peer can send: 10 minutes, shared by the targets in tests/fuzz
# make coverage   lines of the engines that unit tests and scenarios reach, with a page for each file
# make coverage-map  for each line of the engines the scenarios that reach it; tests/coverage/which asks it
# make mutants    is each bug of tests/mutants, planted in the engines, caught by its scenario?
# make check-long what takes long: mutants, ten minutes of fuzzing, every scenario under 2,000 seeds, 20 rounds on real TCP
# make install    the command, its scenarios and manual, and the target as a library, to PREFIX; make uninstall takes them away
#
# Knobs, with their defaults:
BUILD    ?= release# release | debug | asan | coverage | fuzz
V        ?= 0#       1 shows the commands
CC       ?= gcc
JOBS     ?= $(shell nproc)
OUT      ?= build/$(BUILD)
SCENARIOS ?= scenarios
RUN_FLAGS ?=
FUZZ_SECONDS ?= 600
LONG_SEEDS   ?= 2000
LONG_ROUNDS  ?= 20
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin#      the command looks for its scenarios in ../share/iscsilab beside this
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/iscsilab
DESTDIR    ?=#                    before all of these, for who makes packages

CFLAGS_release  := -O2 -g
CFLAGS_debug    := -O0 -g3
CFLAGS_asan     := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_coverage := -O0 -g --coverage
CFLAGS_fuzz     := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
                   -fno-sanitize-recover=undefined
ifeq ($(BUILD),fuzz)
CC := clang
endif

PACKAGES := glib-2.0 gio-unix-2.0 lua5.4 sqlite3 json-glib-1.0 libisal libpcap
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Wswitch-enum -Wmissing-prototypes -Wstrict-prototypes -Wformat=2 \
            -Wno-unused-parameter -Wno-missing-field-initializers $(if $(CI),-Werror)

PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
override CPPFLAGS += -I. -D_GNU_SOURCE -DG_LOG_DOMAIN='"iscsilab"' -DG_LOG_USE_STRUCTURED=0
override CFLAGS   += -std=gnu11 $(CFLAGS_$(BUILD)) $(WARNINGS) $(PACKAGE_CFLAGS)
override LDFLAGS  += $(CFLAGS_$(BUILD))
override LDLIBS   += $(PACKAGE_LIBS) -lm

Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-5s %s\n' $(1) $(patsubst $(OUT)/%,%,$@))

# Lowest first: a library may use those before it.
LIBRARIES := world protocol initiator target-sim
sources    = $(sort $(shell find $(1) -name '*.c'))
objects    = $(patsubst %.c,$(OUT)/%.o,$(call sources,$(1)))

ARCHIVES  := $(foreach l,$(LIBRARIES),$(OUT)/lib$(l).a)
LINK_LIBS := $(OUT)/libtarget-sim.a $(OUT)/libinitiator.a $(OUT)/libprotocol.a $(OUT)/libworld.a
HARNESS   := $(OUT)/libharness.a
MAIN      := harness/cli/main.c

UNIT_TESTS    := $(patsubst %.c,$(OUT)/%,$(shell find tests/unit -name 'test-*.c'))
FUZZ_TARGETS  := $(patsubst %.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz-*.c))
PLANTED       := $(patsubst tests/planted/%.c,$(OUT)/planted/%,$(wildcard tests/planted/*.c))

.PHONY: all run test lint format clean setup-run setup-test unit-tests planted \
        fuzz fuzz-targets fuzz-seeds coverage coverage-map mutants check-long man install uninstall
all: build/iscsilab

ifeq ($(BUILD),release)
build/iscsilab: $(OUT)/iscsilab
	$(Q)ln -sf release/iscsilab $@
else
.PHONY: build/iscsilab
build/iscsilab: $(OUT)/iscsilab
endif

define library
$(OUT)/lib$(1).a: $(call objects,$(1))
	$$(call say,AR)
	$(Q)rm -f $$@ && $(AR) rcs $$@ $$^
endef
$(foreach l,$(LIBRARIES),$(eval $(call library,$(l))))

$(HARNESS): $(filter-out $(OUT)/$(MAIN:.c=.o),$(call objects,harness))
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(OUT)/iscsilab: $(OUT)/$(MAIN:.c=.o) $(HARNESS) $(ARCHIVES)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(HARNESS) $(LINK_LIBS) $(LDLIBS)

$(OUT)/%.o: %.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/harness/conformance/requirements.o: docs/conformance/requirements.tsv
$(OUT)/harness/conformance/field-bugs.o: docs/conformance/field-bugs.tsv

$(UNIT_TESTS): $(OUT)/%: $(OUT)/%.o $(HARNESS) $(ARCHIVES)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(HARNESS) $(LINK_LIBS) $(LDLIBS)

$(OUT)/tests/fuzz/seeds: $(OUT)/tests/fuzz/seeds.o $(ARCHIVES)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -o $@ $< $(LINK_LIBS) $(LDLIBS)

$(FUZZ_TARGETS): $(OUT)/%: $(OUT)/%.o $(ARCHIVES)
	$(call say,LINK)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(LINK_LIBS) $(LDLIBS)

# A binary with one bug planted in it, by which a test shows that its judge works: the first line of the source names the
# function that the linker wraps.
$(PLANTED): $(OUT)/planted/%: $(OUT)/tests/planted/%.o $(OUT)/$(MAIN:.c=.o) $(HARNESS) $(ARCHIVES)
	$(call say,LINK)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $$(sed -n 's|^/\* wrap: \(.*\) \*/$$|\1|p' tests/planted/$*.c | sed 's/[^ ]*/-Wl,--wrap=&/g') \
	  -o $@ $< $(OUT)/$(MAIN:.c=.o) $(HARNESS) $(LINK_LIBS) $(LDLIBS)

unit-tests: $(UNIT_TESTS)
planted: $(PLANTED)
fuzz-targets: $(FUZZ_TARGETS)

setup-run:
	$(Q)./setup.sh run
setup-test:
	$(Q)./setup.sh test

# The recursion is for pkg-config: what setup installs is seen by the make that starts after it.
run: setup-run
	$(Q)$(MAKE) --no-print-directory -j$(JOBS) build/iscsilab BUILD=release
	$(Q)build/iscsilab run --jobs $(JOBS) --report build/report $(RUN_FLAGS) $(SCENARIOS)

test: setup-test
	$(Q)tests/run-all

fuzz: setup-test
	$(Q)tests/fuzz/fuzz $(FUZZ_SECONDS)

# What the fuzzers begin with, recorded anew from a run of both engines.
fuzz-seeds: $(OUT)/tests/fuzz/seeds
	$(Q)$< tests/fuzz/corpus

coverage: setup-test
	$(Q)tests/coverage/coverage

coverage-map: setup-test
	$(Q)tests/coverage/map

mutants: setup-test
	$(Q)tests/mutants/mutants --jobs $(JOBS)

check-long: setup-test
	$(Q)tests/check-long $(FUZZ_SECONDS) $(LONG_SEEDS) $(LONG_ROUNDS)

lint:
	$(Q)tests/lint/lint

format:
	$(Q)clang-format -i $$(git ls-files '*.c' '*.h')

accept-%: setup-test
	$(Q)prove --verbose tests/accept/$*

# What a build is made with, for programs that make a part of it themselves.
print-%:
	$(info $($*))@:

# ---- install ----

INSTALL ?= install
VERSION := $(shell sed -n 's/^#define ISCSILAB_VERSION "\(.*\)"/\1/p' harness/cli/command.h)
SHAREDIR = $(patsubst %/,%,$(dir $(BINDIR)))/share/iscsilab

# What an embedder includes by itself; the headers that these need come with them.
EMBEDDED := target-sim/target.h target-sim/faults/faults.h world/live/live.h world/sim/sim.h
EMBEDDED_HEADERS = $(sort $(filter world/% protocol/% target-sim/%, \
                     $(shell $(CC) -I. $(PACKAGE_CFLAGS) -MM $(EMBEDDED) 2>/dev/null)))

# One object of three libraries, in which only what those headers name can be seen from outside: the names of an embedder's own
# program are its own.
$(OUT)/libiscsilab-target.a: $(OUT)/libworld.a $(OUT)/libprotocol.a $(OUT)/libtarget-sim.a
	$(call say,AR)
	$(Q)$(LD) -r -o $(OUT)/iscsilab-target.o --whole-archive $^
	$(Q)nm --defined-only --extern-only --format=posix $(OUT)/iscsilab-target.o | cut -d' ' -f1 >$(OUT)/iscsilab-target.names
	$(Q)cat $(EMBEDDED_HEADERS) | grep -owFf $(OUT)/iscsilab-target.names | sort -u >$(OUT)/iscsilab-target.public
	$(Q)objcopy --keep-global-symbols=$(OUT)/iscsilab-target.public $(OUT)/iscsilab-target.o
	$(Q)rm -f $@ && $(AR) rcs $@ $(OUT)/iscsilab-target.o

# The pages are printed by the program, from the tables that it works by.
man: build/iscsilab
	$(Q)rm -rf $(OUT)/man && mkdir -p $(OUT)/man
	$(Q)set -e; for page in $$($(OUT)/iscsilab reference man); do \
	  $(OUT)/iscsilab reference man $$page | SOURCE_DATE_EPOCH=$(or $(SOURCE_DATE_EPOCH),$(shell date +%s)) \
	    scdoc >$(OUT)/man/$$page; done

install: build/iscsilab $(OUT)/libiscsilab-target.a $(if $(shell command -v scdoc),man)
	$(Q)$(INSTALL) -D -m 755 $(OUT)/iscsilab $(DESTDIR)$(BINDIR)/iscsilab
	$(Q)$(INSTALL) -D -m 644 $(OUT)/libiscsilab-target.a $(DESTDIR)$(LIBDIR)/libiscsilab-target.a
	$(Q)mkdir -p $(DESTDIR)$(LIBDIR)/pkgconfig
	$(Q)sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|; s|@VERSION@|$(VERSION)|' \
	  target-sim/iscsilab-target.pc.in >$(DESTDIR)$(LIBDIR)/pkgconfig/iscsilab-target.pc
	$(Q)set -e; for header in $(EMBEDDED_HEADERS); do \
	  mkdir -p $(DESTDIR)$(INCLUDEDIR)/iscsilab/$${header%/*}; \
	  sed 's|^#include "\(.*\)"|#include <iscsilab/\1>|' $$header >$(DESTDIR)$(INCLUDEDIR)/iscsilab/$$header; done
	$(Q)set -e; for file in $$(find scenarios -name '*.lua'); do \
	  $(INSTALL) -D -m 644 $$file $(DESTDIR)$(SHAREDIR)/$$file; done
	$(Q)set -e; for file in LICENSE README.md $$(find docs -type f); do \
	  $(INSTALL) -D -m 644 $$file $(DESTDIR)$(DOCDIR)/$$file; done
	$(Q)set -e; if command -v scdoc >/dev/null; then for page in $(OUT)/man/*; do \
	  $(INSTALL) -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done; \
	else echo 'no scdoc here: installed without manual pages'; fi

uninstall:
	$(Q)rm -f $(addprefix $(DESTDIR),$(BINDIR)/iscsilab $(LIBDIR)/libiscsilab-target.a \
	  $(LIBDIR)/pkgconfig/iscsilab-target.pc $(MANDIR)/man1/iscsilab.1 $(MANDIR)/man1/iscsilab-*.1 \
	  $(MANDIR)/man7/iscsilab-*.7)
	$(Q)rm -rf $(addprefix $(DESTDIR),$(INCLUDEDIR)/iscsilab $(SHAREDIR) $(DOCDIR))

clean:
	$(Q)rm -rf build

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
