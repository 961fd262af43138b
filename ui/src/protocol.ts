// SPDX-License-Identifier: EUPL-1.2
/**
 * What page and server say to each other, version 1: the one description of it on this side.
 *
 * Times are RFC 3339 in UTC, durations whole seconds, ids those of the county's file. The page is a function of
 * the last `Desk` or `Board` that it was told, and of nothing older.
 */

import {
  decimal,
  flag,
  list,
  object,
  oneOf,
  orNull,
  tagged,
  text,
  time,
  whole,
  type Of,
} from './shape.ts';

/** More than any county has; a message beyond it is refused rather than drawn. */
const MANY = 10_000;

const named = object({ id: text, name: text });
export type Named = Of<typeof named>;
const bothLanguages = object({ de: text, en: text });

export const problem = object({ title: text, detail: orNull(text) });
export type Problem = Of<typeof problem>;

// ── Session ────────────────────────────────────────────────────────────────────────────────────────────────────────

const role = oneOf('agent', 'supervisor', 'editor', 'reporter', 'administrator');
export type Role = Of<typeof role>;

export const session = object({
  name: text,
  shown_name: text,
  roles: list(role, 5),
  clients: orNull(list(text, MANY)),
  agent: orNull(text),
  oidc: flag,
});
export type Session = Of<typeof session>;

export const signIn = object({
  /** Who vouches for people; `start` is where the browser goes for it. */
  oidc: orNull(object({ name: text, start: text, only_administrators: flag })),
  demo: orNull(object({ name: text, password: text })),
  centre: object({ name: text }),
  version: text,
});
export type SignIn = Of<typeof signIn>;

/** Where the browser goes to sign out at whoever vouched as well. */
export const signedOut = object({ leads_to: orNull(text) });

// ── Desk ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const result = oneOf('settled', 'transferred', 'to_be_answered', 'misdial', 'abusive');
export type Result = Of<typeof result>;

/** The most concerns of one wrap-up, and the longest note, in characters. */
export const CONCERNS_MAX = 5;
export const NOTE_MAX = 500;

export const wrapUp = object({
  contact: whole,
  /** Line and client by their names; the server knows them. */
  line: text,
  client: text,
  /** When the talk ended; not yet while it lasts. */
  ended: orNull(time),
  concerns: list(text, CONCERNS_MAX),
  place: orNull(text),
  result: orNull(result),
  note: text,
});
export type WrapUp = Of<typeof wrapUp>;
export const wrapUps = object({ wrap_ups: list(wrapUp, MANY) });

const agentState = oneOf('signed_off', 'not_ready', 'ready', 'offered', 'talking', 'wrap_up');
export type AgentState = Of<typeof agentState>;

const call = object({
  call: whole,
  kind: oneOf('caller', 'consult', 'own'),
  state: oneOf('ringing', 'dialling', 'up', 'held', 'conference'),
  with: text,
  since: time,
});
export type Call = Of<typeof call>;

const place = object({ area: text, name: text });
export type Place = Of<typeof place>;

/** The most places that are proposed at once. */
const PLACES_MAX = 12;

const contact = object({
  id: whole,
  line: named,
  client: named,
  /** To be read aloud. */
  greeting: text,
  /** Which client, as a number, for the tone mark. */
  tone: whole,
  arrived: time,
  number: orNull(text),
  came_by: oneOf('direct', 'transfer', 'overflow', 'call_back'),
  /** Where the caller may live, the likeliest first; to be confirmed. */
  places: object({ places: list(place, PLACES_MAX), likely: flag, area_code: orNull(text) }),
});
export type Contact = Of<typeof contact>;

const codec = oneOf('G722', 'PCMA', 'PCMU', 'opus');
export type Codec = Of<typeof codec>;
const device = oneOf('browser', 'desk_phone');
export type Device = Of<typeof device>;

export const desk = object({
  now: time,
  centre: object({ name: text }),
  person: object({ name: text, shown_name: text, agent: text, team: text }),
  agent: object({
    state: agentState,
    since: time,
    until: orNull(time),
    pause: orNull(text),
    /** Why no calls come, if none come. */
    reason: orNull(oneOf('signed_on', 'break', 'desk_work', 'no_answer', 'declined', 'unreachable')),
    extensions_left: orNull(whole),
    after_call: orNull(oneOf('not_ready', 'sign_off')),
  }),
  pauses: list(object({ id: text, name: bothLanguages }), 100),
  devices: object({ chosen: orNull(device), browser: flag, desk_phone: flag }),
  softphone: object({
    connected: flag,
    registered: flag,
    codec: orNull(codec),
    quality: orNull(oneOf('good', 'fair', 'poor')),
  }),
  calls: list(call, 20),
  contact: orNull(contact),
  waiting: list(object({ line: named, count: whole, longest_since: orNull(time) }), MANY),
  wrap_up: orNull(wrapUp),
  transfer: orNull(object({ state: oneOf('trying', 'failed'), to: text })),
});
export type Desk = Of<typeof desk>;

/** What the server says on a desk's socket. */
export const toDesk = tagged({
  desk: { desk },
  done: { of: whole },
  refused: { of: whole, problem },
  sdp: { sdp: text },
  elsewhere: { since: time },
  taken_over: {},
  bye: {},
});
export type ToDesk = Of<typeof toDesk>;

const to = object({ kind: oneOf('agent', 'line', 'partner', 'number'), id: text });
export type To = Of<typeof to>;

/** What a page asks; `of` numbers the requests of one connection, rising by one. */
export const fromDesk = tagged({
  sign_on: { of: whole, device },
  sign_off: { of: whole },
  ready: { of: whole },
  not_ready: { of: whole, pause: text },
  answer: { of: whole, contact: whole },
  decline: { of: whole, contact: whole },
  extend_wrap_up: { of: whole },
  end_wrap_up: { of: whole },
  hang_up: { of: whole, call: whole },
  hold: { of: whole, call: whole },
  resume: { of: whole, call: whole },
  keys: { of: whole, call: whole, keys: text },
  dial: { of: whole, number: text },
  transfer: { of: whole, to },
  complete: { of: whole },
  confer: { of: whole },
  take_out: { of: whole },
  wrap_up: { of: whole, wrap_up: wrapUp },
  after_abuse: { of: whole },
  offer: { of: whole, sdp: text },
  quality: { of: whole, loss: decimal, jitter_ms: decimal, rtt_ms: decimal, codec: text },
  take_over: { of: whole },
  ping: { of: whole },
});
export type FromDesk = Of<typeof fromDesk>;
type WithoutNumber<T> = T extends unknown ? Omit<T, 'of'> : never;
/** A request before its number is given. */
export type Request = WithoutNumber<FromDesk>;

export const directory = object({
  entries: list(
    object({
      kind: oneOf('agent', 'line', 'partner', 'office', 'extension', 'phone'),
      id: text,
      name: text,
      detail: orNull(text),
      number: orNull(text),
      state: orNull(oneOf('ready', 'busy', 'away')),
      transfer: flag,
      consult: flag,
    }),
    50,
  ),
});
export type Entry = Of<typeof directory>['entries'][number];

// ── Knowledge ────────────────────────────────────────────────────────────────────────────────────────────────────

const serviceHit = object({
  agency: text,
  id: text,
  title: text,
  /** Another name that what was typed stands in. */
  also: orNull(text),
});
export type ServiceHit = Of<typeof serviceHit>;

export const foundServices = object({
  state: oneOf('ready', 'reading', 'empty', 'broken'),
  hits: list(serviceHit, 20),
  more: flag,
});
export type FoundServices = Of<typeof foundServices>;

export const foundPlaces = object({ places: list(place, PLACES_MAX), more: whole });

const unit = object({
  id: text,
  name: text,
  role: oneOf('contact_point', 'responsible', 'other'),
  address: orNull(text),
  telephone: orNull(text),
  email: orNull(text),
  /** Opening hours that are words and no rule. */
  hours: orNull(text),
  /** By the calendar of the place; unknown without hours. */
  open: orNull(flag),
  changes: orNull(time),
});
export type Unit = Of<typeof unit>;

export const answer = object({
  agency: text,
  id: text,
  title: text,
  place: orNull(place),
  aloud: orNull(text),
  papers: list(text, 1_000),
  costs: orNull(text),
  duration: orNull(text),
  deadline: orNull(text),
  conditions: orNull(text),
  units: list(unit, MANY),
  different_in: list(place, MANY),
  why_none: orNull(text),
  changed: orNull(time),
});
export type Answer = Of<typeof answer>;

/** The longest that editors are told, in characters. */
export const TASK_WORDS_MAX = 300;

export const newTask = object({
  kind: oneOf('not_found', 'wrong'),
  words: text,
  service: orNull(object({ agency: text, id: text })),
  place: orNull(text),
});
export type NewTask = Of<typeof newTask>;
export const taskKept = object({ number: whole });

// ── Cases ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The longest texts of a case, in characters: what it is about, what is written, and each field. */
export const CASE_CONCERN_MAX = 120;
export const CASE_TEXT_MAX = 2_000;
export const CASE_FIELD_MAX = 200;

/** By when feedback is due: `at` is null while the clock is stopped, or where the calendar does not reach so far. */
const due = object({ at: orNull(time), stopped: flag });
export type Due = Of<typeof due>;
export const dueNow = object({ due });

export const reach = oneOf('telephone', 'mail', 'letter', 'none');
export type Reach = Of<typeof reach>;
const caseState = oneOf('open', 'paused', 'completed', 'merged');
export type CaseState = Of<typeof caseState>;
const feedback = oneOf('open', 'overdue', 'in_time', 'late', 'not_reached', 'not_counted');
export type Feedback = Of<typeof feedback>;
const proof = oneOf('spoken_call', 'mail_accepted', 'stated_by_staff');
export type Proof = Of<typeof proof>;
const pauseReason = oneOf('citizen_wishes', 'papers_missing', 'other_authority');
export type PauseReason = Of<typeof pauseReason>;
const attempt = oneOf('no_answer', 'engaged', 'mailbox', 'mail_returned');
export type Attempt = Of<typeof attempt>;
const completion = oneOf('done', 'withdrawn', 'not_reached');
export type Completion = Of<typeof completion>;
const can = oneOf(
  'note',
  'forward',
  'take_over',
  'give_back',
  'pause',
  'resume',
  'tell',
  'try',
  'feedback',
  'complete_done',
  'complete_withdrawn',
  'complete_not_reached',
  'reopen',
  'merge',
);
export type Can = Of<typeof can>;

/** A case in a list. */
const caseFields = {
  number: whole,
  opened: time,
  client: named,
  /** Empty after what was written of it is gone. */
  concern: text,
  place: orNull(place),
  /** Who has it; null for the centre. */
  unit: orNull(named),
  /** Whether the unit works on it. */
  taken: flag,
  state: caseState,
  due,
  feedback,
};
const caseRow = object(caseFields);
export type CaseRow = Of<typeof caseRow>;

export const caseList = object({ now: time, cases: list(caseRow, MANY), more: whole, open: whole, overdue: whole });
export type CaseList = Of<typeof caseList>;

const caseEntry = object({
  at: time,
  /** Never a person; null if the centre did it by itself. */
  team: orNull(text),
  what: text,
  /** Empty if nothing was written, null if it cannot be read any more. */
  text: orNull(text),
});
export type CaseEntry = Of<typeof caseEntry>;

export const caseView = object({
  now: time,
  ...caseFields,
  contact: orNull(whole),
  line: orNull(named),
  service: orNull(named),
  reach,
  name: text,
  address: text,
  wish: text,
  said: text,
  told: orNull(time),
  answered: orNull(time),
  proof: orNull(proof),
  merged_into: orNull(whole),
  entries: list(caseEntry, MANY),
  can: list(can, 20),
});
export type CaseView = Of<typeof caseView>;

export const newCase = object({
  contact: orNull(whole),
  concern: text,
  said: text,
  place: orNull(text),
  service: orNull(named),
  reach,
  name: text,
  address: text,
  wish: text,
  unit: orNull(named),
  told: flag,
});
export type NewCase = Of<typeof newCase>;

export const caseAct = tagged(
  {
    note: { text },
    forward: { unit: named, text },
    take_over: {},
    give_back: { text },
    pause: { reason: pauseReason, text },
    resume: {},
    tell: {},
    try: { attempt, text },
    feedback: { contact: orNull(whole), text },
    complete: { how: completion, text },
    reopen: { text },
    merge: { into: whole },
  },
  'act',
);
export type CaseAct = Of<typeof caseAct>;

// ── Board ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const line = object({
  id: text,
  name: text,
  client: named,
  open: flag,
  opens: orNull(time),
  closed_until: orNull(time),
  waiting: whole,
  longest_since: orNull(time),
  predicted: orNull(object({ from_s: whole, to_s: whole })),
  today: object({
    offered: whole,
    answered: whole,
    in_time: whole,
    abandoned: whole,
    overflowed: whole,
    refused: whole,
    counted: whole,
    service_level: orNull(decimal),
  }),
});
export type Line = Of<typeof line>;

const group = object({
  group: text,
  signed_on: whole,
  ready: whole,
  talking: whole,
  wrap_up: whole,
  not_ready: whole,
  offered: whole,
});
export type Group = Of<typeof group>;

const halfHour = object({ at: time, offered: whole, answered: whole, in_time: whole, counted: whole });
export type HalfHour = Of<typeof halfHour>;

const trunk = object({
  id: text,
  name: text,
  up: orNull(flag),
  registered: orNull(flag),
  calls: whole,
  channels: whole,
});
export type Trunk = Of<typeof trunk>;

export const board = object({
  now: time,
  centre: object({ name: text }),
  log_stalled: flag,
  definition: object({ id: text, title: bothLanguages, threshold_seconds: whole }),
  lines: list(line, MANY),
  agents: list(group, MANY),
  trunks: list(trunk, MANY),
  partners: list(object({ id: text, name: text, calls: whole }), MANY),
  plans: list(object({ id: text, name: text, running_until: orNull(time) }), MANY),
  waiting: list(object({ contact: whole, line: text, since: time, moved: flag }), MANY),
  half_hours: list(halfHour, 60),
});
export type Board = Of<typeof board>;

export const toBoard = tagged({ board: { board }, bye: {} });
export type ToBoard = Of<typeof toBoard>;

const verdict = oneOf('in_time', 'late', 'not_answered', 'left_out', 'all');
export type Verdict = Of<typeof verdict>;

export const contacts = object({
  definition: object({ id: text, version: whole, title: bothLanguages }),
  contacts: list(
    object({
      id: whole,
      line: text,
      client: text,
      arrived: time,
      waited: orNull(whole),
      talked: orNull(whole),
      fate: text,
      reason: text,
      team: orNull(text),
    }),
    MANY,
  ),
});
export type Contacts = Of<typeof contacts>;

/** Where a steered caller stands now. */
export const steered = object({ position: orNull(whole) });
export type PullReason = 'distress' | 'waited_long' | 'wrong_line' | 'load';
