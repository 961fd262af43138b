// SPDX-License-Identifier: EUPL-1.2
/** What people who see little set in their browser: twice the size, narrow windows, colours of their own. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { open, SCENES } from '../scenes.ts';
import { desk } from './stage.ts';

/** How much wider the page is than its window. */
const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const NAMES = ['sign-in', 'sign-on', 'ringing', 'talking-long-words', 'wrap-up', 'wallboard', 'contacts', 'case-form', 'cases', 'case', 'case-feedback'];

for (const scene of SCENES.filter((one) => NAMES.includes(one.name))) {
  desk(
    `at 200 %: ${scene.name} needs no sideways scrolling`,
    async ({ page, peer }) => {
      await open(scene, page, peer);
      assert.ok((await overflow(page)) <= 0, `${await overflow(page)} px`);
    },
    2,
  );
  desk(`320 px wide: ${scene.name} needs no sideways scrolling`, async ({ page, peer }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await open(scene, page, peer);
    assert.ok((await overflow(page)) <= 0, `${await overflow(page)} px`);
  });
}

for (const scene of SCENES.filter((one) => NAMES.includes(one.name))) {
  desk(`targets: ${scene.name} has none below 24 px`, async ({ page, peer }) => {
    await open(scene, page, peer);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('button, a[href], input, select, textarea, [role="option"]')]
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        // Links within a sentence, and what a label enlarges, are excepted (WCAG 2.5.8).
        .filter(({ element, box }) => box.width > 0 && !element.closest('p, label, td, .others li > .strong, .skip'))
        .filter(({ box }) => box.width < 24 || box.height < 24)
        .map(({ element, box }) => `${element.outerHTML.slice(0, 80)}: ${box.width} × ${box.height}`),
    );
    assert.deepEqual(small, []);
  });
}

desk('with colours of one’s own what is chosen is still seen', async ({ page, peer }) => {
  const scene = SCENES.find((one) => one.name === 'wrap-up');
  assert.ok(scene);
  await page.emulateMedia({ forcedColors: 'active' });
  await open(scene, page, peer);
  const widths = await page.evaluate(() =>
    [...document.querySelectorAll('.results .btn')].map((button) => getComputedStyle(button).borderTopWidth),
  );
  assert.deepEqual(widths, ['3px', '1px', '1px', '1px', '1px']);
});
