# Builds, plays and grades the programs of one folder:
# lessons/NN-topic, exercises/NN-topic or solutions/NN-topic.
#
# Set by the folder's makefile:
#   PROGRAMS   each is made of PROGRAM.c and of what all programs share
#   PARTS      each program gets these, too: PART.c for each (optional)
#   EDIT       the files that the learner edits (in exercises only)
#   PLAY       the lesson's conversation (in lessons only)
#   HEADER, EXCERPT   what its timeline shows of it: see mk/trace (optional)
#   TOP        the way to the top folder
#   LDLIBS     libraries, where a program needs one

include $(TOP)/mk/toolchain.mk

# An exercise or a solution holds only what the learner edits: everything else
# (protocol.h, the other side, the conversation) is the lesson's.
NAME   := $(lastword $(notdir $(CURDIR)))
KIND   := $(lastword $(notdir $(patsubst %/,%,$(dir $(CURDIR)))))
LESSON := $(TOP)/lessons/$(NAME)
PLAY   ?= $(shell sed -n 's/^PLAY *:= *//p' $(LESSON)/Makefile)

# The environment can name another folder, out of which the files to edit are
# taken (PIPEWORK_SOURCE), what the user calls it (PIPEWORK_SHOWN), and where to
# build (PIPEWORK_OUT): a submission, or an answer of the tests.
OUT := $(or $(PIPEWORK_OUT),$(TOP)/build/$(KIND)/$(NAME))
ifeq ($(origin PIPEWORK_SHOWN),undefined)
PIPEWORK_SHOWN := $(if $(filter 0,$(MAKELEVEL)),.,$(KIND)/$(NAME))
endif
unexport PIPEWORK_SOURCE PIPEWORK_OUT PIPEWORK_SHOWN

# Where a source stands: what the learner edits is taken into the build folder,
# all that an exercise or a solution lacks is the lesson's.
OWN     := $(if $(filter exercises,$(KIND)),,$(wildcard *.c))
source   = $(if $(filter $(1).c,$(EDIT)),$(OUT)/source,$(if \
             $(filter $(1).c,$(OWN)),.,$(LESSON)))/$(1).c
ifeq ($(KIND)-$(EDIT),exercises-)
$(error The makefile of exercise $(NAME) does not say which files the learner \
        edits: EDIT := server.c)
endif

ALL_CPPFLAGS += -I$(LESSON)
PARTS_O := $(PARTS:%=$(OUT)/%.o)
PARTS_W := $(PARTS:%=$(OUT)/lens/%.o)
SHARED  := $(TOP)/build/common/error.o $(TOP)/build/common/console.o \
           $(TOP)/build/common/utf8.o
LENS    := $(TOP)/build/lens/lens.o
PLAYER  := $(TOP)/build/checks/play.exe
GRADER  := $(TOP)/build/checks/$(NAME).exe
PLAIN   := $(PROGRAMS:%=$(OUT)/%.exe)
WATCHED := $(PROGRAMS:%=$(OUT)/lens/%.exe)
PEERS   := $(TOP)/build/lessons/$(NAME)

.PHONY: all lens run grade to-run to-grade to-trace how clean \
        peers-to-run peers-to-grade $(PROGRAMS)

all: $(PLAIN)       ## build the programs (default)
	@:

lens: $(WATCHED)    ## build them a second time, with the lens
	@:

run: to-run         ## play the conversation, both sides
	@$(TOP)/mk/run $(PLAYER) '$(PLAY)' $(OUT) $(PEERS)

# What they need: the top makefile has it built by one make at a time.
to-run: $(PLAIN) $(PLAYER) peers-to-run
	@:
to-grade: $(WATCHED) $(GRADER) peers-to-grade
	@:
to-trace: $(WATCHED) $(PLAYER)
	@:

# make server, make client ARGS="hello world": one program, by hand
$(PROGRAMS): %: $(OUT)/%.exe
	@$(TOP)/mk/run $< $(ARGS)

grade:              ## grade the programs
	+@$(TOP)/mk/grade $(KIND)/$(NAME) $(if $(FROM_GIVEN),"$$FROM")

# What the top makefile offers for an exercise can be typed here, too, with and
# without the number: make hint, make hint-01.
ifeq ($(KIND),exercises)
NUMBER := $(firstword $(subst -, ,$(NAME)))
ABOVE  := hint solution reset trace
.PHONY: $(ABOVE) $(ABOVE:%=%-$(NUMBER)) grade-$(NUMBER) run-$(NUMBER)
hint:               ## print the next hint
solution:           ## compare with the solution
reset:              ## the exercise as it was; yours is kept beside
trace:              ## draw the conversation with your program
hint solution reset:
	+@$(MAKE_IN) $(TOP) $@-$(NUMBER)
trace:
	+@$(MAKE_IN) $(TOP) trace-$(NUMBER) FROM=exercises/$(NAME)
$(ABOVE:%=%-$(NUMBER)) grade-$(NUMBER) run-$(NUMBER): %-$(NUMBER): %
endif

# How a program is made, for checks/prove-answers, which makes many of them
# without a make for each. A file that is as before keeps its date.
define HOW
programs $(PROGRAMS)
parts $(PARTS)
cc $(CC)
compiler $(COMPILER) $(WATCHED_FLAGS)
linker $(CC) $(LDFLAGS)
shared $(SHARED) $(LENS)
libraries $(LDLIBS)
objdump $(OBJDUMP)
common $(subst |, ,$(OURS))

endef
how: HOW_FILE := $(TOP)/build/proofs/$(NAME).how
how: | $(TOP)/build/proofs
	@$(file >$(HOW_FILE).new,$(HOW)):
	@cmp -s $(HOW_FILE).new $(HOW_FILE) && $(RM) $(HOW_FILE).new || \
		mv $(HOW_FILE).new $(HOW_FILE)
$(TOP)/build/proofs:
	@mkdir -p $@

clean:              ## remove what was built
	$(Q)$(RM) -r $(OUT)

# (Named one by one: a pattern alone would also take $(OUT)/lens/NAME.exe, where
# the parts have been built without the lens, and not yet with it.)
$(PLAIN): $(OUT)/%.exe: $(OUT)/%.o $(PARTS_O) $(SHARED)
	$(call SAY,LINK)
	$(Q)$(GUARD) $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What a learner wrote is compiled and linked under guard.
ifeq ($(KIND),exercises)
$(EDIT:%=$(OUT)/source/%): export PIPEWORK_SOURCE := $(value PIPEWORK_SOURCE)
$(EDIT:%=$(OUT)/source/%): FORCE
	@$(TOP)/mk/take $(@F) $@

# What the guard of yesterday has let pass is looked at again by today's.
GUARDED_O := $(EDIT:%.c=$(OUT)/%.o) $(EDIT:%.c=$(OUT)/lens/%.o)
$(GUARDED_O): $(TOP)/mk/compile

GUARDED := $(PLAIN) $(WATCHED) $(GUARDED_O)
$(GUARDED): export PIPEWORK_SHOWN := $(value PIPEWORK_SHOWN)
$(PLAIN) $(WATCHED): private GUARD = $(TOP)/mk/compile $(NAME) $@ link
$(GUARDED_O): private GUARD = $(TOP)/mk/compile $(NAME) $< \
                              $(if $(filter $*,$(PROGRAMS)),main,part)
endif

# The lens stands before the libraries, so its definitions win.  The list of
# lines lets the grader name the line of a call.
$(WATCHED): $(OUT)/lens/%.exe: $(OUT)/lens/%.o $(PARTS_W) $(SHARED) $(LENS)
	$(call SAY,LENS)
	$(Q)$(GUARD) $(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
	$(Q)$(LINES)

# A source that changed is compiled also when its date is an old one, as that of
# a file out of an archive is: what counts is a copy of what it held last.
$(OUT)/%.seen: FORCE
	@mkdir -p $(@D)
	@cmp -s $(call source,$*) $@ || cp $(call source,$*) $@

.SECONDEXPANSION:
$(OUT)/%.o: $$(call source,$$*) $$(if $$(filter $$*.c,$$(EDIT)),,$(OUT)/$$*.seen) \
            $(PRECOMPILED)
	$(call SAY,CC)
	$(Q)$(GUARD) $(COMPILE)

$(OUT)/lens/%.o: $$(call source,$$*) \
                 $$(if $$(filter $$*.c,$$(EDIT)),,$(OUT)/$$*.seen) $(PRECOMPILED)
	@mkdir -p $(@D)
	$(call SAY,CC)
	$(Q)$(GUARD) $(COMPILE) $(WATCHED_FLAGS)

# What is built elsewhere is brought up to date there, and only relinked when
# it changed.  The top makefile has done it when it calls with READY=1.
ifndef READY
$(SHARED) $(PRECOMPILED): common
.PHONY: common
common:
	+@$(MAKE_IN) $(TOP)/common
$(LENS): FORCE common
	+@$(MAKE_IN) $(TOP)/lens READY=1
$(PLAYER): FORCE common
	+@$(MAKE_IN) $(TOP)/checks READY=1 $(notdir $@)
$(GRADER): FORCE $(LENS) $(if $(filter run to-run to-trace,$(MAKECMDGOALS)),$(PLAYER))
	+@$(MAKE_IN) $(TOP)/checks READY=1 $(notdir $@)
ifneq ($(KIND),lessons)
peers-to-run: common
	+@$(MAKE_IN) $(LESSON) READY=1 all
peers-to-grade: $(LENS)
	+@$(MAKE_IN) $(LESSON) READY=1 lens
endif
endif

-include $(wildcard $(OUT)/*.d $(OUT)/lens/*.d)
