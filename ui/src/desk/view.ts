// SPDX-License-Identifier: EUPL-1.2
/**
 * What a desk offers at this moment, from what the server said last.
 *
 * Rule: a button is there exactly when its request can make sense. The server still judges each one.
 */

import type { AgentState, Call, Desk, Request } from '../protocol.ts';

export type Offered =
  | 'sign_on'
  | 'sign_off'
  | 'ready'
  | 'not_ready'
  | 'pause_after'
  | 'answer'
  | 'decline'
  | 'hold'
  | 'resume'
  | 'hang_up'
  | 'hang_up_consult'
  | 'dial'
  | 'dial_emergency'
  | 'transfer'
  | 'complete'
  | 'confer'
  | 'take_out'
  | 'keys'
  | 'extend_wrap_up'
  | 'end_wrap_up'
  | 'wrap_up'
  | 'after_abuse';

export function callerCall(desk: Desk): Call | null {
  return desk.calls.find((call) => call.kind === 'caller') ?? null;
}

/** Whom the agent asked or rang themselves. */
export function ownCall(desk: Desk): Call | null {
  return desk.calls.find((call) => call.kind !== 'caller') ?? null;
}

/** The call that one hears. */
export function audibleCall(desk: Desk): Call | null {
  return desk.calls.find((call) => call.state === 'up' || call.state === 'conference') ?? null;
}

export function offers(desk: Desk): Set<Offered> {
  const found = new Set<Offered>(byState(desk));
  // A telephone on the desk is worked by its own keys; only its talk can be ended from here.
  if (desk.devices.chosen === 'desk_phone') {
    found.delete('answer');
    if (desk.agent.state === 'talking') found.add('hang_up');
    return found;
  }
  const caller = callerCall(desk);
  const own = ownCall(desk);
  if (caller !== null) for (const one of withCaller(caller, own)) found.add(one);
  if (own !== null) for (const one of withOwn(own)) found.add(one);
  if (desk.agent.state !== 'signed_off' && own === null && desk.agent.state !== 'offered') found.add('dial');
  // Help is called whatever else goes on.
  if (desk.agent.state !== 'signed_off') found.add('dial_emergency');
  if (audibleCall(desk) !== null) found.add('keys');
  return found;
}

function byState(desk: Desk): Offered[] {
  const more = (desk.agent.extensions_left ?? 0) > 0;
  const byResult: Offered[] = desk.wrap_up?.result === 'abusive' ? ['after_abuse'] : [];
  const states: Record<AgentState, Offered[]> = {
    signed_off: ['sign_on'],
    not_ready: ['ready', 'not_ready', 'sign_off'],
    ready: ['not_ready', 'sign_off'],
    offered: ['answer', 'decline'],
    talking: ['pause_after', ...(desk.contact === null ? [] : (['wrap_up'] as const))],
    wrap_up: ['wrap_up', 'end_wrap_up', 'pause_after', ...(more ? (['extend_wrap_up'] as const) : []), ...byResult],
  };
  return states[desk.agent.state];
}

function withCaller(caller: Call, own: Call | null): Offered[] {
  switch (caller.state) {
    case 'ringing':
    case 'dialling':
      return [];
    case 'up':
      return own === null ? ['hold', 'hang_up', 'transfer'] : ['hang_up'];
    case 'held':
      // Back to the caller while somebody is asked: one talks to the two in turn.
      return own === null ? ['resume', 'hang_up', 'transfer'] : own.state === 'up' ? ['resume'] : [];
    case 'conference':
      return ['hang_up', 'take_out'];
  }
}

function withOwn(own: Call): Offered[] {
  switch (own.state) {
    case 'ringing':
    case 'dialling':
      return ['hang_up_consult'];
    case 'up':
      return own.kind === 'consult' ? ['hang_up_consult', 'complete', 'confer'] : ['hang_up_consult', 'hold'];
    case 'held':
      return own.kind === 'consult' ? ['hang_up_consult', 'resume', 'complete'] : ['hang_up_consult', 'resume'];
    case 'conference':
      return [];
  }
}

/** Which call "hold" and "resume" mean: the one that is heard, or the one that waits. */
export function holdOrResume(desk: Desk): Request | null {
  const offered = offers(desk);
  const audible = audibleCall(desk);
  if (offered.has('hold') && audible !== null) return { type: 'hold', call: audible.call };
  const held = desk.calls.find((call) => call.state === 'held');
  if (offered.has('resume') && held !== undefined) return { type: 'resume', call: held.call };
  return null;
}

/** Which call "hang up" means: whom one asked before the caller. */
export function hangUp(desk: Desk): Request | null {
  const offered = offers(desk);
  const own = ownCall(desk);
  if (offered.has('hang_up_consult') && own !== null) return { type: 'hang_up', call: own.call };
  if (!offered.has('hang_up')) return null;
  // The calls of a telephone on the desk are not ours to number.
  return { type: 'hang_up', call: callerCall(desk)?.call ?? 0 };
}

/** The pause that "not ready" means when nobody chose one: the county's first. */
export function firstPause(desk: Desk): string {
  return desk.pauses[0]?.id ?? 'break';
}

/** Ready if one is not, not ready if one is; during a talk it is about the time after it. */
export function toggleReady(desk: Desk): Request | null {
  const offered = offers(desk);
  if (offered.has('ready')) return { type: 'ready' };
  if (offered.has('not_ready')) return { type: 'not_ready', pause: firstPause(desk) };
  return togglePauseAfter(desk);
}

export function togglePauseAfter(desk: Desk): Request | null {
  if (!offers(desk).has('pause_after')) return null;
  return desk.agent.after_call === null ? { type: 'not_ready', pause: firstPause(desk) } : { type: 'ready' };
}
