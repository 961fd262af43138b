// SPDX-License-Identifier: EUPL-1.2
/** What the wallboard makes of what it is told: sums, the order of the lines, and which of them need a look. */

import type { Board, Group, HalfHour, Line } from '../protocol.ts';
import { secondsSince } from '../time.ts';

/** `late`: somebody waits longer than the promise allows. `busy`: somebody waits. */
export type Mood = 'late' | 'busy' | 'calm' | 'closed';

/** With so many lines each has a row of its own; beyond, the calm ones share a list. */
export const ROWS_MAX = 10;
/** Rows beside such a list, though fewer lines may wait: the picture must not jump when the first caller comes. */
const ROWS_MIN = 6;

export function moodOf(line: Line, now_ms: number, threshold_s: number): Mood {
  if (line.waiting > 0) {
    const longest = line.longest_since === null ? 0 : secondsSince(line.longest_since, now_ms);
    // A centre without a promise has no threshold, and nobody is late.
    return threshold_s > 0 && longest > threshold_s ? 'late' : 'busy';
  }
  return line.open ? 'calm' : 'closed';
}

const RANK: Record<Mood, number> = { late: 0, busy: 1, calm: 2, closed: 3 };

/** Those that need a look first, the longest wait before the others; else as the county has them. */
export function ordered(lines: readonly Line[], now_ms: number, threshold_s: number): Line[] {
  const rank = (line: Line): number => RANK[moodOf(line, now_ms, threshold_s)];
  const since = (line: Line): string => (line.waiting > 0 ? (line.longest_since ?? '~') : '');
  return [...lines].sort((a, b) => rank(a) - rank(b) || since(a).localeCompare(since(b)));
}

/** Lines with a row of their own, and those that share a list. */
export function parted(lines: readonly Line[], now_ms: number, threshold_s: number): { rows: Line[]; rest: Line[] } {
  const all = ordered(lines, now_ms, threshold_s);
  if (all.length <= ROWS_MAX) return { rows: all, rest: [] };
  const waiting = all.filter((line) => line.waiting > 0);
  const rows = all.slice(0, Math.max(waiting.length, ROWS_MIN));
  return { rows, rest: all.slice(rows.length) };
}

export interface Sums {
  waiting: number;
  longest_since: string | null;
  ready: number;
  signed_on: number;
  offered: number;
  abandoned: number;
  overflowed: number;
  /** Of all lines together, by the same definition as each; null while nothing counts. */
  service_level: number | null;
}

export function sums(board: Board): Sums {
  const add = (of: (line: Line) => number): number => board.lines.reduce((sum, line) => sum + of(line), 0);
  const since = board.lines.map((line) => line.longest_since).filter((one) => one !== null);
  const counted = add((line) => line.today.counted);
  return {
    waiting: add((line) => line.waiting),
    longest_since: since.sort()[0] ?? null,
    ready: board.agents.reduce((sum, group) => sum + group.ready, 0),
    signed_on: board.agents.reduce((sum, group) => sum + group.signed_on, 0),
    offered: add((line) => line.today.offered),
    abandoned: add((line) => line.today.abandoned),
    overflowed: add((line) => line.today.overflowed),
    service_level: counted === 0 ? null : add((line) => line.today.in_time) / counted,
  };
}

/** The states of a group as parts of a bar, in the order in which they are drawn. */
export function parts(group: Group): { state: 'ready' | 'offered' | 'talking' | 'wrap_up' | 'not_ready'; n: number }[] {
  const all = [
    { state: 'ready', n: group.ready },
    { state: 'offered', n: group.offered },
    { state: 'talking', n: group.talking },
    { state: 'wrap_up', n: group.wrap_up },
    { state: 'not_ready', n: group.not_ready },
  ] as const;
  return all.filter((part) => part.n > 0);
}

/** How the calls of a half hour fared; together they are what was offered. */
export function fared(hour: HalfHour): { in_time: number; late: number; not_answered: number } {
  const in_time = Math.min(hour.in_time, hour.answered);
  const answered = Math.min(hour.answered, hour.offered);
  return { in_time, late: Math.max(0, answered - in_time), not_answered: hour.offered - answered };
}

/** A round number at or above `most`, for the top of a scale. */
export function scaleTop(most: number): number {
  const steps = [1, 2, 5];
  for (let power = 1; ; power *= 10) {
    for (const step of steps) {
      const top = step * power * 2;
      if (top >= most) return top;
    }
  }
}

/** Minutes of a predicted range, as people say it: `1–3`; below one minute both are 1. */
export function minutesOf(predicted: { from_s: number; to_s: number }): { from: number; to: number } {
  const from = Math.max(1, Math.floor(predicted.from_s / 60));
  return { from, to: Math.max(from, Math.ceil(predicted.to_s / 60)) };
}
