# The compiler and how it is called: for every makefile that compiles.
# Set by the includer: TOP, the way to the top folder.
#
# CPPFLAGS, CFLAGS, LDFLAGS and LDLIBS belong to the user; ours are ALL_*.

# What is typed behind these is a text: make shall not take a `$(...)` in it for
# its own language, and a shell sees it only as the value of a variable. Other
# values than those of the command line do not count.
define AS_TEXT
ifneq ($$(findstring command line,$$(origin $(1))),)
$(1)_GIVEN := yes
override $(1) := $$(value $(1))
export $(1)
endif
endef
$(foreach name,FROM N FAULT TOPIC,$(eval $(call AS_TEXT,$(name))))

ifeq ($(OS),Windows_NT)
CROSS_COMPILE ?=
else
CROSS_COMPILE ?= x86_64-w64-mingw32-
endif
# One from the environment is most likely not a compiler for Windows.
ifneq ($(origin CC),command line)
CC := $(CROSS_COMPILE)gcc
endif
# Told before anything is built. (A make that was called by another one need not
# look again.)
ifeq ($(MAKELEVEL),0)
ifneq ($(filter-out help clean format hint% reset% solution% new-% list-%,$(or \
        $(MAKECMDGOALS),all)),)
ifeq ($(shell command -v $(firstword $(CC)) 2>/dev/null),)
$(error The compiler $(firstword $(CC)) is missing: run ./setup in the top \
        folder)
endif
endif
endif
WINDRES ?= $(CROSS_COMPILE)windres
OBJDUMP ?= $(CROSS_COMPILE)objdump
AR      := $(CROSS_COMPILE)ar

# -Og keeps each call where the source has it, so that the lens names its line.
CFLAGS   ?= -Og -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 \
            -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
            -Wundef -Wvla

# For the build with the lens: an array that is written behind its end is found
# when its function returns, and a variable that was never set is no 0 (where the
# compiler can do that: GCC 12 can). The compiler is asked once, when needed.
WATCHED_FLAGS = $(eval WATCHED_FLAGS := -fstack-protector-strong $(if $(filter \
    4 5 6 7 8 9 10 11,$(firstword $(subst ., ,$(subst -, ,$(shell $(CC) \
    -dumpversion))))),,-ftrivial-auto-var-init=pattern))$(WATCHED_FLAGS)

ALL_CPPFLAGS = -I$(TOP) -D_WIN32_WINNT=0x0A00 -DWIN32_LEAN_AND_MEAN $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 $(WARNINGS) $(if $(WERROR),-Werror) $(CFLAGS)

# <windows.h> takes most of a compilation: it is compiled once, beforehand.
# (The tests compile each file without it too.)
PRECOMPILED := $(TOP)/build/common/precompiled.h.gch
COMPILER     = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP \
               -include $(PRECOMPILED:.gch=)
COMPILE      = $(COMPILER) -c -o $@ $<

# Which line of our sources stands at which address of a program: a list beside
# it, NAME.lines, for the grader and the viewer. The lens's own is left out.
EMPTY :=
SPACE := $(EMPTY) $(EMPTY)
OURS  := $(subst $(SPACE),|,$(notdir $(basename $(wildcard $(TOP)/common/*.c))))
LINES  = $(OBJDUMP) --dwarf=decodedline $@ | sed -nE \
         $(patsubst %,-e '/^%\.c /p',$* $(PARTS)) \
         -e 's,^($(OURS))\.c ,common/&,p' >$(@:.exe=.lines)

# Quiet: one short line a step; V=1 shows the commands, -s nothing at all.
SILENT := $(findstring s,$(firstword -$(MAKEFLAGS)))
Q      := $(if $(filter 1,$(V)),,@)
SAY     = $(if $(filter 1,$(V))$(SILENT),@:,@printf '  %-5s %s\n') $(1) \
          $(patsubst $(TOP)/%,%,$@)
MAKE_IN = $(MAKE) --no-print-directory -C

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.PHONY: FORCE
