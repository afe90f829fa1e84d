# Pipework: builds, plays, grades and tests everything. `make help` lists what
# there is to do; CONTRIBUTING.md tells how to add a lesson.
TOP := .
include mk/toolchain.mk

LESSONS   := $(patsubst %/Makefile,%,$(sort $(wildcard lessons/*/Makefile)))
EXERCISES := $(patsubst %/Makefile,%,$(sort $(wildcard exercises/*/Makefile)))
SOLUTIONS := $(patsubst %/Makefile,%,$(sort $(wildcard solutions/*/Makefile)))
FOLDERS   := $(LESSONS) $(EXERCISES) $(SOLUTIONS)

# The folder of lesson NN: $(call folder,lessons,NN), or nothing.
folder = $(firstword $(wildcard $(1)/$(2)-*/Makefile))
# A recipe's first line: says so, and stops, when there is no such lesson.
define need
@test -n '$(call folder,$(1),$(2))' || { \
	echo "make: there is no $(2) in $(1)/ yet; those that are there: \
	$(patsubst $(1)/%,%,$(patsubst %/Makefile,%,$(wildcard $(1)/*/Makefile)))" >&2; exit 2; }
endef
in = $(MAKE_IN) $(dir $(call folder,$(1),$(2)))

# These bring the shared folders up to date by themselves: one after another.
ifneq ($(filter run-% grade-% grade trace-% sweep-% docs,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.DEFAULT_GOAL := all
.PHONY: all tools common lens checks $(FOLDERS) grade docs format clean help

all: $(FOLDERS)     ## build every lesson, exercise and solution (default)

$(FOLDERS): tools
	+@$(MAKE_IN) $@ READY=1

# What the folders share; each is built before them, and once.
tools: checks
checks: common lens
	+@$(MAKE_IN) checks READY=1
lens: common
	+@$(MAKE_IN) lens READY=1
common:
	+@$(MAKE_IN) common

run-%:              ## run-NN: play lesson NN's conversation, both sides
	$(call need,lessons,$*)
	+@mk/alone $(call in,lessons,$*) to-run
	+@$(call in,lessons,$*) READY=1 run

grade-%:            ## grade-NN: grade your exercise NN; FROM=folder: another's
	$(call need,exercises,$*)
	+@$(if $(findstring command line,$(origin FROM)),mk/exercise grade $(dir $(call folder,exercises,$*)) "$$FROM",mk/alone $(call in,exercises,$*) to-grade && $(call in,exercises,$*) READY=1 grade)

grade:              ## grade every exercise, and say what is next
	+@mk/grade-all

hint-%:             ## hint-NN: the next hint for exercise NN; N=2: that one
	$(call need,exercises,$*)
	@mk/exercise hint $(dir $(call folder,exercises,$*)) "$$N"

reset-%:            ## reset-NN: the exercise as it was; yours is kept beside
	$(call need,exercises,$*)
	@mk/exercise reset $(dir $(call folder,exercises,$*))

solution-%:         ## solution-NN: your file against the solution
	$(call need,exercises,$*)
	@mk/exercise compare $(dir $(call folder,exercises,$*))

docs:               ## build the site: build/docs/html/index.html
	+@$(MAKE_IN) docs

format:             ## lay out all sources by clang-format
	@clang-format -i $(SOURCES)

clean:              ## remove what was built (Wine's prefix stays)
	$(Q)find build -mindepth 1 -maxdepth 1 ! -name 'wine*' -exec $(RM) -r {} +

help:               ## show this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { sub("%", "NN", $$1); \
		sub("^[a-z]+-NN: ", "", $$2); \
		printf "  make %-13s %s\n", $$1, $$2 }' Makefile mk/trace.mk mk/sweep.mk mk/bench.mk mk/tests.mk
	@printf '\n  V=1 shows the commands; -s says nothing; -j2 builds on two processors.\n'

include mk/tests.mk
include mk/trace.mk
include mk/sweep.mk
include mk/bench.mk
