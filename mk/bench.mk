# How fast the servers are, side by side: mk/bench-servers.

# Without the lens and with -O2, from the sources: nothing else is built so.
BENCHED   := $(patsubst %/Makefile,%,$(wildcard lessons/04-*/Makefile \
               lessons/11-*/Makefile lessons/12-*/Makefile lessons/13-*/Makefile))
BENCH     := $(BENCHED:lessons/%=build/bench/%/server.exe) \
             build/bench/floor.exe build/bench/visitors.exe
BENCH_CC   = $(CC) $(ALL_CPPFLAGS) -std=c11 $(WARNINGS) -O2 $(LDFLAGS) -o $@
BENCH_WITH = common/error.c common/console.c build/common/utf8.o
of_lesson  = $(shell sed -n 's/^$(1) *:= *//p' lessons/$*/Makefile)

.PHONY: bench-servers

bench-servers: $(BENCH)     ## the servers' speed; ROUNDS=5 CLIENTS="1 10" MS=1000
	@mk/bench-servers

build/bench/%.exe: checks/bench/%.c $(wildcard common/*.[ch]) | common
	@mkdir -p $(@D)
	$(call SAY,BENCH)
	$(Q)$(BENCH_CC) $< $(BENCH_WITH)

.SECONDEXPANSION:
build/bench/%/server.exe: $$(wildcard lessons/%/*.[ch]) $(wildcard common/*.[ch]) | common
	@mkdir -p $(@D)
	$(call SAY,BENCH)
	$(Q)$(BENCH_CC) -Ilessons/$* lessons/$*/server.c \
		$(patsubst %,lessons/$*/%.c,$(call of_lesson,PARTS)) \
		$(BENCH_WITH) $(call of_lesson,LDLIBS)

# The ring of lesson 17 beside a pipe: checks/bench/ring.c.
RING := lessons/17-semaphores

.PHONY: bench-ring

bench-ring: build/bench/ring.exe    ## lesson 17's ring beside a pipe; N=ROUNDS
	@perl -Ichecks/proofs -MMachine -e 'print Machine::name(), "\n"'
	@mk/run $< $(N)

build/bench/ring.exe: checks/bench/ring.c $(RING)/ring.c $(RING)/ring.h $(wildcard common/*.[ch]) | common
	@mkdir -p $(@D)
	$(call SAY,BENCH)
	$(Q)$(BENCH_CC) -I$(RING) $< $(RING)/ring.c $(BENCH_WITH)
