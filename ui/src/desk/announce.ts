// SPDX-License-Identifier: EUPL-1.2
/**
 * What a screen reader says when the desk changes, in the order in which it matters.
 *
 * Rule: one change, one list of sentences. What is most urgent comes first, and nothing is said twice.
 */

import type { Call, Desk } from '../protocol.ts';
import { secondsSince } from '../time.ts';
import { pauseName, REASON_WORDS, STATE_WORDS } from '../meanings.ts';
import type { Speak } from '../words.ts';

export interface Sentence {
  text: string;
  /** Interrupts what is being read: only for a ringing call and for what was lost. */
  urgent: boolean;
}

/** What to say of the change from `before` to `after`; `before` is null when the page has just been opened. */
export function announce(before: Desk | null, after: Desk, speak: Speak): Sentence[] {
  return [
    ...ringing(before, after, speak),
    ...calls(before, after, speak),
    ...transfer(before, after, speak),
    ...state(before, after, speak),
  ];
}

function ringing(before: Desk | null, after: Desk, speak: Speak): Sentence[] {
  const contact = after.contact;
  if (after.agent.state !== 'offered' || contact === null) return [];
  if (before?.agent.state === 'offered' && before.contact?.id === contact.id) return [];
  const seconds = secondsSince(contact.arrived, Date.parse(after.now));
  const lift = after.devices.chosen === 'desk_phone';
  return [
    { text: speak('say.ringing', { client: contact.client.name, waited: waited(seconds, speak) }), urgent: true },
    { text: speak(lift ? 'say.ringing_lift' : 'say.ringing_line', { line: contact.line.name }), urgent: true },
  ];
}

function why(desk: Desk, speak: Speak): string | null {
  const reason = desk.agent.reason === null ? undefined : REASON_WORDS[desk.agent.reason];
  return pauseName(desk, speak.language) ?? (reason === undefined ? null : speak(reason));
}

/** "20 Sekunden", "1 Minute und 5 Sekunden": as one says it, since "1:05" is read as a time of day. */
export function waited(seconds: number, speak: Speak): string {
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const parts = [
    minutes === 0 ? '' : minutes === 1 ? speak('say.minute') : speak('say.minutes', { n: minutes }),
    rest === 0 && minutes > 0 ? '' : rest === 1 ? speak('say.second') : speak('say.seconds', { n: rest }),
  ];
  return parts.filter(Boolean).join(speak('say.and'));
}

function calls(before: Desk | null, after: Desk, speak: Speak): Sentence[] {
  if (before === null) return [];
  const found: Sentence[] = [];
  for (const call of after.calls) {
    const earlier = before.calls.find((one) => one.call === call.call);
    const text = changed(earlier, call, speak);
    if (text !== null) found.push({ text, urgent: false });
  }
  for (const earlier of before.calls) {
    const gone = !after.calls.some((one) => one.call === earlier.call);
    if (gone && earlier.kind !== 'caller') {
      found.push({ text: speak('say.call_over', { name: earlier.with }), urgent: false });
    }
  }
  return found;
}

function changed(earlier: Call | undefined, call: Call, speak: Speak): string | null {
  if (earlier?.state === call.state) return null;
  const name = call.with;
  switch (call.state) {
    case 'ringing':
      return null;
    case 'dialling':
      return speak('say.dialling', { name });
    case 'held':
      return speak('say.held', { name });
    case 'conference':
      return call.kind === 'caller' ? speak('say.conference') : null;
    case 'up':
      if (earlier?.state === 'held') return speak('say.resumed', { name });
      return call.kind === 'caller' ? null : speak('say.up', { name });
  }
}

function transfer(before: Desk | null, after: Desk, speak: Speak): Sentence[] {
  const now = after.transfer;
  if (now === null || before?.transfer?.state === now.state) return [];
  return now.state === 'failed'
    ? [{ text: speak('say.transfer_failed', { name: now.to }), urgent: true }]
    : [{ text: speak('say.transfer_trying', { name: now.to }), urgent: false }];
}

function state(before: Desk | null, after: Desk, speak: Speak): Sentence[] {
  const same = before?.agent.state === after.agent.state && before.agent.pause === after.agent.pause;
  if (same || after.agent.state === 'offered') return [];
  const name = speak(STATE_WORDS[after.agent.state]);
  const because = after.agent.state === 'not_ready' ? why(after, speak) : null;
  return [{ text: because === null ? name : `${name}: ${because}`, urgent: false }];
}
