/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief What the sweep prints: TAP, with a test for each call site.
 */
#ifndef CHECKS_SWEEP_REPORT_H
#define CHECKS_SWEEP_REPORT_H

#include <stdbool.h>

#include "checks/sweep/faults.h"

/**
 * Reports on one or more runs of which none is another's matter.
 * @param name  the test's name
 * @param jobs  the runs; those of them are meant whose last fault is at @p site
 * @param site  SITE_NONE: all of them
 * @return whether nothing was wrong
 */
bool report_runs(
    const struct conversation *conversation, const char *name,
    const struct plan *plan, int site);

/** Reports on the run without a fault. */
bool report_clean(
    const struct conversation *conversation, const struct job *job);

/** Reports which call sites no run has reached. */
bool report_sites(const struct conversation *conversation);

/** Prints the plan of TAP and what it all was, in a line. */
void report_end(const struct plan *plan, double seconds, unsigned workers);

#endif
