# The project's own tests: `make check` and `make check-all`.

SOURCES := $(sort $(wildcard common/*.[ch] lens/*.[ch] lens/*/*.[ch] mk/*.h \
             checks/*.c checks/*/*.[ch] checks/project/*/*.[ch] lessons/*/*.[ch] exercises/*/*.[ch] \
             solutions/*/*.[ch]))
TOPICS  := $(patsubst solutions/%/Makefile,%,$(wildcard solutions/*/Makefile))

# What the analysers look at: all but what is wrong on purpose.
ANALYSED := $(filter-out exercises/% checks/specimens/specimen.c \
              checks/specimens/buggy_% checks/project/lens/subject.c \
              checks/project/lens/memory.c,$(filter %.c,$(SOURCES)))
ANALYSES := $(ANALYSED:%.c=build/analysis/%.txt)
HOW     := $(TOPICS:%=exercises/%/how)
STUBS   := $(TOPICS:%=build/tests/%.t)

# Who does not say how many jobs there may be gets one for each processor.
MAKE_ALL = $(MAKE_IN) . $(if $(findstring -j,$(MAKEFLAGS)),,-j$(or \
             $(JOBS),$(shell nproc 2>/dev/null),$(NUMBER_OF_PROCESSORS),2))

.PHONY: check to-check check-all prove to-prove began graded $(HOW) list-sources list-analysed

check:              ## the project's own tests, but for the answers
	+@$(MAKE_ALL) to-check
	+@mk/prove checks/project/*.t $(STUBS)
to-check: began graded viewer $(HOW) $(STUBS) $(ANALYSES)
	@:

# When: what is changed from now on, the tests may not have seen.
began:
	@mkdir -p build/tests && : >build/tests/began

# An answer is a solution with a patch: one that must pass (right) or that must
# be rejected (wrong).
prove:              ## prove the graders: all right and wrong answers
	+@$(MAKE_ALL) to-prove
	+@checks/prove-answers
to-prove: graded $(HOW)
	@:

# One lesson: its answers, and all that it must have. The second is asked for
# also when the first has failed.
prove-%:            ## prove-NN: lesson NN, all that it must have, and its answers
	$(call need,solutions,$*)
	+@$(MAKE_IN) . prove-answers-$*; answers=$$?; \
		mk/alone $(call in,lessons,$*) to-run && \
		checks/prove-lesson $(call topic,solutions,$*) && exit $$answers

prove-answers-%:    ## those alone; FRESH=1: all anew
	$(call need,solutions,$*)
	+@mk/alone $(call in,solutions,$*) to-grade
	+@$(call in,exercises,$*) READY=1 how
	+@checks/prove-answers $*

# Answers as programs, in build/answers/, to be looked at or graded by hand.
answers-%:          ## answers-NN: build the answers of exercise NN
	$(call need,solutions,$*)
	+@mk/alone $(call in,solutions,$*) to-grade
	+@$(call in,exercises,$*) READY=1 how
	+@checks/prove-answers --build $(call topic,solutions,$*)

refresh-answers-%:  ## its patches anew; EDITED=1: of build/answers/
	$(call need,solutions,$*)
	@checks/refresh-answers $(call topic,solutions,$*) $(if $(EDITED),--edited)

# What breaks most often comes first.
check-all:          ## check, prove, and the tests that take long
	+@$(MAKE_IN) . check
	+@$(MAKE_IN) . prove
	+@mk/prove --more checks/long/*.t

# For the test scripts: which sources there are.
list-analysed:
	@printf '%s\n' $(ANALYSED)
list-sources:
	@printf '%s\n' $(SOURCES)

# Every program as the grader sees it: with the lens. (Not the exercises: they
# are the learner's.)
graded: $(LESSONS:%=%/graded) $(SOLUTIONS:%=%/graded)
%/graded: tools
	+@$(MAKE_IN) $* READY=1 all lens

$(HOW): %/how:
	+@$(MAKE_IN) $* READY=1 how

# One test script for each topic.
build/tests/%.t:
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec checks/prove-topic %s\n' $* >$@

# What gcc finds: kept in a file, so that only a changed source is looked at
# again; without the precompiled header, so that a missing #include shows.
build/analysis/%.txt: %.c
	@mkdir -p $(@D)
	$(call SAY,TEST)
	$(Q)$(CC) $(ALL_CPPFLAGS) -std=c11 $(WARNINGS) -O0 -fanalyzer \
		$(patsubst %,-Ilessons/%,$(notdir $(patsubst %/,%,$(dir $*)))) \
		-MMD -MP -MT $@ -MF $(@:.txt=.d) -c -o /dev/null $< >$@ 2>&1 || \
		echo "$<: does not compile" >>$@

-include $(wildcard build/analysis/*/*.d build/analysis/*/*/*.d)
