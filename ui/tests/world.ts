// SPDX-License-Identifier: EUPL-1.2
/** What the tests' server tells of: one agent in one county, and what a request does to their desk. */

import type {
  Answer,
  Board,
  Can,
  CaseAct,
  CaseList,
  CaseView,
  Contacts,
  Desk,
  Entry,
  FoundServices,
  FromDesk,
  Line,
  NewCase,
  Place,
  Role,
  Session,
  SignIn,
} from '../src/protocol.ts';

export const NAME = 'uebung';
export const PASSWORD = 'uebung115';

export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1_000).toISOString();
}

export function session(roles: Role[]): Session {
  return {
    name: NAME,
    shown_name: 'Katharina Petersen',
    roles,
    clients: null,
    agent: roles.includes('agent') ? 'petersen' : null,
    oidc: false,
  };
}

export function signIn(): SignIn {
  return {
    oidc: null,
    demo: { name: NAME, password: PASSWORD },
    centre: { name: 'Servicecenter Landkreis Harburg' },
    version: '0.4.0',
  };
}

export function singleSignOn(): NonNullable<SignIn['oidc']> {
  return { name: 'dem Landkreis Harburg', start: '/api/openid/start', only_administrators: false };
}

export function desk(): Desk {
  return {
    now: ago(0),
    centre: { name: 'Servicecenter Landkreis Harburg' },
    person: { name: NAME, shown_name: 'Katharina Petersen', agent: 'petersen', team: 'Winsen' },
    agent: { state: 'signed_off', since: ago(300), until: null, pause: null, reason: null, extensions_left: null, after_call: null },
    pauses: [
      { id: 'break', name: { de: 'Pause', en: 'Break' } },
      { id: 'desk_work', name: { de: 'Arbeit am Platz', en: 'Desk work' } },
      { id: 'training', name: { de: 'Schulung', en: 'Training' } },
    ],
    devices: { chosen: null, browser: true, desk_phone: true },
    softphone: { connected: false, registered: true, codec: null, quality: null },
    calls: [],
    contact: null,
    waiting: [
      { line: { id: '115', name: 'Behördennummer 115' }, count: 0, longest_since: null },
      { line: { id: 'jesteburg', name: 'Rathaus Jesteburg' }, count: 0, longest_since: null },
      { line: { id: 'neu-wulmstorf', name: 'Rathaus Neu Wulmstorf' }, count: 0, longest_since: null },
    ],
    wrap_up: null,
    transfer: null,
  };
}

/** Where callers live. */
export const WHERE = {
  jesteburg: { area: '033535404', name: 'Jesteburg' },
  neuWulmstorf: { area: '033530026026', name: 'Neu Wulmstorf' },
  rosengarten: { area: '033530029029', name: 'Rosengarten' },
  winsen: { area: '033530040040', name: 'Winsen (Luhe)' },
} as const;

export const PLACES = [
  ['115', 'Behördennummer 115', 'Landkreis Harburg'],
  ['kreis', 'Zentrale Kreisverwaltung', 'Landkreis Harburg'],
  ['buergerservice', 'Bürgerservice', 'Landkreis Harburg'],
  ['jesteburg', 'Rathaus Jesteburg', 'Jesteburg'],
  ['neu-wulmstorf', 'Rathaus Neu Wulmstorf', 'Neu Wulmstorf'],
  ['salzhausen', 'Rathaus Salzhausen', 'Salzhausen'],
  ['seevetal', 'Rathaus Seevetal', 'Seevetal'],
] as const;

/** An offer rings: a caller for Jesteburg who has waited for a while. */
export function ring(desk: Desk, id = 4711, waited_s = 20): void {
  desk.agent = { ...desk.agent, state: 'offered', since: ago(0), until: null, pause: null };
  desk.contact = {
    id,
    line: { id: 'jesteburg', name: 'Rathaus Jesteburg' },
    client: { id: 'jesteburg', name: 'Jesteburg' },
    greeting: 'Samtgemeinde Jesteburg, guten Tag. Mein Name ist Petersen, was kann ich für Sie tun?',
    tone: 3,
    arrived: ago(waited_s),
    number: '04183 55501',
    came_by: 'direct',
    places: { places: [WHERE.jesteburg], likely: true, area_code: '04183' },
  };
  // The calls of a telephone on the desk are not shown.
  const browser = desk.devices.chosen !== 'desk_phone';
  desk.calls = browser ? [{ call: 1, kind: 'caller', state: 'ringing', with: '04183 55501', since: ago(0) }] : [];
  desk.wrap_up = null;
}

/** What a request does: just so much that a page can be led through a call. */
export function act(desk: Desk, asked: FromDesk): void {
  const caller = desk.calls.find((call) => call.kind === 'caller');
  const other = desk.calls.find((call) => call.kind !== 'caller');
  switch (asked.type) {
    case 'sign_on':
      desk.devices.chosen = asked.device;
      if (desk.agent.state === 'signed_off') become(desk, 'not_ready');
      return;
    case 'sign_off':
      return become(desk, 'signed_off');
    case 'ready':
      if (desk.agent.state === 'not_ready') become(desk, 'ready');
      else desk.agent.after_call = null;
      return;
    case 'not_ready':
      if (desk.agent.state === 'talking' || desk.agent.state === 'wrap_up') desk.agent.after_call = 'not_ready';
      else {
        become(desk, 'not_ready');
        desk.agent.pause = asked.pause;
      }
      return;
    case 'answer':
      become(desk, 'talking');
      if (caller) Object.assign(caller, { state: 'up', since: ago(0) });
      return;
    case 'decline':
      desk.contact = null;
      desk.calls = [];
      return become(desk, 'not_ready');
    case 'hold':
    case 'resume': {
      const call = desk.calls.find((one) => one.call === asked.call);
      if (call) call.state = asked.type === 'hold' ? 'held' : 'up';
      return;
    }
    case 'dial':
      if (caller) caller.state = 'held';
      desk.calls.push({
        call: 2,
        kind: caller ? 'consult' : 'own',
        state: 'dialling',
        with: asked.number === '4181' ? 'Bauamt' : asked.number,
        since: ago(0),
      });
      return;
    case 'confer':
      for (const call of desk.calls) call.state = 'conference';
      return;
    case 'take_out':
      desk.calls = desk.calls.filter((call) => call.kind === 'caller');
      if (caller) caller.state = 'up';
      return;
    case 'hang_up':
      if (other && other.call === asked.call) {
        desk.calls = desk.calls.filter((call) => call !== other);
        if (caller) caller.state = 'up';
        return;
      }
      return wrapUp(desk);
    case 'complete':
      return wrapUp(desk);
    case 'transfer':
      desk.transfer = { state: 'trying', to: asked.to.id };
      return;
    case 'extend_wrap_up':
      desk.agent.until = new Date(Date.parse(desk.agent.until ?? ago(0)) + 30_000).toISOString();
      desk.agent.extensions_left = Math.max(0, (desk.agent.extensions_left ?? 0) - 1);
      return;
    case 'end_wrap_up':
      desk.contact = null;
      desk.wrap_up = null;
      return become(desk, desk.agent.after_call === null ? 'ready' : 'not_ready');
    case 'after_abuse':
      desk.contact = null;
      desk.wrap_up = null;
      become(desk, 'not_ready');
      desk.agent.pause = 'break';
      return;
    case 'wrap_up':
      if (desk.contact?.id === asked.wrap_up.contact) desk.wrap_up = asked.wrap_up;
      return;
    case 'keys':
    case 'offer':
    case 'quality':
    case 'take_over':
    case 'ping':
      return;
  }
}

function become(desk: Desk, state: Desk['agent']['state']): void {
  const none = { until: null, pause: null, reason: null, extensions_left: null, after_call: null };
  desk.agent = { ...none, state, since: ago(0) };
  if (state === 'signed_off') desk.devices.chosen = null;
}

function wrapUp(desk: Desk): void {
  const after_call = desk.agent.after_call;
  become(desk, 'wrap_up');
  desk.agent = { ...desk.agent, until: ago(-45), extensions_left: 2, after_call };
  desk.calls = [];
  desk.transfer = null;
}

const PEOPLE: Entry[] = [
  entry('agent', 'meyer', 'Jonas Meyer', 'Team Buchholz', '201', 'ready'),
  entry('agent', 'albers', 'Heike Albers', 'Team Winsen', '202', 'busy'),
  entry('agent', 'schroeder', 'Annegret Schröder-Wittenberg', 'Team Neu Wulmstorf', '203', 'away'),
  entry('office', 'bauamt', 'Bauamt', 'Kreishaus Winsen, Gebäude B', '4181', null),
  entry('office', 'auslaenderbehoerde', 'Ausländerbehörde, Aufenthaltserlaubnisse A–K', 'Kreishaus Winsen', '4190', null),
  entry('line', 'jesteburg', 'Rathaus Jesteburg', null, null, null),
  entry('partner', 'oldenburg', 'Servicecenter Oldenburg', null, '0441 2350', null),
];

function entry(
  kind: Entry['kind'],
  id: string,
  name: string,
  detail: string | null,
  number: string | null,
  state: Entry['state'],
): Entry {
  return { kind, id, name, detail, number, state, transfer: true, consult: number !== null };
}

export function directory(text: string): { entries: Entry[] } {
  const wanted = text.toLowerCase();
  return { entries: PEOPLE.filter((one) => `${one.name} ${one.detail ?? ''}`.toLowerCase().includes(wanted)) };
}

export function line(id: string, name: string, client: string, part: Partial<Line> = {}): Line {
  return {
    id,
    name,
    client: { id: client.toLowerCase(), name: client },
    open: true,
    opens: null,
    closed_until: null,
    waiting: 0,
    longest_since: null,
    predicted: null,
    today: {
      offered: 48,
      answered: 44,
      in_time: 39,
      abandoned: 3,
      overflowed: 1,
      refused: 0,
      counted: 47,
      service_level: 0.83,
    },
    ...part,
  };
}

export function board(): Board {
  const lines = PLACES.map(([id, name, client]) => line(id, name, client));
  const at = (index: number, part: Partial<Line>): void => void Object.assign(lines[index] ?? {}, part);
  at(0, { waiting: 3, longest_since: ago(52), predicted: { from_s: 60, to_s: 170 } });
  at(4, { waiting: 1, longest_since: ago(12), predicted: { from_s: 20, to_s: 60 } });
  at(5, { open: false, opens: ago(-14 * 3_600) });
  at(6, { open: false, closed_until: ago(-1_800) });
  const begin = new Date();
  begin.setHours(7, 0, 0, 0);
  const offered = [6, 14, 22, 31, 28, 24, 26, 19, 12, 15, 21, 18];
  return {
    now: ago(0),
    centre: { name: 'Servicecenter Landkreis Harburg' },
    log_stalled: false,
    definition: { id: 'd115', title: { de: 'In 30 s angenommen', en: 'Answered within 30 s' }, threshold_seconds: 30 },
    lines,
    agents: [
      { group: 'Winsen', signed_on: 9, ready: 1, offered: 1, talking: 5, wrap_up: 1, not_ready: 1 },
      { group: 'Buchholz', signed_on: 6, ready: 0, offered: 0, talking: 4, wrap_up: 1, not_ready: 1 },
      { group: 'Übrige', signed_on: 5, ready: 2, offered: 0, talking: 2, wrap_up: 0, not_ready: 1 },
    ],
    trunks: [
      { id: 'kreis', name: 'SIP-Anschluss Kreishaus', up: true, registered: true, calls: 17, channels: 60 },
      { id: 'reserve', name: 'Reserve über Buchholz', up: true, registered: false, calls: 0, channels: 30 },
    ],
    partners: [{ id: 'oldenburg', name: 'Oldenburg', calls: 2 }],
    plans: [
      { id: 'unwetter', name: 'Unwetter', running_until: null },
      { id: 'grippe', name: 'Personalausfall', running_until: null },
    ],
    waiting: [
      { contact: 501, line: '115', since: ago(52), moved: false },
      { contact: 502, line: '115', since: ago(31), moved: true },
      { contact: 503, line: '115', since: ago(8), moved: false },
      { contact: 504, line: 'neu-wulmstorf', since: ago(12), moved: false },
    ],
    half_hours: offered.map((n, index) => ({
      at: new Date(begin.getTime() + index * 1_800_000).toISOString(),
      offered: n,
      answered: n - Math.floor(n / 9),
      in_time: Math.floor(n * 0.78),
      counted: n,
    })),
  };
}

export function contacts(): Contacts {
  const one = (id: number, waited: number | null, talked: number | null, reason: string, team: string | null) => ({
    id,
    line: '115',
    client: 'kreis',
    arrived: ago(3_600 - id),
    waited,
    talked,
    fate: talked === null ? 'abandoned' : 'accepted',
    reason,
    team,
  });
  return {
    definition: { id: 'd115', version: 2, title: { de: 'In 30 s angenommen', en: 'Answered within 30 s' } },
    contacts: [
      one(501, 12, 184, 'Nach 12 s angenommen: rechtzeitig.', 'Winsen'),
      one(502, 74, 65, 'Nach 74 s angenommen: zu spät.', 'Buchholz'),
      one(503, 41, null, 'Nach 41 s aufgelegt, bevor jemand annahm: zählt als nicht angenommen.', null),
      one(504, 4, null, 'Nach 4 s aufgelegt: Kurzaufleger, zählt nicht.', null),
    ],
  };
}

// ── Knowledge ────────────────────────────────────────────────────────────────────────────────────────────────────

const SERVICES: [id: string, title: string, also: string[]][] = [
  ['1001', 'Personalausweis beantragen', ['Perso', 'Ausweis abgelaufen']],
  ['1002', 'Personalausweis verloren melden', ['Perso weg', 'Ausweis gestohlen']],
  ['1003', 'Vorläufigen Personalausweis beantragen', ['Perso sofort']],
  ['1031', 'Hund anmelden', ['Hundesteuer']],
  ['1099', 'Wanderlager anzeigen', []],
];

export function services(words: string): FoundServices {
  const wanted = words.toLowerCase();
  const hits = SERVICES.flatMap(([id, title, names]) => {
    const also = names.find((name) => name.toLowerCase().includes(wanted)) ?? null;
    const has = title.toLowerCase().includes(wanted);
    return has || also !== null ? [{ agency: 'X9', id, title, also: has ? null : also }] : [];
  });
  return { state: 'ready', hits, more: false };
}

export function places(words: string): Place[] {
  return Object.values(WHERE).filter((place) => place.name.toLowerCase().startsWith(words.toLowerCase()));
}

/** The answer about a service; the town hall of Winsen is closed. */
export function answer(id: string, area: string | null): Answer | null {
  const service = SERVICES.find(([known]) => known === id);
  if (service === undefined) return null;
  const [, title] = service;
  const place = Object.values(WHERE).find((one) => one.area === area) ?? null;
  const bare = id === '1099';
  const hall = place === null ? '' : `Bürgerservice ${place.name}`;
  const address = 'Rathausplatz 1, 21266 Musterort';
  const closed = area === WHERE.winsen.area;
  return {
    agency: 'X9',
    id,
    title,
    place,
    aloud: bare ? null : `${title}: bitte persönlich im Rathaus.${hall && ` Zuständig ist ${hall}, ${address}.`} Das kostet 37,00 Euro.`,
    papers: bare ? [] : ['Alter Ausweis oder Reisepass', 'biometrisches Foto', 'bei erster Ausstellung die Geburtsurkunde'],
    costs: bare ? null : '37,00 Euro, unter 24 Jahren 22,80 Euro',
    duration: bare ? null : 'Zwei bis drei Wochen',
    deadline: null,
    conditions: null,
    units:
      place === null || bare
        ? []
        : [
            {
              id: '7',
              name: hall,
              role: 'responsible',
              address,
              telephone: '04183 974740',
              email: 'buergerservice@rathaus.example',
              hours: null,
              open: !closed,
              changes: new Date(Date.now() + 3_600_000).toISOString(),
            },
          ],
    different_in: [],
    why_none: bare && place !== null ? 'Zu dieser Leistung ist keine Zuständigkeit eingetragen.' : null,
    changed: bare ? null : '2014-02-03T09:00:00.000Z',
  };
}

// ── Cases ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What may be done to a case that goes on and owes feedback. */
const OPEN: Can[] = ['note', 'forward', 'pause', 'tell', 'try', 'feedback', 'complete_withdrawn', 'merge'];

/** By when feedback is due for what comes in now: in a day. */
export function dueIn(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

export function oneCase(number: number, concern: string, part: Partial<CaseView> = {}): CaseView {
  const opened = ago(20 * 3_600 - number * 600);
  return {
    now: ago(0),
    number,
    opened,
    client: { id: 'jesteburg', name: 'Jesteburg' },
    concern,
    place: WHERE.jesteburg,
    unit: null,
    taken: false,
    state: 'open',
    due: { at: dueIn(24), stopped: false },
    feedback: 'open',
    contact: 4600 + number,
    line: { id: 'jesteburg', name: 'Rathaus Jesteburg' },
    service: { id: 'X9:1031', name: 'Hund anmelden' },
    reach: 'telephone',
    name: 'Frau Albrecht',
    address: '04183 55501',
    wish: 'vormittags',
    said: 'Der Steuerbescheid nennt zwei Hunde, angemeldet ist einer. Frau Albrecht bittet um einen neuen Bescheid.',
    told: null,
    answered: null,
    proof: null,
    merged_into: null,
    entries: [{ at: opened, team: 'Servicecenter', what: 'Aus einem Gespräch', text: '' }],
    can: [...OPEN],
    ...part,
  };
}

export function cases(): CaseView[] {
  const hall = { id: '7', name: 'Bürgerservice Jesteburg' };
  return [
    oneCase(7, 'Schlagloch in der Bahnhofstraße', {
      due: { at: ago(3 * 3_600), stopped: false },
      feedback: 'overdue',
      unit: { id: '12', name: 'Straßenverkehrsamt, Betriebshof Hittfeld' },
      place: WHERE.rosengarten,
      client: { id: 'rosengarten', name: 'Rosengarten' },
      service: null,
    }),
    oneCase(9, 'Hundesteuerbescheid nennt zwei Hunde', {
      due: { at: dueIn(2), stopped: false },
      unit: hall,
      taken: true,
      told: dueIn(2),
      can: [...OPEN, 'give_back'],
      entries: [
        { at: ago(18 * 3_600), team: 'Servicecenter', what: 'Aus einem Gespräch', text: '' },
        { at: ago(18 * 3_600 - 20), team: 'Servicecenter', what: 'Weitergeleitet an: Bürgerservice Jesteburg', text: 'Bitte den Bescheid prüfen.' },
        { at: ago(18 * 3_600 - 20), team: 'Servicecenter', what: 'Frist genannt', text: '' },
        { at: ago(4 * 3_600), team: 'Fachstelle', what: 'Von der Fachstelle übernommen', text: '' },
        { at: ago(3_600), team: 'Servicecenter', what: 'Nicht erreicht: niemand nahm ab', text: 'Um 9 Uhr zweimal versucht.' },
      ],
    }),
    oneCase(10, 'Wohngeld: welche Unterlagen fehlen noch?', { place: WHERE.winsen, client: { id: 'kreis', name: 'Landkreis Harburg' } }),
    oneCase(11, 'Termin für die Eheschließung im Herbst', {
      state: 'paused',
      due: { at: null, stopped: true },
      place: null,
      can: ['note', 'forward', 'resume', 'try', 'feedback', 'complete_withdrawn', 'merge'],
    }),
    oneCase(5, 'Sperrmüll wurde nicht abgeholt', {
      state: 'completed',
      feedback: 'in_time',
      answered: ago(7_200),
      proof: 'spoken_call',
      can: ['note', 'reopen'],
    }),
    oneCase(3, '', {
      state: 'completed',
      feedback: 'late',
      name: '',
      address: '',
      wish: '',
      said: '',
      answered: ago(170 * 86_400),
      proof: 'stated_by_staff',
      can: ['note', 'reopen'],
      entries: [
        { at: ago(190 * 86_400), team: 'Servicecenter', what: 'Aus einem Gespräch', text: null },
        { at: ago(170 * 86_400), team: 'Fachstelle', what: 'Rückmeldung nach Angabe', text: null },
        { at: ago(170 * 86_400 - 60), team: null, what: 'Erledigt', text: '' },
      ],
    }),
  ];
}

const goesOn = (one: CaseView): boolean => one.state === 'open' || one.state === 'paused';

export function listed(all: CaseView[], show: string, q: string): CaseList {
  const wanted = all.filter((one) => {
    if (show === 'overdue') return goesOn(one) && one.feedback === 'overdue';
    return show === 'all' || goesOn(one) === (show === 'open');
  });
  const found = wanted.filter((one) => `${one.number} ${one.concern} ${one.name}`.toLowerCase().includes(q.toLowerCase()));
  return {
    now: ago(0),
    cases: found.map(({ number, opened, client, concern, place, unit, taken, state, due, feedback }) => ({
      number, opened, client, concern, place, unit, taken, state, due, feedback,
    })),
    more: 0,
    open: all.filter(goesOn).length,
    overdue: all.filter((one) => goesOn(one) && one.feedback === 'overdue').length,
  };
}

export function filed(number: number, asked: NewCase): CaseView {
  const { contact, concern, said, service, reach, name, address, wish, unit, told } = asked;
  const at = dueIn(24);
  const place = Object.values(WHERE).find((one) => one.area === asked.place) ?? null;
  const opened = ago(0);
  return oneCase(number, concern, {
    opened, contact, said, service, reach, name, address, wish, unit, place,
    due: { at, stopped: false },
    told: told ? at : null,
    entries: [{ at: opened, team: 'Servicecenter', what: 'Aus einem Gespräch', text: '' }],
  });
}

/** What an act does to a case: just so much that a page can be led through its life. */
export function actOn(one: CaseView, asked: CaseAct): void {
  const note = (what: string, text = ''): void => void one.entries.push({ at: ago(0), team: 'Servicecenter', what, text });
  const without = (...gone: Can[]): void => void (one.can = one.can.filter((can) => !gone.includes(can)));
  switch (asked.act) {
    case 'note':
      return note('Notiz', asked.text);
    case 'forward':
      Object.assign(one, { unit: asked.unit, taken: false });
      without('take_over', 'give_back');
      one.can.push('take_over', 'give_back');
      return note(`Weitergeleitet an: ${asked.unit.name}`, asked.text);
    case 'take_over':
      one.taken = true;
      without('take_over');
      return note('Von der Fachstelle übernommen');
    case 'give_back':
      Object.assign(one, { unit: null, taken: false });
      without('take_over', 'give_back');
      return note('Zurück an das Servicecenter', asked.text);
    case 'pause':
      Object.assign(one, { state: 'paused', due: { at: null, stopped: true } });
      without('pause', 'tell');
      one.can.push('resume');
      return note('Frist ruht', asked.text);
    case 'resume':
      Object.assign(one, { state: 'open', due: { at: dueIn(24), stopped: false } });
      without('resume');
      one.can.push('pause', 'tell');
      return note('Frist läuft weiter');
    case 'tell':
      one.told = one.due.at;
      return note('Frist genannt');
    case 'try':
      one.can.push('complete_not_reached');
      return note('Nicht erreicht', asked.text);
    case 'feedback':
      Object.assign(one, { answered: ago(0), feedback: 'in_time', proof: asked.contact === null ? 'stated_by_staff' : 'spoken_call' });
      without('try', 'complete_withdrawn', 'complete_not_reached');
      one.can.push('complete_done');
      return note(asked.contact === null ? 'Rückmeldung nach Angabe' : 'Rückmeldung im Gespräch', asked.text);
    case 'complete':
      Object.assign(one, { state: 'completed', can: ['note', 'reopen'] });
      return note('Erledigt', asked.text);
    case 'reopen':
      Object.assign(one, { state: 'open', can: ['note', 'forward', 'feedback', 'complete_done', 'merge'] });
      return note('Wieder geöffnet', asked.text);
    case 'merge':
      Object.assign(one, { state: 'merged', merged_into: asked.into, feedback: 'not_counted', can: [] });
      return note(`Geht weiter in Vorgang ${asked.into}`);
  }
}
