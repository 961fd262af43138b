// SPDX-License-Identifier: EUPL-1.2
/** How a case is shown: when it is due in words, which acts there are, what an act needs. Functions of their arguments. */

import { FEEDBACK_WORDS } from '../meanings.ts';
import type { IconName } from '../parts/icons.ts';
import type { Attempt, Can, CaseAct, CaseRow, CaseView, Completion, Named, PauseReason, WrapUp } from '../protocol.ts';
import { clock, momentInList } from '../time.ts';
import type { Key, Speak } from '../words.ts';

export const SHOWS = ['open', 'overdue', 'completed', 'all'] as const;
export type Show = (typeof SHOWS)[number];

export interface DueShown {
  /** Beside the words, never for them. */
  icon: IconName | null;
  look: '' | 'good' | 'warn' | 'bad';
  words: string;
}

export function goesOn(row: Pick<CaseRow, 'state'>): boolean {
  return row.state === 'open' || row.state === 'paused';
}

/** By when feedback is due, or what became of it. */
export function dueShown(row: Pick<CaseRow, 'state' | 'due' | 'feedback'>, now_ms: number, speak: Speak): DueShown {
  const { at, stopped } = row.due;
  switch (row.feedback) {
    case 'in_time':
      return { icon: 'check', look: 'good', words: speak(FEEDBACK_WORDS.in_time) };
    case 'late':
      return { icon: 'clock', look: 'warn', words: speak(FEEDBACK_WORDS.late) };
    case 'not_reached':
    case 'not_counted':
      return { icon: null, look: '', words: speak(FEEDBACK_WORDS[row.feedback]) };
    case 'overdue':
      return { icon: 'alarm', look: 'bad', words: overdue(at, now_ms, speak) };
    case 'open':
      if (stopped) return { icon: 'pause', look: '', words: speak('due.stopped') };
      if (at === null) return { icon: null, look: '', words: speak('due.none') };
      return { icon: 'clock', look: isToday(at, now_ms) ? 'warn' : '', words: momentInList(at, now_ms, speak.language) };
  }
}

function overdue(at: string | null, now_ms: number, speak: Speak): string {
  if (at === null) return speak(FEEDBACK_WORDS.overdue);
  return speak('due.overdue', { moment: momentInList(at, now_ms, speak.language) });
}

function isToday(at: string, now_ms: number): boolean {
  return new Date(at).toDateString() === new Date(now_ms).toDateString();
}

// ── Acts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const ACTS = [
  'feedback',
  'try',
  'note',
  'forward',
  'take_over',
  'give_back',
  'tell',
  'pause',
  'resume',
  'complete',
  'reopen',
  'merge',
] as const satisfies readonly CaseAct['act'][];
export type ActName = (typeof ACTS)[number];

export const ACT_WORDS: Record<ActName, Key> = {
  feedback: 'act.feedback',
  try: 'act.try',
  note: 'act.note',
  forward: 'act.forward',
  take_over: 'act.take_over',
  give_back: 'act.give_back',
  tell: 'act.tell',
  pause: 'act.pause',
  resume: 'act.resume',
  complete: 'act.complete',
  reopen: 'act.reopen',
  merge: 'act.merge',
};

export const ACT_ICONS: Record<ActName, IconName> = {
  feedback: 'phone',
  try: 'phone_down',
  note: 'pen',
  forward: 'transfer',
  take_over: 'check',
  give_back: 'undo',
  tell: 'clock',
  pause: 'pause',
  resume: 'play',
  complete: 'check',
  reopen: 'unlock',
  merge: 'people',
};

/** What is told when it is done. */
export const ACTED_WORDS: Record<ActName, Key> = {
  feedback: 'acted.feedback',
  try: 'acted.try',
  note: 'acted.note',
  forward: 'acted.forward',
  take_over: 'acted.take_over',
  give_back: 'acted.give_back',
  tell: 'acted.tell',
  pause: 'acted.pause',
  resume: 'acted.resume',
  complete: 'acted.complete',
  reopen: 'acted.reopen',
  merge: 'acted.merge',
};

const COMPLETIONS: Partial<Record<Can, Completion>> = {
  complete_done: 'done',
  complete_withdrawn: 'withdrawn',
  complete_not_reached: 'not_reached',
};

/** How the case may end now. */
export function completions(can: readonly Can[]): Completion[] {
  return can.flatMap((one) => COMPLETIONS[one] ?? []);
}

/** What the server says may be done, in the order of the buttons. */
export function offeredActs(can: readonly Can[]): ActName[] {
  return ACTS.filter((act) => (act === 'complete' ? completions(can).length > 0 : can.includes(act)));
}

/** What is typed and chosen for an act. */
export interface Filled {
  text: string;
  unit: string;
  reason: PauseReason;
  attempt: Attempt;
  how: Completion;
  /** How feedback is proven: the number of a call of this shift, or that somebody says so. */
  proof: number | 'stated' | null;
  into: string;
}

export type Lack = 'text' | 'unit' | 'proof' | 'into';

/** The act as the server takes it, or which field is lacking. */
export function actOf(act: ActName, filled: Filled, units: readonly Named[]): CaseAct | Lack {
  const text = filled.text.trim();
  switch (act) {
    case 'note':
      return text === '' ? 'text' : { act, text };
    case 'forward': {
      const unit = unitNamed(filled.unit, units);
      return unit === null ? 'unit' : { act, unit, text };
    }
    case 'pause':
      return { act, reason: filled.reason, text };
    case 'try':
      return { act, attempt: filled.attempt, text };
    case 'feedback':
      if (filled.proof === null) return 'proof';
      if (filled.proof === 'stated') return text === '' ? 'text' : { act, contact: null, text };
      return { act, contact: filled.proof, text };
    case 'complete':
      return { act, how: filled.how, text };
    case 'merge': {
      const into = filled.into.trim();
      return /^[1-9][0-9]{0,14}$/.test(into) ? { act, into: Number(into) } : 'into';
    }
    case 'give_back':
    case 'reopen':
      return { act, text };
    case 'take_over':
    case 'resume':
    case 'tell':
      return { act };
  }
}

/** A unit of the catalogue by its name; one that is in none is its own id. */
export function unitNamed(typed: string, units: readonly Named[]): Named | null {
  const name = typed.trim();
  if (name === '') return null;
  return units.find((unit) => unit.name === name) ?? { id: name, name };
}

/** The calls that can prove that somebody came back: not the one in which the matter came in. */
export function provingCalls(calls: readonly WrapUp[], view: Pick<CaseView, 'contact'>): WrapUp[] {
  return calls.filter((call) => call.contact !== view.contact);
}

/** `14:05 · Rathaus Jesteburg · Abfall`: enough to know one's own call by. */
export function callNamed(call: WrapUp, speak: Speak): string {
  const when = call.ended === null ? speak('act.call_now') : clock(call.ended, speak.language);
  return [when, call.line, ...call.concerns.slice(0, 1)].join(' · ');
}

/** The service of a case as the catalogue knows it: `agency:id`, or the id alone. */
export function serviceId(service: { agency: string; id: string }): string {
  return service.agency === '' ? service.id : `${service.agency}:${service.id}`;
}

export function serviceOf(id: string): { agency: string; id: string } {
  const at = id.indexOf(':');
  return at < 0 ? { agency: '', id } : { agency: id.slice(0, at), id: id.slice(at + 1) };
}
