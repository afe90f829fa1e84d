# Pictures of conversations, drawn from what the lens records.

TIMELINES := $(LESSONS:lessons/%=timeline-%)

.PHONY: viewer timelines $(TIMELINES)

viewer: common
	+@$(MAKE_IN) lens READY=1 view

# The lesson's programs, and all that it takes to play and draw them: nothing
# of the other lessons, and no grader.
trace-%:            ## trace-NN: draw lesson NN's conversation; FROM=folder: your program's
	$(call need,lessons,$*)
	+@mk/alone $(call in,lessons,$*) to-trace
	+@mk/alone $(MAKE_IN) lens READY=1 view
	+@mk/trace draw lessons/$(call topic,lessons,$*) $(if $(FROM_GIVEN),"$$FROM")

timelines: $(TIMELINES)    ## renew the pictures lessons/NN-topic/timeline-NN.svg
$(TIMELINES): timeline-%: tools viewer
	+@$(MAKE_IN) lessons/$* READY=1 lens
	@mk/trace timeline lessons/$*
