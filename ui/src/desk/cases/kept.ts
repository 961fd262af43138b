// SPDX-License-Identifier: EUPL-1.2
/**
 * Cases that were begun and are not filed yet: they survive the next call and a reload, and end with the shift.
 *
 * Rule: nothing of the caller is in here but what stands in the form that the agent opened: what they typed or chose,
 * and the number to ring back, which they see there and may change.
 */

import { serviceId, unitNamed } from '../../cases/view.ts';
import {
  CASE_CONCERN_MAX,
  CASE_FIELD_MAX,
  CASE_TEXT_MAX,
  reach,
  type Answer,
  type Contact,
  type Named,
  type NewCase,
  type Place,
  type WrapUp,
} from '../../protocol.ts';
import { flag, list, object, orNull, read, text, whole, type Of } from '../../shape.ts';
import type { Kept } from '../knowledge/kept.ts';

/** The most drafts that are kept; the oldest goes first. */
export const CASES_MAX = 20;
/** The most places and units to choose from. */
const CHOICES_MAX = 100;

const named = object({ id: text, name: text });
const place = object({ area: text, name: text });

const caseDraft = object({
  contact: whole,
  /** Whose call it was, by its name. */
  client: text,
  concern: text,
  said: text,
  place: orNull(place),
  places: list(place, CHOICES_MAX),
  service: orNull(named),
  unit: orNull(named),
  units: list(named, CHOICES_MAX),
  reach,
  name: text,
  address: text,
  wish: text,
  told: flag,
});
export type CaseDraft = Of<typeof caseDraft>;
export type CaseDrafts = readonly CaseDraft[];

/** What was looked up in the call. */
export interface LookedUp {
  kept: Kept;
  answer: Answer | null;
}

/** The form as it opens: everything that is known of the call by then. */
export function fromCall(contact: Contact, wrapUp: WrapUp, { kept, answer }: LookedUp): CaseDraft {
  const opened = kept.contact === contact.id ? kept.opened : null;
  const ours = opened !== null && answer?.id === opened.id && answer.agency === opened.agency ? answer : null;
  const units = (ours?.units ?? []).slice(0, CHOICES_MAX);
  const responsible = units.find((unit) => unit.role === 'responsible') ?? null;
  const confirmed = kept.contact === contact.id && kept.confirmed ? kept.place : null;
  const proposed = contact.places.places;
  const typed = proposed.find((one) => one.name === wrapUp.place) ?? null;
  const where = confirmed ?? typed;
  return {
    contact: contact.id,
    client: contact.client.name,
    concern: (opened?.title ?? wrapUp.concerns[0] ?? '').slice(0, CASE_CONCERN_MAX),
    said: wrapUp.note.slice(0, CASE_TEXT_MAX),
    place: where,
    places: distinct([...(where === null ? [] : [where]), ...proposed], (one) => one.area),
    service: opened === null ? null : asNamed(serviceId(opened), opened.title),
    unit: responsible === null ? null : asNamed(responsible.id, responsible.name),
    units: units.map((unit) => asNamed(unit.id, unit.name)),
    reach: 'telephone',
    name: '',
    address: contact.number ?? '',
    wish: '',
    told: false,
  };
}

function asNamed(id: string, name: string): Named {
  return { id, name: name.slice(0, CASE_FIELD_MAX) };
}

function distinct<T>(all: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [key(one), one])).values()].slice(0, CHOICES_MAX);
}

/** A draft goes on: what is blank in it is filled with what was learnt since; what stands there stays. */
export function goOn(draft: CaseDraft, fresh: CaseDraft): CaseDraft {
  return {
    ...draft,
    concern: draft.concern || fresh.concern,
    said: draft.said || fresh.said,
    place: draft.place ?? fresh.place,
    places: distinct([...draft.places, ...fresh.places], (one) => one.area),
    service: draft.service ?? fresh.service,
    unit: draft.unit ?? fresh.unit,
    units: distinct([...draft.units, ...fresh.units], (one) => one.id),
  };
}

export function withPlace(draft: CaseDraft, area: string): CaseDraft {
  const place: Place | null = draft.places.find((one) => one.area === area) ?? null;
  return { ...draft, place };
}

/** As it is typed; an office that no catalogue knows is its own id. */
export function withUnit(draft: CaseDraft, typed: string): CaseDraft {
  const id = unitNamed(typed, draft.units)?.id ?? null;
  return { ...draft, unit: id === null ? null : { id, name: typed.slice(0, CASE_FIELD_MAX) } };
}

export type Lacking = 'concern' | 'address';

export function lackOf(draft: CaseDraft): Lacking | null {
  if (draft.concern.trim() === '') return 'concern';
  return draft.reach !== 'none' && draft.address.trim() === '' ? 'address' : null;
}

/** As the server takes it. */
export function toServer(draft: CaseDraft): NewCase {
  const { contact, reach, told, service } = draft;
  return {
    contact,
    concern: draft.concern.trim(),
    said: draft.said.trim(),
    place: draft.place?.area ?? null,
    service,
    reach,
    name: draft.name.trim(),
    // Who cannot be reached leaves no number.
    address: reach === 'none' ? '' : draft.address.trim(),
    wish: draft.wish.trim(),
    unit: draft.unit === null ? null : { ...draft.unit, name: draft.unit.name.trim() },
    told,
  };
}

export function keep(drafts: CaseDrafts, draft: CaseDraft): CaseDrafts {
  return [...drafts.filter((one) => one.contact !== draft.contact), draft].slice(-CASES_MAX);
}

export function drop(drafts: CaseDrafts, contact: number): CaseDrafts {
  return drafts.filter((one) => one.contact !== contact);
}

export function write(drafts: CaseDrafts): string {
  return JSON.stringify(drafts);
}

/** What was written; nothing if it is no list of drafts, for somebody may have changed it. */
export function readBack(written: string | null): CaseDrafts {
  if (written === null) return [];
  try {
    return read(list(caseDraft, CASES_MAX), JSON.parse(written));
  } catch {
    return [];
  }
}
