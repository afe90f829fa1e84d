/* SPDX-License-Identifier: MIT */
/**
 * @file
 * @brief Whether somebody waits for a partner that can't come any more.
 *
 * A client that failed before it reached its server leaves a server that waits
 * for a client, and rightly so. It is sent another one.
 */
#ifndef CHECKS_SWEEP_PARTNER_H
#define CHECKS_SWEEP_PARTNER_H

#include <stdbool.h>

#include "checks/sweep/running.h"

/**
 * Finds a program that failed and should be sent again, without a fault.
 * Everybody who still runs is inside a call that waits.
 * @param quiet  nothing has happened for QUIET_MS: whoever failed may be missed
 * @return the one that failed, or NULL: nobody is missed
 */
struct actor *partner_missing(struct run *run, bool quiet);

#endif
