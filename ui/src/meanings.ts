// SPDX-License-Identifier: EUPL-1.2
/** Which words stand for which value of the protocol. */

import type {
  AgentState,
  Attempt,
  Call,
  CaseState,
  Completion,
  Contact,
  Desk,
  Entry,
  Feedback,
  FoundServices,
  PauseReason,
  Proof,
  PullReason,
  Reach,
  Result,
  Unit,
  Verdict,
} from './protocol.ts';
import type { Language } from './time.ts';
import type { Key } from './words.ts';

export const STATE_WORDS: Record<AgentState, Key> = {
  signed_off: 'state.signed_off',
  not_ready: 'state.not_ready',
  ready: 'state.ready',
  offered: 'state.offered',
  talking: 'state.talking',
  wrap_up: 'state.wrap_up',
};

export const CALL_WORDS: Record<Call['state'], Key> = {
  ringing: 'call.ringing',
  dialling: 'call.dialling',
  up: 'call.up',
  held: 'call.held',
  conference: 'call.conference',
};

export const KIND_WORDS: Record<Call['kind'], Key> = {
  caller: 'call.caller',
  consult: 'call.consult',
  own: 'call.own',
};

export const CAME_BY_WORDS: Record<Contact['came_by'], Key | null> = {
  direct: null,
  transfer: 'came_by.transfer',
  overflow: 'came_by.overflow',
  call_back: 'came_by.call_back',
};

export const ROLE_WORDS: Record<Unit['role'], Key> = {
  contact_point: 'answer.contact_point',
  responsible: 'answer.responsible',
  other: 'answer.other',
};

export const CATALOGUE_WORDS: Record<FoundServices['state'], Key | null> = {
  ready: null,
  reading: 'knowledge.reading',
  empty: 'knowledge.empty',
  broken: 'knowledge.broken',
};

export const RESULTS: readonly Result[] = ['settled', 'transferred', 'to_be_answered', 'misdial', 'abusive'];

export const RESULT_WORDS: Record<Result, Key> = {
  settled: 'result.settled',
  transferred: 'result.transferred',
  to_be_answered: 'result.to_be_answered',
  misdial: 'result.misdial',
  abusive: 'result.abusive',
};

export const ENTRY_WORDS: Record<Entry['kind'], Key> = {
  agent: 'entry.agent',
  line: 'entry.line',
  partner: 'entry.partner',
  office: 'entry.office',
  extension: 'entry.extension',
  phone: 'entry.phone',
};

export const PRESENCE_WORDS: Record<NonNullable<Entry['state']>, Key> = {
  ready: 'presence.ready',
  busy: 'presence.busy',
  away: 'presence.away',
};

export const QUALITY_WORDS: Record<NonNullable<Desk['softphone']['quality']>, Key> = {
  good: 'quality.good',
  fair: 'quality.fair',
  poor: 'quality.poor',
};

export const PULL_WORDS: Record<PullReason, Key> = {
  distress: 'pull.distress',
  waited_long: 'pull.waited_long',
  wrong_line: 'pull.wrong_line',
  load: 'pull.load',
};

export const VERDICTS: readonly Verdict[] = ['all', 'in_time', 'late', 'not_answered', 'left_out'];

export const VERDICT_WORDS: Record<Verdict, Key> = {
  all: 'verdict.all',
  in_time: 'verdict.in_time',
  late: 'verdict.late',
  not_answered: 'verdict.not_answered',
  left_out: 'verdict.left_out',
};

export const REACHES: readonly Reach[] = ['telephone', 'mail', 'letter', 'none'];

export const REACH_WORDS: Record<Reach, Key> = {
  telephone: 'reach.telephone',
  mail: 'reach.mail',
  letter: 'reach.letter',
  none: 'reach.none',
};

export const CASE_WORDS: Record<CaseState, Key> = {
  open: 'case.open',
  paused: 'case.paused',
  completed: 'case.completed',
  merged: 'case.merged',
};

export const FEEDBACK_WORDS: Record<Feedback, Key> = {
  open: 'feedback.open',
  overdue: 'feedback.overdue',
  in_time: 'feedback.in_time',
  late: 'feedback.late',
  not_reached: 'feedback.not_reached',
  not_counted: 'feedback.not_counted',
};

export const PROOF_WORDS: Record<Proof, Key> = {
  spoken_call: 'proof.spoken_call',
  mail_accepted: 'proof.mail_accepted',
  stated_by_staff: 'proof.stated_by_staff',
};

export const PAUSE_WORDS: Record<PauseReason, Key> = {
  citizen_wishes: 'pause.citizen_wishes',
  papers_missing: 'pause.papers_missing',
  other_authority: 'pause.other_authority',
};

export const ATTEMPT_WORDS: Record<Attempt, Key> = {
  no_answer: 'attempt.no_answer',
  engaged: 'attempt.engaged',
  mailbox: 'attempt.mailbox',
  mail_returned: 'attempt.mail_returned',
};

export const COMPLETION_WORDS: Record<Completion, Key> = {
  done: 'completion.done',
  withdrawn: 'completion.withdrawn',
  not_reached: 'completion.not_reached',
};

/** Why nobody is sent to an agent who did not ask for that. */
export const REASON_WORDS: Partial<Record<NonNullable<Desk['agent']['reason']>, Key>> = {
  signed_on: 'reason.signed_on',
  no_answer: 'reason.no_answer',
  declined: 'reason.declined',
  unreachable: 'reason.unreachable',
};

/** The pause that the agent is in, by its name; null if in none. */
export function pauseName(desk: Desk, language: Language): string | null {
  const pause = desk.agent.pause;
  if (pause === null) return null;
  return desk.pauses.find((one) => one.id === pause)?.name[language] ?? pause;
}
