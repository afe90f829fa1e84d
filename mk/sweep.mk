# The fault sweep: `make sweep-NN` and `make sweep`. mk/sweep tells how a
# lesson's makefile helps it.

SWEPT := $(LESSONS) $(SOLUTIONS)

# FROM and FAULT count when they stand on the command line only.
given = $(findstring command line,$(origin FROM))
ifeq ($(findstring command line,$(origin FAULT)),)
unexport FAULT
endif

.PHONY: sweep $(SWEPT:%=%/sweep)

sweep-%:            ## sweep-NN: each call of lesson NN fails once; FROM=folder
	$(call need,$(if $(given),exercises,lessons),$*)
	+@mk/alone $(MAKE_IN) . $(patsubst %/Makefile,%/graded,$(call folder,lessons,$*))
	+@mk/sweep $(if $(given),--from $(dir $(call folder,exercises,$*)) "$$FROM",\
		$(patsubst %/Makefile,%,$(call folder,lessons,$*)))

sweep: $(SWEPT:%=%/sweep)   ## the same for every lesson and solution

$(SWEPT:%=%/sweep): %/sweep: %/graded
	@mk/sweep $(@:/sweep=)

# The other side of a solution's conversation is the lesson's.
$(SOLUTIONS:%=%/sweep): solutions/%/sweep: lessons/%/graded
