// SPDX-License-Identifier: EUPL-1.2
/** The desk in a real browser: a whole call by keyboard, what is read aloud, and what happens when things break. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as world from '../world.ts';
import { asked, desk, onDuty, until } from './stage.ts';

const active = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');

desk('a whole shift by keyboard alone: sign in, ring, answer, hold, consult, connect, wrap up, sign off', async (stage) => {
  const { page, peer } = stage;
  await page.goto(peer.address);
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type(world.NAME);
  await page.keyboard.press('Tab');
  await page.keyboard.type(world.PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Guten Tag, Katharina Petersen' }).waitFor();

  assert.ok(await page.getByRole('radio', { name: /Computer mit Headset/ }).isChecked());
  await page.getByRole('button', { name: 'Dienst beginnen' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-state="not_ready"]').waitFor();
  await page.keyboard.press('Control+KeyB');
  await page.locator('[data-state="ready"]').waitFor();

  peer.change((desk) => world.ring(desk));
  await until('the button to answer has the focus', async () => (await active(page)).startsWith('Annehmen'));
  await page.keyboard.press('Enter');
  await page.locator('[data-state="talking"]').first().waitFor();

  await page.keyboard.press('F4');
  await page.locator('[data-call="caller"][data-state="held"]').waitFor();
  await page.keyboard.press('F4');
  await page.locator('[data-call="caller"][data-state="up"]').waitFor();

  await page.keyboard.press('F8');
  await page.keyboard.type('bauamt');
  await page.getByRole('option', { name: /Bauamt/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-call="consult"]').waitFor();
  peer.change((desk) => {
    const consult = desk.calls.find((call) => call.kind === 'consult');
    if (consult) consult.state = 'up';
  });
  await page.getByRole('button', { name: 'Verbinden' }).waitFor();
  await page.keyboard.press('Alt+KeyP');
  await page.keyboard.press('Shift+F8');
  await page.locator('[data-state="wrap_up"]').waitFor();

  // Concern, place, result: three strokes.
  await page.keyboard.press('Alt+Digit1');
  await page.keyboard.press('Alt+KeyO');
  await page.keyboard.press('Alt+Digit7');
  await until('the wrap-up is with the server', () => peer.wrapUps.get(4711)?.result === 'transferred');
  assert.deepEqual(peer.wrapUps.get(4711)?.concerns, ['Personalausweis']);
  assert.equal(peer.wrapUps.get(4711)?.place, 'Jesteburg');
  await page.keyboard.press('Control+Enter');
  await page.locator('[data-state="not_ready"]').waitFor();
  await page.getByRole('button', { name: 'Dienst beenden' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Guten Tag, Katharina Petersen' }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(
    asked(peer).filter((type) => type !== 'wrap_up'),
    ['sign_on', 'ready', 'answer', 'hold', 'resume', 'dial', 'not_ready', 'complete', 'end_wrap_up', 'sign_off'],
  );
});

desk('live regions say a call in the right order', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  await page.evaluate(() => {
    const said: string[] = [];
    (window as unknown as { said: string[] }).said = said;
    for (const region of document.querySelectorAll('[role="log"]')) {
      new MutationObserver((changes) => {
        for (const change of changes) {
          for (const node of change.addedNodes) {
            if (node instanceof HTMLElement) said.push(`${region.getAttribute('aria-live')}: ${node.textContent}`);
          }
        }
      }).observe(region, { childList: true });
    }
  });
  const said = (): Promise<string[]> => page.evaluate(() => (window as unknown as { said: string[] }).said);
  peer.change((desk) => world.ring(desk, 4711, 20));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
  await page.keyboard.press('F2');
  await page.locator('[data-state="talking"]').first().waitFor();
  await page.keyboard.press('F4');
  await page.locator('[data-call="caller"][data-state="held"]').waitFor();
  peer.change((desk) => world.act(desk, { type: 'hang_up', of: 1, call: 1 }));
  await page.locator('[data-state="wrap_up"]').waitFor();
  assert.deepEqual(await said(), [
    'assertive: Anruf für Jesteburg, wartet seit 20 Sekunden.',
    'assertive: Leitung Rathaus Jesteburg. F2 nimmt an.',
    'polite: Im Gespräch',
    'polite: 04183 55501 wird gehalten.',
    'polite: Nachbearbeitung',
  ]);
});

desk('112 is called by keyboard while a call rings, and by a telephone on the desk it is said how', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  peer.change((desk) => world.ring(desk, 4711, 20));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
  await page.keyboard.press('F10');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '112 anrufen' }).waitFor();
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  for (let presses = 0; presses < 5 && (await focused()) !== '112 anrufen'; presses++) await page.keyboard.press('Tab');
  assert.equal(await focused(), '112 anrufen');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const dialled = (): unknown => peer.asked.find((one) => one.type === 'dial');
  await page.locator('[data-state="dialling"]').waitFor();
  assert.deepEqual({ ...(dialled() as object), of: 0 }, { type: 'dial', of: 0, number: '112' });
  peer.change((desk) => {
    desk.devices.chosen = 'desk_phone';
  });
  await page.keyboard.press('F10');
  await page.getByText('dial 110').or(page.getByText('110 oder 112 am Telefon')).waitFor();
  assert.equal(await dialog.getByRole('button', { name: '112 anrufen' }).count(), 0);
});

desk('a call that rings does not steal the focus from whoever types', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  await page.keyboard.press('F8');
  await page.keyboard.type('Bau');
  peer.change((desk) => world.ring(desk));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
  await page.keyboard.type('amt');
  assert.equal(await page.getByRole('combobox', { name: /Nummer suchen/ }).inputValue(), 'Bauamt');
  await page.keyboard.press('F2');
  await until('it is answered all the same', () => asked(peer).includes('answer'));
});

desk('at a desk phone nothing is offered that only its own keys can do', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage, (peer) => (peer.desk.devices.chosen = 'desk_phone'));
  peer.change((desk) => world.ring(desk));
  await page.getByRole('log').getByText('Bitte den Hörer abheben.').waitFor({ state: 'attached' });
  assert.equal(await page.getByRole('button', { name: /Annehmen/ }).count(), 0);
  await page.keyboard.press('F2');
  // The telephone tells the centre that it was lifted.
  peer.change((desk) => world.act(desk, { type: 'answer', of: 1, contact: 4711 }));
  await page.getByText('Halten und weitergeben am Tischtelefon.').waitFor();
  assert.equal(await page.getByRole('button', { name: /Halten/ }).count(), 0);
  await page.keyboard.press('F9');
  await page.locator('[data-state="wrap_up"]').waitFor();
  assert.deepEqual(asked(peer), ['hang_up']);
});

desk('a lost connection is said plainly, and comes back within two seconds', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  peer.away();
  await page.getByText('Keine Verbindung zum Server.').waitFor();
  await page.keyboard.press('Control+KeyB');
  await page.getByText('das ist nicht angekommen').waitFor();
  assert.deepEqual(asked(peer), []);
  peer.back();
  const began = Date.now();
  await page.getByText('Keine Verbindung zum Server.').waitFor({ state: 'detached' });
  assert.ok(Date.now() - began < 2_200, `${Date.now() - began} ms`);
});

desk('a connection that is dead and does not know it is found out', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  peer.silent = true;
  // The page connects anew at once and is shown as lost for a moment only; the longer nobody answers, the longer.
  await page.getByText('Keine Verbindung zum Server.').waitFor({ timeout: 60_000 });
  peer.silent = false;
  await page.getByText('Keine Verbindung zum Server.').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+KeyB');
  await page.locator('[data-state="not_ready"]').waitFor();
});

desk('five seconds without a network: the desk is there again, and the draft is saved', async (stage) => {
  const { page, peer, context } = stage;
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
  });
  await context.setOffline(true);
  peer.away();
  await page.getByText('Keine Verbindung zum Server.').waitFor();
  await page.getByLabel('Notiz', { exact: true }).fill('ruft wegen der Baustelle an');
  await page.getByText('noch nicht gesichert').waitFor();
  await new Promise((done) => setTimeout(done, 5_000));
  peer.back();
  await context.setOffline(false);
  await page.getByText('Keine Verbindung zum Server.').waitFor({ state: 'detached' });
  await until('the note is saved', () => peer.wrapUps.get(4711)?.note === 'ruft wegen der Baustelle an');
});

desk('a draft survives a reload and the next call, and can be corrected', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
  });
  peer.refusing = { title: 'Gerade nicht.', detail: null };
  await page.getByLabel('Notiz', { exact: true }).fill('Fundsache');
  await page.getByText('noch nicht gesichert').waitFor();
  peer.refusing = { title: 'Gerade nicht.', detail: null };
  await page.reload();
  await page.getByLabel('Notiz', { exact: true }).waitFor();
  assert.equal(await page.getByLabel('Notiz', { exact: true }).inputValue(), 'Fundsache');
  // The next call comes; what was typed goes to the server as an earlier wrap-up.
  peer.change((desk) => world.ring(desk, 4712));
  await until('it is saved', () => peer.wrapUps.get(4711)?.note === 'Fundsache');
  await page.keyboard.press('F2');
  await page.locator('[data-call="caller"][data-state="up"]').waitFor();
  assert.equal(await page.getByLabel('Notiz', { exact: true }).inputValue(), '');
  await page.getByRole('button', { name: /ändern/ }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Erledigt' }).click();
  await dialog.getByRole('button', { name: 'Sichern' }).click();
  await until('it is corrected', () => peer.wrapUps.get(4711)?.result === 'settled');
});

desk('after an abusive call there is a break without a reason', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
    world.act(peer.desk, { type: 'hang_up', of: 1, call: 1 });
  });
  await page.keyboard.press('Alt+Digit0');
  await page.getByRole('button', { name: 'Pause nehmen' }).click();
  await page.locator('[data-state="not_ready"]').waitFor();
  assert.equal(peer.wrapUps.get(4711)?.result, 'abusive');
  assert.ok(asked(peer).includes('after_abuse'));
});

desk('a second window shows where the desk is open, and takes it over', async (stage) => {
  const { page, context, peer } = stage;
  await onDuty(stage);
  const second = await context.newPage();
  await second.goto(peer.address);
  await second.getByText('in einem anderen Fenster dieses Browsers').waitFor();
  assert.match((await second.locator('main').textContent()) ?? '', /seit \d\d:\d\d/);
  await second.getByRole('button', { name: 'Hierher übernehmen' }).click();
  await second.locator('[data-state="ready"]').waitFor();
  await page.getByText('Ihr Arbeitsplatz wurde woanders geöffnet').waitFor();
  await page.getByRole('button', { name: 'Hierher übernehmen' }).click();
  await page.locator('[data-state="ready"]').waitFor();
  await second.getByText('Ihr Arbeitsplatz wurde woanders geöffnet').waitFor();
});

desk('a desk that is open in another browser can be taken over', async (stage) => {
  const { page, peer } = stage;
  peer.signedIn = true;
  peer.desk.agent.state = 'ready';
  peer.desk.devices.chosen = 'browser';
  peer.elsewhere = world.ago(900);
  await page.goto(peer.address);
  await page.getByRole('button', { name: 'Hierher übernehmen' }).click();
  await page.locator('[data-state="ready"]').waitFor();
  assert.deepEqual(asked(peer), ['take_over']);
});

desk('a service that begins anew does not know the device, and the page asks for it', async (stage) => {
  const { page, peer } = stage;
  peer.signedIn = true;
  peer.desk.agent.state = 'ready';
  await page.goto(peer.address);
  await page.getByRole('button', { name: 'Dienst beginnen' }).click();
  await page.locator('[data-state="ready"]').waitFor();
  assert.equal(asked(peer)[0], 'sign_on');
});

desk('messages that are no messages are told, and the desk goes on', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  for (const text of ['', '{', 'null', '{"type":"desk"}', '{"type":"unknown"}', JSON.stringify({ type: 'done', of: -1 })]) {
    peer.say(text);
  }
  await page.getByText('Diese Seite versteht den Server nicht.').waitFor();
  peer.change((desk) => world.ring(desk));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
});

desk('when the session is over nothing of the person stays', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
  });
  await page.getByLabel('Notiz', { exact: true }).fill('geheim');
  peer.signedIn = false;
  peer.tellDesks({ type: 'bye' });
  await page.getByText('Ihre Sitzung ist zu Ende').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.ok(!(await page.content()).includes('geheim'));
});

desk('too many tries to sign in: it says how long to wait', async ({ page, peer }) => {
  await page.goto(peer.address);
  await page.getByLabel('Name', { exact: true }).fill('petersen');
  await page.getByLabel('Kennwort').fill('falsch');
  peer.failing = { status: 429, retry: 120 };
  await page.keyboard.press('Enter');
  await page.getByText('Bitte warten Sie 2 Minuten.').waitFor();
});

desk('the page speaks English when asked to, and stays so', async ({ page, peer }) => {
  await page.goto(peer.address);
  await page.getByLabel('Sprache').selectOption('en');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.reload();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

desk('a supervisor closes a line and moves a caller, each with a reason', async ({ page, peer }) => {
  peer.signedIn = true;
  await page.goto(`${peer.address}/wallboard`);
  await page.getByRole('button', { name: 'Eingreifen: Behördennummer 115' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Leitung schließen' }).click();
  await dialog.getByText('Bitte geben Sie einen Grund an.').waitFor();
  await dialog.getByLabel('Grund (wird aufgezeichnet)').fill('Wasserrohrbruch');
  await dialog.getByRole('button', { name: 'Leitung schließen' }).click();
  await dialog.getByText('Die Leitung ist geschlossen.').waitFor();
  await dialog.getByRole('button', { name: 'Vorziehen' }).first().click();
  await dialog.getByText('Der Anruf ist vorgezogen.').waitFor();
  const posted = peer.rest.filter((one) => one.call.startsWith('POST'));
  assert.deepEqual(posted, [
    { call: 'POST /api/lines/115/close', body: { minutes: 30, reason: 'Wasserrohrbruch' } },
    { call: 'POST /api/contacts/501/pull', body: { reason: 'distress' } },
  ]);
});

desk('who is no supervisor finds nothing to steer, and no way into the calls', async ({ page, peer }) => {
  peer.signedIn = true;
  peer.roles = ['agent'];
  await page.goto(`${peer.address}/wallboard`);
  await page.getByRole('cell', { name: /über 30 s/ }).waitFor();
  assert.equal(await page.getByRole('button', { name: /Eingreifen|Starten/ }).count(), 0);
  assert.equal(await page.getByRole('link', { name: /öffnen/ }).count(), 0);
});

desk('the wallboard shows a change within a second', async ({ page, peer }) => {
  peer.signedIn = true;
  await page.goto(`${peer.address}/wallboard`);
  await page.getByText('Behördennummer 115').first().waitFor();
  const began = Date.now();
  peer.changeBoard((board) => {
    const line = board.lines[3];
    if (line) Object.assign(line, { waiting: 5, longest_since: world.ago(3) });
  });
  await page.locator('[data-line="jesteburg"]').getByText('wartend').waitFor();
  assert.ok(Date.now() - began < 1_000);
});
