// SPDX-License-Identifier: EUPL-1.2
/** The answer for the place, by keyboard alone: looked up, opened, for another place, handed on, missed. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as world from '../world.ts';
import { asked, desk, onDuty, until, type Stage } from './stage.ts';

const active = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
const search = (page: Page) => page.getByRole('combobox', { name: 'Leistung suchen' });
const place = (page: Page) => page.getByRole('combobox', { name: 'Ort der anrufenden Person' });
const panel = (page: Page) => page.getByRole('region', { name: 'Wissen', exact: true });
const aloud = (page: Page) => page.locator('article blockquote');

async function talking(stage: Stage): Promise<void> {
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
  });
  await stage.page.locator('[data-state="talking"]').first().waitFor();
}

desk('two letters, arrows, Enter: the answer for the place of the line, and the concern of the call', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('p');
  assert.equal(await page.getByRole('option').count(), 0);
  await page.keyboard.type('e');
  await page.getByRole('option', { name: 'Personalausweis beantragen' }).first().waitFor();
  assert.equal(await search(page).getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  const chosen = (await search(page).getAttribute('aria-activedescendant')) ?? '';
  assert.match(await page.locator(`#${chosen}`).innerText(), /verloren melden/);
  await page.keyboard.press('Enter');
  await until('the answer has the focus', async () => (await active(page)) === 'Personalausweis verloren melden');
  assert.match(await aloud(page).innerText(), /Zuständig ist Bürgerservice Jesteburg/);
  await panel(page).getByText('Vorwahl 04183: Jesteburg?').waitFor();
  await until('the concern is with the server', () => peer.wrapUps.get(4711)?.concerns[0] === 'Personalausweis verloren melden');
  assert.equal(peer.wrapUps.get(4711)?.place, null, 'nobody has said where the caller lives');

  // Papers are ticked off by the space bar.
  await page.getByRole('checkbox', { name: 'biometrisches Foto' }).focus();
  await page.keyboard.press('Space');
  assert.ok(await page.getByRole('checkbox', { name: 'biometrisches Foto' }).isChecked());
});

desk('who types fast and presses Enter at once gets the first that is found', async (stage) => {
  const { page } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('hund');
  await page.keyboard.press('Enter');
  await panel(page).getByRole('heading', { name: 'Hund anmelden' }).waitFor();
  await page.keyboard.press('Shift+F3');
  await page.keyboard.type('neu');
  await page.keyboard.press('Enter');
  // On to the next field at once.
  await page.keyboard.press('F3');
  await page.keyboard.type('perso weg');
  await page.keyboard.press('Enter');
  await panel(page).getByRole('heading', { name: 'Personalausweis verloren melden' }).waitFor();
  await until('the answer is for Neu Wulmstorf', async () => (await aloud(page).innerText()).includes('Neu Wulmstorf'));
});

desk('another place changes the answer at once, and is noted as the place of the call', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('hund');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await until('the answer is for Jesteburg', async () => (await aloud(page).innerText()).includes('Jesteburg'));
  await page.keyboard.press('Shift+F3');
  await page.keyboard.type('neu');
  await page.getByRole('option', { name: 'Neu Wulmstorf' }).waitFor();
  await page.keyboard.press('Enter');
  await until('the answer follows', async () => (await aloud(page).innerText()).includes('Bürgerservice Neu Wulmstorf'));
  assert.equal(await place(page).inputValue(), 'Neu Wulmstorf');
  await panel(page).getByText('bestätigt').waitFor();
  await until('the place is with the server', () => peer.wrapUps.get(4711)?.place === 'Neu Wulmstorf');
});

desk('a hint is a question: the area code names two places, and one key answers it', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage, (peer) => {
    world.ring(peer.desk);
    world.act(peer.desk, { type: 'answer', of: 1, contact: 4711 });
    if (peer.desk.contact === null) return;
    const places = [world.WHERE.neuWulmstorf, world.WHERE.rosengarten];
    peer.desk.contact.places = { places, likely: false, area_code: '040' };
  });
  await page.getByText('Vorwahl 040: Neu Wulmstorf oder Rosengarten?').waitFor();
  await page.keyboard.press('F3');
  await page.keyboard.type('perso');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Für welchen Ort?').waitFor();
  await page.getByRole('button', { name: 'Rosengarten' }).focus();
  await page.keyboard.press('Enter');
  await until('the answer is for Rosengarten', async () => (await aloud(page).innerText()).includes('Rosengarten'));
  assert.equal(await page.getByText('Vorwahl 040').count(), 0);
  await until('the place is noted', () => peer.wrapUps.get(4711)?.place === 'Rosengarten');
});

desk('the caller is handed on to the unit, but not to one that is closed', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('hund');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  const hand = page.getByRole('button', { name: 'Weitergeben' });
  await hand.waitFor();
  await page.keyboard.press('Shift+F3');
  await page.keyboard.type('winsen');
  await page.getByRole('option', { name: 'Winsen' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Weitergeben geht erst, wenn dort offen ist.').waitFor();
  assert.ok(await hand.isDisabled());
  await panel(page).getByText(/Geschlossen, öffnet \d/).waitFor();
  await page.keyboard.press('Shift+F3');
  await page.keyboard.type('jes');
  await page.getByRole('option', { name: 'Jesteburg' }).waitFor();
  await page.keyboard.press('Enter');
  await until('it can be pressed again', () => hand.isEnabled());
  await hand.focus();
  await page.keyboard.press('Enter');
  await until('the caller is handed on', () => asked(peer).includes('transfer'));
  const handed = peer.asked.find((one) => one.type === 'transfer');
  assert.deepEqual(handed?.type === 'transfer' && handed.to, { kind: 'number', id: '04183974740' });
});

desk('it is said once what was found and what is answered', async (stage) => {
  const { page } = stage;
  await talking(stage);
  await page.evaluate(() => {
    const said: string[] = [];
    (window as unknown as { said: string[] }).said = said;
    for (const region of document.querySelectorAll('[role="log"]')) {
      new MutationObserver((changes) => {
        for (const change of changes) for (const node of change.addedNodes) said.push(node.textContent ?? '');
      }).observe(region, { childList: true });
    }
  });
  await page.keyboard.press('F3');
  await page.keyboard.type('perso');
  await panel(page).getByRole('status').getByText('3 Treffer', { exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await until('the answer has the focus', async () => (await active(page)) === 'Personalausweis beantragen');
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  assert.deepEqual(said, ['Antwort für Jesteburg: Personalausweis beantragen']);
});

desk('a call that rings takes the focus from nobody who looks something up, and begins anew when it is answered', async (stage) => {
  const { page, peer } = stage;
  await onDuty(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('per');
  peer.change((desk) => world.ring(desk));
  await page.getByRole('button', { name: /Annehmen/ }).waitFor();
  await page.keyboard.type('so');
  assert.equal(await search(page).inputValue(), 'perso');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await panel(page).getByRole('heading', { name: 'Personalausweis beantragen' }).waitFor();
  assert.equal(await search(page).evaluate((field) => field === document.activeElement), true);
  await page.keyboard.press('F2');
  await page.locator('[data-state="talking"]').first().waitFor();
  await until('nothing of before is left', async () => (await search(page).inputValue()) === '');
  assert.equal(await place(page).inputValue(), 'Jesteburg');
  assert.equal(await page.locator('article').count(), 0);
});

desk('what was looked up survives a reload, and is gone after signing off', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('hund');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await panel(page).getByRole('heading', { name: 'Hund anmelden' }).waitFor();
  await page.reload();
  await panel(page).getByRole('heading', { name: 'Hund anmelden' }).waitFor();
  assert.equal(await search(page).inputValue(), 'hund');
  peer.change((desk) => world.act(desk, { type: 'hang_up', of: 1, call: 1 }));
  peer.change((desk) => world.act(desk, { type: 'end_wrap_up', of: 1 }));
  await page.locator('[data-state="ready"]').waitFor();
  await panel(page).getByRole('heading', { name: 'Hund anmelden' }).waitFor();
  peer.change((desk) => world.act(desk, { type: 'sign_off', of: 1 }));
  await page.getByRole('heading', { name: /Guten Tag/ }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

desk('what is missing goes to the editors in the words of the caller', async (stage) => {
  const { page, peer } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('Wanderschein');
  await panel(page).getByText('Nichts gefunden.').waitFor();
  await page.getByRole('button', { name: 'Nicht gefunden oder falsch?' }).focus();
  await page.keyboard.press('Enter');
  const words = page.getByLabel('Worte der anrufenden Person');
  await words.waitFor();
  assert.equal(await words.inputValue(), 'Wanderschein');
  peer.failing = { status: 409 };
  await page.getByRole('button', { name: 'An die Redaktion' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Es ist nicht angekommen.').waitFor();
  assert.equal(await words.inputValue(), 'Wanderschein');
  await page.getByRole('button', { name: 'An die Redaktion' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Die Redaktion hat es als Aufgabe 1.').waitFor();
  assert.deepEqual(peer.tasks, [{ kind: 'not_found', words: 'Wanderschein', service: null, place: '033535404' }]);
});

desk('at 200 % the answer stands below the call and nothing is cut off', async (stage) => {
  const { page } = stage;
  await talking(stage);
  await page.keyboard.press('F3');
  await page.keyboard.type('perso');
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Weitergeben' }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  const top = async (name: string): Promise<number> => (await page.getByRole('region', { name }).boundingBox())?.y ?? 0;
  assert.ok((await top('Notizen zum Gespräch')) < (await top('Wissen')));
}, 2);
