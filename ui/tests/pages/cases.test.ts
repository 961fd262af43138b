// SPDX-License-Identifier: EUPL-1.2
/** Cases by keyboard alone: filed from the call in two strokes, found in the list, worked on to feedback and the end. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as world from '../world.ts';
import { asked, desk, onDuty, until, type Stage } from './stage.ts';

const form = (page: Page) => page.getByRole('form', { name: /Vorgang anlegen/ });
const said = (page: Page) => form(page).getByLabel('Was wurde gesagt?');
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    const labels = (element as HTMLInputElement | null)?.labels;
    return (labels?.[0] ?? element)?.textContent?.trim().replace(/\s+/g, ' ') ?? '';
  });
const spoken = (page: Page) => page.getByRole('log', { name: 'Meldungen', exact: true });

async function talking(stage: Stage, change: (stage: Stage) => void = () => {}): Promise<void> {
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
    change(stage);
  });
  await stage.page.locator('[data-state="talking"]').first().waitFor();
}

/** The dog is looked up, and the caller says that they live in Jesteburg. */
async function lookedUp({ page }: Stage): Promise<void> {
  await page.keyboard.press('F3');
  await page.keyboard.type('hund');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+F3');
  await page.keyboard.type('jes');
  await page.getByRole('option', { name: 'Jesteburg' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('bestätigt').waitFor();
  await page.getByText('Bürgerservice Jesteburg', { exact: true }).waitFor();
}

async function openForm({ page }: Stage): Promise<void> {
  await page.keyboard.press('F7');
  await form(page).getByText('„Sie hören von uns bis').waitFor();
}

desk('two strokes file a case with everything that is known of the call', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.getByLabel('Notiz', { exact: true }).fill('Bescheid nennt zwei Hunde');
  await lookedUp(stage);
  await openForm(stage);
  assert.equal(await focused(page), 'Was wurde gesagt?');
  await page.keyboard.press('Control+Enter');
  await spoken(page).getByText(/Vorgang 12 angelegt, fällig morgen, \d+(:\d\d)? Uhr\./).waitFor();
  assert.deepEqual(peer.filed, [
    {
      contact: 4711,
      concern: 'Hund anmelden',
      said: 'Bescheid nennt zwei Hunde',
      place: world.WHERE.jesteburg.area,
      service: { id: 'X9:1031', name: 'Hund anmelden' },
      reach: 'telephone',
      name: '',
      address: '04183 55501',
      wish: '',
      unit: { id: '7', name: 'Bürgerservice Jesteburg' },
      told: false,
    },
  ]);
  await form(page).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: /Vorgang 12 angelegt, fällig/ }).waitFor();
  await until('the call is to be answered', () => peer.wrapUps.get(4711)?.result === 'to_be_answered');
  assert.deepEqual(peer.wrapUps.get(4711)?.concerns, ['Hund anmelden']);
  assert.ok(!asked(peer).includes('end_wrap_up'));
  assert.equal(await page.evaluate(() => Object.values(sessionStorage).some((kept) => kept.includes('55501'))), false);
});

desk('the form by keyboard: another number, a name, and that it was said', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('Alt+Digit1');
  await openForm(stage);
  await page.keyboard.type('Bitte zurückrufen.');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Rückmeldung per');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Nummer');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('0171 5550100');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Frau Albrecht');
  await page.keyboard.press('Tab');
  await page.keyboard.type('vormittags');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Liegt bei');
  await page.keyboard.type('Bauhof Hanstedt');
  for (let tab = 0; tab < 2; tab += 1) await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'wurde so gesagt');
  const described = await page.evaluate(() => document.activeElement?.getAttribute('aria-describedby') ?? '');
  assert.match(await page.locator(`#${described}`).innerText(), /Sie hören von uns bis morgen/);
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await until('it is filed', () => peer.filed.length === 1);
  const [filed] = peer.filed;
  assert.deepEqual(
    [filed?.concern, filed?.said, filed?.address, filed?.name, filed?.wish, filed?.told, filed?.place, filed?.service],
    ['Personalausweis', 'Bitte zurückrufen.', '0171 5550100', 'Frau Albrecht', 'vormittags', true, null, null],
  );
  assert.deepEqual(filed?.unit, { id: 'Bauhof Hanstedt', name: 'Bauhof Hanstedt' });
});

desk('in the wrap-up the first stroke files, and the second is done with the call', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
    world.act(peer.desk, { type: 'hang_up', of: 1, call: 1 });
  });
  await page.locator('[data-state="wrap_up"]').waitFor();
  await page.keyboard.press('Alt+Digit2');
  await openForm(stage);
  await page.keyboard.press('Control+Enter');
  await form(page).waitFor({ state: 'detached' });
  assert.ok(!asked(peer).includes('end_wrap_up'));
  await page.keyboard.press('Control+Enter');
  await page.locator('[data-state="ready"]').waitFor();
  assert.equal(peer.wrapUps.get(4711)?.result, 'to_be_answered');
});

desk('what is lacking is said at its field, and nothing was asked of the server', async (stage) => {
  const { page, peer } = stage;
  await talking(stage, ({ peer }) => {
    if (peer.desk.contact) peer.desk.contact.number = null;
  });
  await openForm(stage);
  assert.equal(await focused(page), 'Anliegen');
  await page.keyboard.press('Control+Enter');
  await form(page).getByText('Worum geht es?').waitFor();
  assert.equal(await form(page).getByLabel('Anliegen').getAttribute('aria-invalid'), 'true');
  await page.keyboard.type('Schlagloch');
  await page.keyboard.press('Control+Enter');
  await form(page).getByText('Bitte eintragen, oder').waitFor();
  assert.equal(await focused(page), 'Nummer');
  assert.equal(peer.filed.length, 0);
  await form(page).getByLabel('Rückmeldung per').selectOption('none');
  await page.keyboard.press('Control+Enter');
  await until('it is filed', () => peer.filed.length === 1);
  assert.deepEqual([peer.filed[0]?.reach, peer.filed[0]?.address], ['none', '']);
});

desk('what the server refuses is told at the form, and nothing is lost', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('Alt+Digit1');
  await openForm(stage);
  await page.keyboard.type('Bitte zurückrufen.');
  peer.failing = { status: 409 };
  await page.keyboard.press('Control+Enter');
  await form(page).getByRole('alert').getByText('Das ist nicht erlaubt.').waitFor();
  assert.equal(await said(page).inputValue(), 'Bitte zurückrufen.');
  assert.notEqual(peer.wrapUps.get(4711)?.result, 'to_be_answered');
  await page.keyboard.press('Control+Enter');
  await until('it is filed', () => peer.filed.length === 1);
});

desk('Escape keeps the draft; it survives the next call and a reload, and is filed from the call it came from', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('Alt+Digit1');
  await until('the concern is noted', () => peer.wrapUps.get(4711)?.concerns.length === 1);
  await openForm(stage);
  await page.keyboard.type('zwei Hunde');
  await page.keyboard.press('Escape');
  await form(page).waitFor({ state: 'detached' });
  await page.keyboard.press('F7');
  assert.equal(await said(page).inputValue(), 'zwei Hunde');
  // The next call rings: whoever types goes on typing. When it is answered the form makes way.
  peer.change((desk) => world.ring(desk, 4712));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
  await page.keyboard.type(' und eine Katze');
  await page.keyboard.press('F2');
  await form(page).waitFor({ state: 'detached' });
  await page.reload();
  const goOn = page.getByRole('button', { name: 'Weiter: Personalausweis' });
  await goOn.waitFor();
  await goOn.focus();
  await page.keyboard.press('Enter');
  assert.equal(await said(page).inputValue(), 'zwei Hunde und eine Katze');
  await form(page).getByText('Gespräch für Jesteburg').waitFor();
  await page.keyboard.press('Control+Enter');
  await until('it is filed', () => peer.filed.length === 1);
  assert.equal(peer.filed[0]?.contact, 4711);
  await until('the earlier call is to be answered', () => peer.wrapUps.get(4711)?.result === 'to_be_answered');
  assert.notEqual(peer.wrapUps.get(4712)?.result, 'to_be_answered');
});

desk('drafts are gone after the shift', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await openForm(stage);
  await page.keyboard.type('Schlagloch');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Weiter: Schlagloch' }).waitFor();
  for (const asked of ['hang_up', 'end_wrap_up', 'sign_off'] as const) {
    peer.change((desk) => world.act(desk, asked === 'hang_up' ? { type: asked, of: 1, call: 1 } : { type: asked, of: 1 }));
  }
  await page.getByRole('heading', { name: /Guten Tag/ }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

desk('a centre that keeps no cases says so before anything is typed in vain', async (stage) => {
  const { page, peer } = stage;
  peer.keepsCases = false;
  await talking(stage);
  await page.keyboard.press('F7');
  await form(page).getByRole('alert').getByText('werden keine Vorgänge geführt').waitFor();
});

// ── The desk behind another page ───────────────────────────────────────────────────────────────────────────────────

async function toCases({ page }: Stage): Promise<void> {
  await page.getByRole('link', { name: 'Vorgänge' }).focus();
  await page.keyboard.press('Enter');
  await rows(page).first().waitFor();
}

desk('a call goes on while cases are looked at, and the desk is as it was', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await openForm(stage);
  await said(page).fill('zwei Hunde');
  await toCases(stage);
  await page.getByText('Im Gespräch: Jesteburg').waitFor();
  await page.keyboard.press('F4');
  await until('the caller is held', () => asked(peer).includes('hold'));
  assert.ok(!asked(peer).includes('end_wrap_up') && !asked(peer).includes('hang_up'));
  // Loading the page anew there brings the call back as well.
  await page.reload();
  await page.getByText('Im Gespräch: Jesteburg').waitFor();
  // What needs the page of the desk does nothing here.
  await page.keyboard.press('Alt+Digit8');
  await page.getByRole('button', { name: 'Zum Arbeitsplatz' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Weiter: / }).click();
  assert.equal(await said(page).inputValue(), 'zwei Hunde');
  assert.equal(peer.wrapUps.get(4711), undefined);
});

desk('a call that rings is told on every page, takes the focus from nobody who types, and F2 leads to its greeting', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  await toCases(stage);
  await page.getByRole('searchbox').focus();
  await page.keyboard.type('hun');
  peer.change((desk) => world.ring(desk));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
  await page.getByRole('log', { name: 'Dringende Meldungen' }).getByText(/Anruf für Jesteburg, wartet seit/).waitFor();
  await page.keyboard.type('de');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'hunde');
  await page.keyboard.press('F2');
  await page.getByText('Begrüßung zum Vorlesen').waitFor();
  await page.locator('[data-state="talking"]').first().waitFor();
});

desk('whoever signs out at the cases leaves nothing behind', async (stage) => {
  const { page } = stage;
  await talking(stage);
  await openForm(stage);
  await page.keyboard.press('Escape');
  await toCases(stage);
  await page.getByRole('button', { name: /Katharina Petersen/ }).click();
  await page.getByRole('button', { name: 'Von dieser Seite abmelden' }).click();
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

// ── The list ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function list({ page, peer }: Stage, query = ''): Promise<void> {
  peer.signedIn = true;
  await page.goto(`${peer.address}/vorgaenge${query}`);
  await page.getByRole('heading', { name: 'Vorgänge', exact: true }).waitFor();
}

const rows = (page: Page) => page.locator('tbody a');

desk('the list by keyboard: filter, search, arrows, Enter, and back to where one was', async (stage) => {
  const { page } = stage;
  await list(stage);
  await page.getByText('4 offen').waitFor();
  await page.getByText('1 überfällig', { exact: true }).waitFor();
  assert.equal(await rows(page).count(), 4);
  assert.match(await page.locator('tbody tr').first().innerText(), /überfällig seit/);
  await page.getByRole('button', { name: 'Alle' }).focus();
  await page.keyboard.press('Enter');
  await until('all are there', async () => (await rows(page).count()) === 6);
  await page.keyboard.press('Tab');
  await page.keyboard.type('hunde');
  await until('one is found', async () => (await rows(page).count()) === 1);
  assert.equal(new URL(page.url()).search, '?show=all&q=hunde');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(page), 'Hundesteuerbescheid nennt zwei Hunde');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Hundesteuerbescheid nennt zwei Hunde' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/vorgaenge/9');
  await page.goBack();
  await until('the search is there again', async () => (await rows(page).count()) === 1);
  assert.equal(await page.getByRole('searchbox').inputValue(), 'hunde');
  await page.goBack();
  await until('the first filter is there again', async () => (await rows(page).count()) === 4);
});

desk('arrows go through the rows, and one tab stop is enough for all', async (stage) => {
  const { page } = stage;
  await list(stage);
  await rows(page).first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(page), 'Wohngeld: welche Unterlagen fehlen noch?');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(page), 'Termin für die Eheschließung im Herbst');
  assert.equal(await page.locator('tbody a[tabindex="0"]').count(), 1);
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowUp');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'search');
});

desk('the list renews itself and leaves the focus where it is, also when the row moves or goes', async (stage) => {
  const { page, peer } = stage;
  await page.clock.install();
  await list(stage);
  await rows(page).nth(2).focus();
  peer.cases.reverse();
  await page.clock.fastForward(10_500);
  await until('the order is another', async () => (await rows(page).first().innerText()).startsWith('Termin'));
  await until('the same row has the focus', async () => (await focused(page)) === 'Wohngeld: welche Unterlagen fehlen noch?');
  peer.cases = peer.cases.filter((one) => one.number !== 10);
  await page.clock.fastForward(10_500);
  await until('it is gone', async () => (await rows(page).count()) === 3);
  await until('its neighbour has the focus', async () => (await focused(page)) === 'Hundesteuerbescheid nennt zwei Hunde');
});

desk('who only reports finds no way to the cases, and a supervisor does', async ({ page, peer }) => {
  peer.signedIn = true;
  peer.roles = ['reporter'];
  await page.goto(`${peer.address}/wallboard`);
  await page.getByRole('link', { name: 'Wandtafel' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Vorgänge' }).count(), 0);
  peer.roles = ['supervisor'];
  await page.reload();
  await page.getByRole('link', { name: 'Vorgänge' }).waitFor();
  await page.getByRole('link', { name: 'Vorgänge' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Hundesteuerbescheid').waitFor();
});

// ── One case ───────────────────────────────────────────────────────────────────────────────────────────────────────

async function open(stage: Stage, number: number): Promise<void> {
  stage.peer.signedIn = true;
  await stage.page.goto(`${stage.peer.address}/vorgaenge/${number}`);
  await stage.page.getByRole('heading', { name: 'Was ist zu tun?' }).waitFor();
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus();
  await page.keyboard.press('Enter');
}

const done = (page: Page, words: string) => page.getByRole('status').getByText(words).waitFor();

desk('a case is worked on by keyboard to proven feedback and its end', async (stage) => {
  const { page, peer } = stage;
  const call = (contact: number, ended: number) =>
    peer.wrapUps.set(contact, {
      contact,
      line: 'Rathaus Jesteburg',
      client: 'Jesteburg',
      ended: world.ago(ended),
      concerns: ['Rückruf'],
      place: null,
      result: null,
      note: '',
    });
  // The call in which the matter came in is one of this shift as well, and proves nothing.
  call(4610, 3_000);
  call(4699, 300);
  await open(stage, 10);
  await press(page, 'Nicht erreicht');
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'SELECT');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Der Versuch ist eingetragen.');
  assert.equal(await focused(page), 'Nicht erreicht');

  await press(page, 'Rückmeldung eintragen');
  await page.getByText('Mein Gespräch').waitFor();
  assert.equal(await page.getByText('Mein Gespräch').count(), 1);
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  assert.match(await focused(page), /Mein Gespräch: .* Rathaus Jesteburg · Rückruf/);
  await page.keyboard.press('Tab');
  await page.keyboard.type('Unterlagen sind vollständig.');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Rückmeldung ist eingetragen.');
  await page.getByText('(im Gespräch)').waitFor();

  await press(page, 'Abschließen');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Der Vorgang ist abgeschlossen.');
  await page.getByText('abgeschlossen', { exact: true }).waitFor();
  assert.deepEqual(peer.acts, [
    { act: 'try', attempt: 'no_answer', text: '' },
    { act: 'feedback', contact: 4699, text: 'Unterlagen sind vollständig.' },
    { act: 'complete', how: 'done', text: '' },
  ]);
  assert.equal(await focused(page), 'Was ist zu tun?');
  assert.deepEqual(await page.locator('.acts button').allInnerTexts(), ['Notiz', 'Wieder öffnen']);
});

desk('feedback as stated says who reached whom and when', async (stage) => {
  const { page, peer } = stage;
  await open(stage, 10);
  await press(page, 'Rückmeldung eintragen');
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Bitte schreiben Sie etwas dazu.').waitFor();
  assert.equal(await focused(page), 'Wer hat wen wann erreicht?');
  await page.keyboard.type('Herr Wolf vom Wohngeldamt hat sie um 9 Uhr angerufen.');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Rückmeldung ist eingetragen.');
  assert.deepEqual(peer.acts, [{ act: 'feedback', contact: null, text: 'Herr Wolf vom Wohngeldamt hat sie um 9 Uhr angerufen.' }]);
});

desk('forwarded to the unit of the catalogue or to one that is in none, taken over, and given back', async (stage) => {
  const { page, peer } = stage;
  await open(stage, 10);
  await press(page, 'Weiterleiten');
  const unit = page.getByRole('button', { name: 'Bürgerservice Winsen (Luhe)' });
  await unit.waitFor();
  assert.ok(peer.rest.some((one) => one.call === 'GET /api/knowledge/services/1031'));
  await unit.focus();
  await page.keyboard.press('Enter');
  await press(page, 'Eintragen');
  await done(page, 'Der Vorgang ist weitergeleitet.');
  await press(page, 'Fachstelle hat übernommen');
  await done(page, 'Die Fachstelle hat den Vorgang übernommen.');
  await page.getByText('Fachstelle arbeitet daran').waitFor();
  await press(page, 'Zurückgeben');
  await page.keyboard.type('Nicht zuständig.');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Der Vorgang liegt wieder beim Servicecenter.');
  await press(page, 'Weiterleiten');
  await page.keyboard.type('Bauhof Hanstedt');
  await page.keyboard.press('Enter');
  await until('four acts', () => peer.acts.length === 4);
  assert.deepEqual(peer.acts, [
    { act: 'forward', unit: { id: '7', name: 'Bürgerservice Winsen (Luhe)' }, text: '' },
    { act: 'take_over' },
    { act: 'give_back', text: 'Nicht zuständig.' },
    { act: 'forward', unit: { id: 'Bauhof Hanstedt', name: 'Bauhof Hanstedt' }, text: '' },
  ]);
});

desk('the clock is stopped for a reason and goes on; by when is told; a note; merged, and refused before', async (stage) => {
  const { page, peer } = stage;
  await open(stage, 10);
  await press(page, 'Frist anhalten');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Die Frist ruht.');
  assert.equal(await page.getByRole('button', { name: 'Frist anhalten' }).count(), 0);
  await press(page, 'Frist weiterlaufen lassen');
  await done(page, 'Die Frist läuft weiter.');
  await press(page, 'Frist nennen');
  await page.getByText('„Sie hören von uns bis morgen').waitFor();
  assert.equal(await focused(page), 'Eintragen');
  await page.keyboard.press('Enter');
  await done(page, 'Eingetragen: Die Frist wurde genannt.');
  await press(page, 'Notiz');
  await page.keyboard.press('Escape');
  assert.equal(await focused(page), 'Notiz');
  await page.keyboard.press('Enter');
  await page.keyboard.type('Mietvertrag liegt vor.');
  await page.keyboard.press('Control+Enter');
  await done(page, 'Notiz ist eingetragen.');
  await page.locator('ol').getByText('Mietvertrag liegt vor.').waitFor();
  await press(page, 'Zusammenführen');
  await page.keyboard.type('11');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('nur in einem älteren weiter').waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('7');
  await page.keyboard.press('Enter');
  await done(page, 'Der Vorgang geht in dem älteren weiter.');
  await page.getByText('Zu diesem Vorgang ist nichts mehr zu tun.').waitFor();
  await page.getByRole('link', { name: 'Geht weiter in Vorgang 7' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Schlagloch in der Bahnhofstraße' }).waitFor();
  assert.deepEqual(peer.acts.map((one) => one.act), ['pause', 'resume', 'tell', 'note', 'merge', 'merge']);
  assert.deepEqual(peer.acts[0], { act: 'pause', reason: 'papers_missing', text: '' });
});

desk('what was erased says so, and there is no such case for who may not see it', async (stage) => {
  const { page } = stage;
  await open(stage, 3);
  assert.equal(await page.getByText('nicht mehr lesbar (Aufbewahrung abgelaufen)').count(), 2);
  await page.goto(`${stage.peer.address}/vorgaenge/99`);
  await page.getByText('Das gibt es nicht, oder nicht für Sie.').waitFor();
  await page.getByRole('link', { name: 'Zurück zu den Vorgängen' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('4 offen').waitFor();
});
