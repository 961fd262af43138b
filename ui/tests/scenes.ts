// SPDX-License-Identifier: EUPL-1.2
/** Every page in every state that a person can meet: looked at as pictures, and measured by axe. */

import type { Page } from 'playwright-core';
import { Peer } from './peer.ts';
import * as world from './world.ts';

export interface Scene {
  name: string;
  path?: string;
  /** Before the page is opened. */
  before?: (peer: Peer) => void;
  /** After it is there. */
  then?: (page: Page, peer: Peer) => Promise<void>;
  /** What tells that the scene is there. */
  until: string;
  signedOut?: true;
}

function onDuty(peer: Peer): void {
  peer.desk.devices.chosen = 'browser';
  peer.desk.agent = { ...peer.desk.agent, state: 'ready', since: world.ago(92) };
  peer.desk.waiting[0] = { line: { id: '115', name: 'Behördennummer 115' }, count: 2, longest_since: world.ago(17) };
}

function talking(peer: Peer): void {
  onDuty(peer);
  world.ring(peer.desk, 4711, 95);
  world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
  const call = peer.desk.calls[0];
  if (call) call.since = world.ago(63);
  earlier(peer);
}

function earlier(peer: Peer): void {
  const done = (contact: number, ago: number, concerns: string[], place: string | null, result: 'settled' | 'transferred' | null) =>
    peer.wrapUps.set(contact, {
      contact,
      line: 'Behördennummer 115',
      client: 'Landkreis Harburg',
      ended: world.ago(ago),
      concerns,
      place,
      result,
      note: '',
    });
  done(4698, 2_300, ['Kfz-Zulassung', 'Führerschein'], 'Buchholz', 'settled');
  done(4702, 1_240, ['Abfall'], 'Winsen', 'transferred');
  done(4707, 610, ['Anmeldung Wohnsitz'], null, null);
}

function wrapUp(peer: Peer): void {
  talking(peer);
  world.act(peer.desk, { type: 'hang_up', of: 1, call: 1 });
}

/** The first service for these words is opened by keyboard. */
async function opened(page: Page, words: string): Promise<void> {
  await page.keyboard.press('F3');
  await page.keyboard.type(words);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
}

/** A case for the service that was looked up, for the place that the caller confirmed. */
async function caseForm(page: Page): Promise<void> {
  await opened(page, 'hund');
  await page.getByText('Zuständig', { exact: true }).waitFor();
  await page.keyboard.press('F7');
  await page.getByText('Sie hören von uns bis').waitFor();
}

function manyLines(peer: Peer): void {
  const names = [
    'Samtgemeinde Elbmarsch',
    'Samtgemeinde Hanstedt',
    'Samtgemeinde Hollenstedt',
    'Gemeinde Rosengarten',
    'Stadt Buchholz in der Nordheide',
    'Samtgemeinde Tostedt',
    'Ausländerbehörde und Staatsangehörigkeit',
    'Straßenverkehrsamt, Kfz-Zulassung Winsen',
  ];
  const first = peer.board.lines;
  for (let index = 0; first.length < 30; index += 1) {
    const name = `${names[index % names.length]}${index < names.length ? '' : ` ${Math.floor(index / names.length) + 1}`}`;
    first.push(world.line(`line-${index}`, name, 'Landkreis Harburg', index % 7 === 3 ? { open: false } : {}));
  }
}

export const SCENES: readonly Scene[] = [
  { name: 'sign-in', signedOut: true, until: 'text=Übungskonto eintragen' },
  {
    name: 'sign-in-single',
    signedOut: true,
    before: (peer) => {
      peer.offer.oidc = world.singleSignOn();
      peer.offer.demo = null;
    },
    until: 'text=Mit dem Landkreis Harburg anmelden',
  },
  {
    name: 'sign-in-no-role',
    signedOut: true,
    path: '/?sign_in=no-role',
    before: (peer) => {
      peer.offer.oidc = { ...world.singleSignOn(), only_administrators: true };
      peer.offer.demo = null;
    },
    until: 'text=Ihnen fehlt hier noch ein Recht',
  },
  {
    name: 'sign-in-wrong',
    signedOut: true,
    until: 'text=Name oder Kennwort stimmt nicht',
    then: async (page) => {
      await page.getByLabel('Name', { exact: true }).fill('petersen');
      await page.getByLabel('Kennwort').fill('falsch');
      await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
    },
  },
  {
    name: 'unreachable',
    signedOut: true,
    until: 'text=Der Server ist nicht zu erreichen',
  },
  { name: 'sign-on', until: 'text=Dienst beginnen' },
  {
    name: 'sign-on-desk-phone',
    before: (peer) => (peer.desk.devices.browser = false),
    until: 'text=Es ist angemeldet und klingelt',
  },
  {
    name: 'not-ready',
    before: (peer) => {
      onDuty(peer);
      peer.desk.agent = { ...peer.desk.agent, state: 'not_ready', pause: 'break', since: world.ago(431) };
    },
    until: 'text=Kein Anruf',
  },
  { name: 'ready', before: onDuty, until: 'text=Sie sind bereit' },
  {
    name: 'ringing',
    before: (peer) => {
      onDuty(peer);
      world.ring(peer.desk);
    },
    until: 'role=button[name=/Annehmen/]',
  },
  {
    name: 'ringing-desk-phone',
    before: (peer) => {
      onDuty(peer);
      peer.desk.devices.chosen = 'desk_phone';
      world.ring(peer.desk);
    },
    until: 'text=Bitte den Hörer abheben >> nth=-1',
  },
  {
    name: 'not-answered',
    before: (peer) => {
      onDuty(peer);
      peer.desk.agent = { ...peer.desk.agent, state: 'not_ready', reason: 'no_answer' };
    },
    until: 'text=ein Anruf wurde nicht angenommen >> nth=-1',
  },
  { name: 'talking', before: talking, until: 'text=Notizen zum Gespräch' },
  {
    name: 'talking-long-words',
    before: (peer) => {
      talking(peer);
      const contact = peer.desk.contact;
      if (contact === null) return;
      contact.client.name = 'Samtgemeinde Hollenstedt-Appel-Moisburg-Regesbostel';
      contact.line.name = 'Grundstücksverkehrsgenehmigungszuständigkeitsübertragung';
      contact.number = null;
      contact.came_by = 'overflow';
      contact.greeting =
        'Herzlich willkommen beim Bürgertelefon der Samtgemeinde Hollenstedt, Sie sprechen mit Frau Petersen vom Servicecenter des Landkreises Harburg. Was kann ich für Sie tun?';
    },
    until: 'text=Nummer unterdrückt',
  },
  {
    name: 'directory',
    before: talking,
    then: async (page) => {
      await page.keyboard.press('F8');
      await page.keyboard.type('a');
    },
    until: 'role=option >> nth=0',
  },
  {
    name: 'knowledge-search',
    before: talking,
    then: async (page) => {
      await page.keyboard.press('F3');
      await page.keyboard.type('pe');
    },
    until: 'role=option >> nth=0',
  },
  {
    name: 'knowledge-answer',
    before: talking,
    then: async (page) => opened(page, 'perso'),
    until: 'text=Alter Ausweis',
  },
  {
    name: 'knowledge-closed',
    before: (peer) => {
      talking(peer);
      if (peer.desk.contact) peer.desk.contact.places = { places: [world.WHERE.winsen], likely: true, area_code: null };
    },
    then: async (page) => opened(page, 'hund'),
    until: 'text=erst, wenn dort offen ist',
  },
  {
    name: 'knowledge-which-place',
    before: (peer) => {
      talking(peer);
      if (peer.desk.contact === null) return;
      const places = [world.WHERE.neuWulmstorf, world.WHERE.rosengarten];
      peer.desk.contact.places = { places, likely: false, area_code: '040' };
    },
    then: async (page) => opened(page, 'perso'),
    until: 'text=Neu Wulmstorf oder Rosengarten?',
  },
  {
    name: 'knowledge-unanswered',
    before: talking,
    then: async (page) => {
      await opened(page, 'wander');
      await page.getByRole('button', { name: 'Nicht gefunden oder falsch?' }).click();
      await page.keyboard.type('Anruferin fragt nach Wanderschein');
    },
    until: 'text=keine Zuständigkeit eingetragen',
  },
  {
    name: 'knowledge-empty',
    before: (peer) => {
      onDuty(peer);
      peer.catalogue = 'empty';
    },
    then: async (page) => {
      await page.keyboard.press('F3');
      await page.keyboard.type('pe');
    },
    until: 'text=noch kein Leistungskatalog',
  },
  {
    name: 'case-form',
    before: talking,
    then: async (page) => caseForm(page),
    until: 'text=Sie hören von uns bis',
  },
  {
    name: 'case-form-lack',
    before: (peer) => {
      talking(peer);
      if (peer.desk.contact) peer.desk.contact.number = null;
    },
    then: async (page) => {
      await caseForm(page);
      await page.keyboard.press('Control+Enter');
    },
    until: 'text=Bitte eintragen, oder',
  },
  {
    name: 'case-form-none',
    before: (peer) => {
      talking(peer);
      peer.keepsCases = false;
    },
    then: async (page) => page.keyboard.press('F7'),
    until: 'text=werden keine Vorgänge geführt',
  },
  {
    name: 'case-filed',
    before: wrapUp,
    then: async (page) => {
      await caseForm(page);
      await page.keyboard.press('Control+Enter');
    },
    until: 'text=Vorgang 12 angelegt, fällig >> visible=true',
  },
  {
    name: 'case-begun',
    before: talking,
    then: async (page) => {
      await caseForm(page);
      await page.keyboard.press('Escape');
    },
    until: 'text=Weiter: Hund anmelden',
  },
  {
    name: 'consult',
    before: (peer) => {
      talking(peer);
      world.act(peer.desk, { type: 'dial', of: 1, number: '4181' });
      const consult = peer.desk.calls[1];
      if (consult) consult.state = 'up';
    },
    until: 'role=button[name=/Verbinden/]',
  },
  {
    name: 'conference',
    before: (peer) => {
      talking(peer);
      world.act(peer.desk, { type: 'dial', of: 1, number: '4181' });
      world.act(peer.desk, { type: 'confer', of: 2 });
    },
    then: async (page) => page.keyboard.press('Alt+KeyT'),
    until: 'text=Dritte Person verabschieden',
  },
  {
    name: 'transfer-failed',
    before: (peer) => {
      talking(peer);
      peer.desk.transfer = { state: 'failed', to: 'Bauamt' };
    },
    until: 'text=hat nicht angenommen >> nth=0',
  },
  {
    name: 'wrap-up',
    before: wrapUp,
    then: async (page) => {
      await page.keyboard.press('Alt+Digit1');
      await page.keyboard.press('Alt+KeyO');
      await page.keyboard.press('Alt+Digit6');
    },
    until: 'text=gesichert >> nth=0',
  },
  {
    name: 'wrap-up-abusive',
    before: wrapUp,
    then: async (page) => page.keyboard.press('Alt+Digit0'),
    until: 'text=ohne Begründung',
  },
  {
    name: 'wrap-up-change',
    before: wrapUp,
    then: async (page) => page.getByRole('button', { name: /ändern/ }).first().click(),
    until: 'text=Nachbearbeitung ändern',
  },
  {
    name: 'refused',
    before: (peer) => {
      talking(peer);
      peer.refusing = {
        title: 'Das Gespräch lässt sich gerade nicht halten.',
        detail: 'Die anrufende Seite handelt noch etwas anderes aus. Bitte versuchen Sie es gleich noch einmal.',
      };
    },
    then: async (page) => page.keyboard.press('F4'),
    until: 'text=lässt sich gerade nicht halten',
  },
  {
    name: 'not-connected',
    before: talking,
    then: async (page, peer) => {
      await page.waitForSelector('text=Notizen zum Gespräch');
      peer.away();
    },
    until: 'text=Keine Verbindung zum Server',
  },
  { name: 'elsewhere', before: (peer) => (peer.elsewhere = world.ago(5_000)), until: 'text=schon geöffnet' },
  { name: 'help', before: onDuty, then: async (page) => page.keyboard.press('F1'), until: 'text=Alles lässt sich' },
  { name: 'emergency', before: onDuty, then: async (page) => page.keyboard.press('F10'), until: 'text=Bombendrohung' },
  {
    name: 'sound',
    before: onDuty,
    then: async (page) => {
      await page.getByRole('button', { name: /Katharina Petersen/ }).click();
      await page.getByRole('button', { name: 'Ton und Geräte' }).click();
    },
    until: 'text=Probeton Stimme',
  },
  {
    name: 'menu',
    before: onDuty,
    then: async (page) => page.getByRole('button', { name: /Katharina Petersen/ }).click(),
    until: 'text=Von dieser Seite abmelden',
  },
  { name: 'cases', path: '/vorgaenge', until: 'text=Hundesteuerbescheid' },
  { name: 'cases-all', path: '/vorgaenge?show=all', until: 'text=Sperrmüll' },
  {
    name: 'cases-empty',
    path: '/vorgaenge',
    before: (peer) => (peer.cases = []),
    until: 'text=Vorgänge entstehen am Arbeitsplatz',
  },
  { name: 'cases-not-found', path: '/vorgaenge?q=Eichhörnchen', until: 'text=Nichts gefunden' },
  {
    name: 'cases-none-kept',
    path: '/vorgaenge',
    before: (peer) => (peer.keepsCases = false),
    until: 'text=werden keine Vorgänge geführt',
  },
  {
    name: 'cases-lost',
    path: '/vorgaenge',
    then: async (page, peer) => {
      await page.waitForSelector('text=Hundesteuerbescheid');
      peer.away();
      await page.getByRole('button', { name: 'Überfällig' }).click();
    },
    until: 'text=Der Server hat nicht geantwortet',
  },
  {
    name: 'cases-ringing',
    before: onDuty,
    then: async (page, peer) => {
      await page.getByRole('link', { name: 'Vorgänge' }).click();
      await page.waitForSelector('text=Hundesteuerbescheid');
      peer.change((desk) => world.ring(desk));
    },
    until: 'role=button[name=/Annehmen/]',
  },
  {
    name: 'cases-talking',
    before: talking,
    then: async (page) => page.getByRole('link', { name: 'Vorgänge' }).click(),
    until: 'text=Zum Arbeitsplatz',
  },
  { name: 'case', path: '/vorgaenge/9', until: 'text=Um 9 Uhr zweimal versucht' },
  { name: 'case-overdue', path: '/vorgaenge/7', until: 'text=überfällig seit' },
  { name: 'case-unreadable', path: '/vorgaenge/3', until: 'text=Aufbewahrung abgelaufen' },
  { name: 'case-missing', path: '/vorgaenge/99', until: 'text=Das gibt es nicht' },
  {
    name: 'case-feedback',
    path: '/vorgaenge/9',
    before: earlier,
    then: async (page) => {
      await page.getByRole('button', { name: 'Rückmeldung eintragen' }).click();
      await page.getByText('Mein Gespräch').first().waitFor();
      await page.getByRole('button', { name: 'Eintragen' }).click();
    },
    until: 'text=woher man es weiß',
  },
  {
    name: 'case-forward',
    path: '/vorgaenge/9',
    then: async (page) => page.getByRole('button', { name: 'Weiterleiten' }).click(),
    until: 'text=Zuständig nach dem Leistungskatalog',
  },
  {
    name: 'case-refused',
    path: '/vorgaenge/9',
    then: async (page) => {
      await page.getByRole('button', { name: 'Zusammenführen' }).click();
      await page.keyboard.type('12');
      await page.keyboard.press('Enter');
    },
    until: 'text=nur in einem älteren weiter',
  },
  {
    name: 'case-noted',
    path: '/vorgaenge/10',
    then: async (page) => {
      await page.getByRole('button', { name: 'Notiz' }).click();
      await page.keyboard.type('Mietvertrag liegt vor.');
      await page.keyboard.press('Control+Enter');
    },
    until: 'text=Notiz ist eingetragen',
  },
  { name: 'wallboard', path: '/wallboard', until: 'text=Behördennummer 115' },
  {
    name: 'wallboard-reader',
    path: '/wallboard',
    before: (peer) => (peer.roles = ['agent']),
    until: 'text=Behördennummer 115',
  },
  { name: 'wallboard-thirty', path: '/wallboard', before: manyLines, until: 'text=weitere Leitungen' },
  {
    name: 'wallboard-trouble',
    path: '/wallboard',
    before: (peer) => {
      peer.board.log_stalled = true;
      const plan = peer.board.plans[0];
      if (plan) plan.running_until = world.ago(-7_200);
      const trunk = peer.board.trunks[0];
      if (trunk) trunk.up = false;
    },
    until: 'text=Die Aufzeichnung steht',
  },
  {
    name: 'wallboard-empty',
    path: '/wallboard',
    before: (peer) => {
      Object.assign(peer.board, { lines: [], agents: [], trunks: [], partners: [], plans: [], waiting: [], half_hours: [] });
    },
    until: 'text=Heute ist noch niemand angekommen',
  },
  {
    name: 'wallboard-table',
    path: '/wallboard',
    then: async (page) => page.getByRole('button', { name: 'Als Tabelle' }).click(),
    until: 'text=Als Bild',
  },
  {
    name: 'wallboard-lost',
    path: '/wallboard',
    then: async (page, peer) => {
      await page.waitForSelector('text=Behördennummer 115');
      peer.away();
    },
    until: 'text=nicht mehr aktuell',
  },
  {
    name: 'steer',
    path: '/wallboard',
    then: async (page) => page.getByRole('button', { name: 'Eingreifen: Behördennummer 115' }).click(),
    until: 'text=Wer wartet',
  },
  {
    name: 'plan',
    path: '/wallboard',
    then: async (page) => {
      await page.getByRole('button', { name: 'Krisenplan „Unwetter“ starten' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Starten' }).click();
    },
    until: 'text=Bitte geben Sie einen Grund an',
  },
  { name: 'contacts', path: '/wallboard/contacts?line=115&verdict=all', until: 'text=4 Anrufe' },
  {
    name: 'contacts-none',
    path: '/wallboard/contacts',
    before: (peer) => (peer.contacts.contacts = []),
    until: 'text=Keine Anrufe, auf die das zutrifft',
  },
  {
    name: 'contacts-refused',
    path: '/wallboard/contacts',
    then: async (page, peer) => {
      await page.waitForSelector('text=4 Anrufe');
      peer.failing = { status: 403 };
      await page.getByLabel('Urteil').selectOption('late');
    },
    until: 'text=gehört nicht zu Ihnen',
  },
];

/** Opens a scene on a page of its own and waits until it is there. */
export async function open(scene: Scene, page: Page, peer: Peer): Promise<void> {
  peer.signedIn = scene.signedOut !== true;
  if (scene.name === 'unreachable') {
    // The page is there, the server behind it is not.
    await page.route('**/api/**', (route) => route.abort());
    await page.goto(peer.address);
  } else {
    scene.before?.(peer);
    await page.goto(`${peer.address}${scene.path ?? '/'}`);
    if (!scene.signedOut) await page.waitForSelector('header');
    if (scene.path === undefined && !scene.signedOut) await page.waitForSelector('main');
    if (scene.then && scene.path === undefined && !scene.signedOut) {
      await page.waitForSelector('[data-state], .card');
    }
    await scene.then?.(page, peer);
  }
  await page.locator(scene.until).first().waitFor({ timeout: 10_000 });
}
