// SPDX-License-Identifier: EUPL-1.2
/**
 * Wrap-ups that were begun: they survive the next call and a reload, and end with the shift.
 *
 * Rule: nothing of the caller is in here but what the agent typed; neither number nor time of the call.
 */

import { CONCERNS_MAX, NOTE_MAX, wrapUp, type Contact, type Result, type WrapUp } from '../protocol.ts';
import { list, read } from '../shape.ts';

/** The most drafts that are kept; the oldest goes first. An agent has about ninety calls a shift. */
export const DRAFTS_MAX = 20;

/** Newest last. */
export type Drafts = readonly WrapUp[];

export function emptyFor(contact: Pick<Contact, 'id' | 'line' | 'client'>): WrapUp {
  return {
    contact: contact.id,
    line: contact.line.name,
    client: contact.client.name,
    ended: null,
    concerns: [],
    place: null,
    result: null,
    note: '',
  };
}

export function draftOf(drafts: Drafts, contact: number): WrapUp | null {
  return drafts.find((one) => one.contact === contact) ?? null;
}

export function keep(drafts: Drafts, draft: WrapUp): Drafts {
  return [...drafts.filter((one) => one.contact !== draft.contact), draft].slice(-DRAFTS_MAX);
}

export function drop(drafts: Drafts, contact: number): Drafts {
  return drafts.filter((one) => one.contact !== contact);
}

/** Drafts of earlier calls: begun, and not yet with the server. */
export function leftOver(drafts: Drafts, current: number | null): WrapUp[] {
  return drafts.filter((one) => one.contact !== current && !isEmpty(one));
}

export function isEmpty(draft: WrapUp): boolean {
  return draft.concerns.length === 0 && draft.place === null && draft.result === null && draft.note === '';
}

/** The same wrap-up; when it ended is the server's to know. */
export function same(a: WrapUp, b: WrapUp): boolean {
  return JSON.stringify({ ...a, ended: null }) === JSON.stringify({ ...b, ended: null });
}

/** Adds a concern, or takes it away if it is there; no more than the protocol carries. */
export function toggleConcern(draft: WrapUp, concern: string): WrapUp {
  const name = concern.trim();
  if (name === '') return draft;
  const others = draft.concerns.filter((one) => one !== name);
  if (others.length < draft.concerns.length) return { ...draft, concerns: others };
  return draft.concerns.length >= CONCERNS_MAX ? draft : { ...draft, concerns: [...others, name] };
}

export function withPlace(draft: WrapUp, place: string): WrapUp {
  const name = place.trim();
  return { ...draft, place: name === '' ? null : name };
}

/** The same result again takes it back. */
export function toggleResult(draft: WrapUp, result: Result): WrapUp {
  return { ...draft, result: draft.result === result ? null : result };
}

/** The longest concern, in characters. */
const CONCERN_MAX = 120;

/** What was looked up is what the call is about; a place is noted if there is none yet. Nothing is taken away. */
export function withLookedUp(draft: WrapUp, concern: string, place: string | null): WrapUp {
  const name = concern.trim().slice(0, CONCERN_MAX).trim();
  const known = draft.concerns.includes(name);
  return withPlace(known ? draft : toggleConcern(draft, name), draft.place ?? place ?? '');
}

/** A case was filed: somebody comes back about it. What the call was about is noted if nothing is. */
export function withCase(draft: WrapUp, concern: string, place: string | null): WrapUp {
  const noted = draft.concerns.length === 0 ? withLookedUp(draft, concern, place) : withPlace(draft, draft.place ?? place ?? '');
  return { ...noted, result: 'to_be_answered' };
}

export function withNote(draft: WrapUp, note: string): WrapUp {
  return { ...draft, note: note.slice(0, NOTE_MAX) };
}

/** Concerns to choose from by one key: those of this shift by how often they came, then the usual ones. */
export function likely(done: readonly WrapUp[], usual: readonly string[], most: number): string[] {
  const counts = new Map<string, number>();
  for (const concern of done.flatMap((one) => one.concerns)) counts.set(concern, (counts.get(concern) ?? 0) + 1);
  const often = [...counts].sort(([, a], [, b]) => b - a).map(([concern]) => concern);
  return [...new Set([...often, ...usual])].slice(0, most);
}

export function write(drafts: Drafts): string {
  return JSON.stringify(drafts);
}

/** What was written; nothing if it is no list of drafts, for somebody may have changed it. */
export function readBack(written: string | null): Drafts {
  if (written === null) return [];
  try {
    return read(list(wrapUp, DRAFTS_MAX), JSON.parse(written));
  } catch {
    return [];
  }
}
