// SPDX-License-Identifier: EUPL-1.2
/**
 * What the panel remembers over a reload: what was typed, for which place, what was open, for which call.
 *
 * Rule: nothing of the caller is in here but what the agent typed or chose.
 */

import type { Contact, Place, Unit } from '../../protocol.ts';
import { flag, object, orNull, read, text, whole, type Of } from '../../shape.ts';

const shape = object({
  contact: orNull(whole),
  words: text,
  place: orNull(object({ area: text, name: text })),
  confirmed: flag,
  opened: orNull(object({ agency: text, id: text, title: text })),
});
export type Kept = Of<typeof shape>;

export function write(kept: Kept): string {
  return JSON.stringify(kept);
}

/** What was written; nothing if it is something else, for somebody may have changed it. */
export function readBack(written: string | null): Kept | null {
  if (written === null) return null;
  try {
    return read(shape, JSON.parse(written));
  } catch {
    return null;
  }
}

/** How a call begins: for the place that is likely, if one is, and nothing looked up yet. */
export function forCall(contact: number, proposed: Contact['places']): Kept {
  const place = proposed.likely ? (proposed.places[0] ?? null) : null;
  return { contact, words: '', place, confirmed: false, opened: null };
}

/** Names to ask by: all but the last, and the last. */
export function choices(places: readonly Place[]): { first: string; last: string } {
  const names = places.map((place) => place.name);
  return { first: names.slice(0, -1).join(', '), last: names.at(-1) ?? '' };
}

/** Whether a caller can be put through there, as far as its hours say. */
export function mayPutThrough(unit: Pick<Unit, 'open' | 'telephone'>): boolean {
  return unit.telephone !== null && unit.open !== false;
}
