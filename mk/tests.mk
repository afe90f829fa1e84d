# The project's own tests: `make check` and `make check-all`.

SOURCES := $(sort $(wildcard common/*.[ch] lens/*.[ch] lens/*/*.[ch] mk/*.h \
             checks/*.c checks/*/*.[ch] lessons/*/*.[ch] exercises/*/*.[ch] \
             solutions/*/*.[ch]))
TOPICS  := $(patsubst solutions/%/Makefile,%,$(wildcard solutions/*/Makefile))

# An answer is a solution with a patch: one that must pass (right) or that must
# be rejected (wrong). The untouched exercise is a wrong answer too.
PATCHES := $(sort $(wildcard checks/right/*/*.patch checks/wrong/*/*.patch))
ANSWERS := $(PATCHES:checks/%.patch=build/answers/%)
# What the analysers look at: all but what is wrong on purpose.
ANALYSED := $(filter-out exercises/% checks/specimens/specimen.c \
              checks/specimens/buggy_% checks/lens/subject.c,$(filter %.c,$(SOURCES)))
ANALYSES := $(ANALYSED:%.c=build/analysis/%.txt)
STUBS   := $(TOPICS:%=build/tests/%.t)

.PHONY: check check-all answers graded list-sources list-analysed $(ANSWERS)

check: graded answers viewer $(STUBS) $(ANALYSES)    ## the project's own tests
	@mk/prove $(STUBS) checks/project/*.t

check-all: check    ## the tests that take long, too
	@mk/prove --more checks/long/*.t

# For the test scripts: which sources there are.
list-analysed:
	@printf '%s\n' $(ANALYSED)
list-sources:
	@printf '%s\n' $(SOURCES)

# Every program as the grader sees it: with the lens.
graded: $(FOLDERS:%=%/graded)
%/graded: tools
	+@$(MAKE_IN) $* READY=1 all lens

answers: $(ANSWERS)
$(ANSWERS): build/answers/%: tools
	@mk/answer checks/$*.patch $@/source
	+@PIPEWORK_SOURCE=../../$@/source PIPEWORK_OUT=../../$@ \
		$(MAKE_IN) exercises/$(notdir $(patsubst %/,%,$(dir $*))) READY=1 lens

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
