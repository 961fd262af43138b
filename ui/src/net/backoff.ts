// SPDX-License-Identifier: EUPL-1.2
/** How long to wait before trying again: soon at first, never longer than two seconds, never all at once. */

const FIRST_MS = 200;
/** Before jitter. Fifty desks after an outage come back within 2 s, spread out. */
const LONGEST_MS = 1_600;
const GROWTH = 2;
/** A wait is lengthened by up to this part of itself. */
const JITTER = 0.25;

/** The wait before try `attempt`, counted from 0, in milliseconds; `chance` is a random number from 0 to 1. */
export function waitBefore(attempt: number, chance: number): number {
  const wait = Math.min(FIRST_MS * GROWTH ** Math.min(attempt, 10), LONGEST_MS);
  return Math.round(wait * (1 + JITTER * chance));
}
