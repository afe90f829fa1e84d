# Pipework: builds, plays, grades and tests everything. `make help` lists what
# there is to do; CONTRIBUTING.md tells how to add a lesson.
TOP := .
include mk/toolchain.mk

LESSONS   := $(patsubst %/Makefile,%,$(sort $(wildcard lessons/*/Makefile)))
EXERCISES := $(patsubst %/Makefile,%,$(sort $(wildcard exercises/*/Makefile)))
SOLUTIONS := $(patsubst %/Makefile,%,$(sort $(wildcard solutions/*/Makefile)))
FOLDERS   := $(LESSONS) $(EXERCISES) $(SOLUTIONS)

# The topic in a folder that NN, N or NN-topic names: $(call topic,lessons,1).
topics = $(patsubst $(1)/%/Makefile,%,$(sort $(wildcard $(1)/*/Makefile)))
number = $(firstword $(subst -, ,$(1)))
names  = |$(1)|$(number)|$(patsubst 0%,%,$(number))|
topic  = $(firstword $(foreach one,$(call topics,$(1)),\
           $(if $(findstring |$(2)|,$(call names,$(one))),$(one))))
# A recipe's first line: says so, and stops, when there is no such lesson. What
# was asked for is not the shell's to read.
need   = $(if $(call topic,$(1),$(2)),,@printf '%s\n' "make: there is no \
	$$PIPEWORK_ASKED in $(1)/; those that are there: $(call topics,$(1))" | \
	fold -s -w 78 >&2; exit 2)
in     = $(MAKE_IN) $(1)/$(call topic,$(1),$(2))
run-% grade-% hint-% reset-% solution-% trace-% sweep-% new-% prove-% \
prove-answers-% answers-% refresh-answers-%: \
	export PIPEWORK_ASKED = $*

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
	+@mk/grade $(call topic,exercises,$*) $(if $(FROM_GIVEN),"$$FROM")

grade:              ## grade every exercise, and say what is next
	+@mk/grade-all

hint-%:             ## hint-NN: the next hint for exercise NN; N=2: that one
	$(call need,exercises,$*)
	@mk/exercise hint exercises/$(call topic,exercises,$*) $(if $(N_GIVEN),"$$N")

reset-%:            ## reset-NN: the exercise as it was; yours is kept beside
	$(call need,exercises,$*)
	@mk/exercise reset exercises/$(call topic,exercises,$*)

solution-%:         ## solution-NN: your file against the solution
	$(call need,exercises,$*)
	@mk/exercise compare exercises/$(call topic,exercises,$*)

new-%:              ## new-NN TOPIC=some-words: a new lesson, to be filled in
	@mk/new "$$PIPEWORK_ASKED" $(if $(TOPIC_GIVEN),"$$TOPIC")

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
