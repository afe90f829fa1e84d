# The fault sweep: `make sweep-NN` and `make sweep`. mk/sweep tells how a
# lesson's makefile helps it.

SWEPT := $(LESSONS) $(SOLUTIONS)

# FROM and FAULT count when they stand on the command line only.
ifndef FAULT_GIVEN
unexport FAULT
endif

.PHONY: sweep $(SWEPT:%=%/sweep)

sweep-%:            ## sweep-NN: each call of lesson NN fails once; FROM=folder
	$(call need,$(if $(FROM_GIVEN),exercises,lessons),$*)
	+@mk/alone $(MAKE_IN) . lessons/$(call topic,lessons,$*)/graded
	+@mk/sweep $(if $(FROM_GIVEN),--from exercises/$(call topic,exercises,$*) "$$FROM",\
		lessons/$(call topic,lessons,$*))

sweep: $(SWEPT:%=%/sweep)   ## the same for every lesson and solution

$(SWEPT:%=%/sweep): %/sweep: %/graded
	@mk/sweep $(@:/sweep=)

# The other side of a solution's conversation is the lesson's.
$(SOLUTIONS:%=%/sweep): solutions/%/sweep: lessons/%/graded
