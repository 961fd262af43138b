// SPDX-License-Identifier: EUPL-1.2
/** Every page in every state, in both themes: axe finds nothing, and the content security policy holds. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { browser } from '../browser.ts';
import { Peer } from '../peer.ts';
import { open, SCENES } from '../scenes.ts';

interface Found {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
let chromium: Browser;

before(async () => {
  chromium = await browser();
});
after(async () => {
  await chromium.close();
});

for (const scene of SCENES) {
  test(`axe: ${scene.name}, light and dark`, async () => {
    const peer = await Peer.start();
    const context = await chromium.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'de-DE' });
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on('console', (message) => message.text().includes('Content Security Policy') && wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('request', (request) => request.url().startsWith(peer.address) || wrong.push(`asks ${request.url()}`));
    try {
      await open(scene, page, peer);
      // By the debugger, which the page's policy does not bind.
      await page.evaluate(AXE);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.locator(`html[data-kern-theme="${colorScheme}"]`).waitFor();
        assert.equal((await axe(page)).map(told).join('\n'), '', colorScheme);
      }
      assert.deepEqual(wrong, []);
      assert.deepEqual(peer.faults, []);
    } finally {
      await context.close();
      await peer.stop();
    }
  });
}

async function axe(page: Page): Promise<Found[]> {
  const run = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ['violations'] })`;
  const { violations } = await page.evaluate<{ violations: Found[] }>(run);
  return violations;
}

function told(found: Found): string {
  const nodes = found.nodes.map((node) => `    ${node.html.slice(0, 160)}\n      ${node.failureSummary ?? ''}`);
  return `${found.id}: ${found.help}\n${nodes.join('\n')}`;
}
