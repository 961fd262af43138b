// SPDX-License-Identifier: EUPL-1.2
/** One page with one server for each case; whatever the page says or does wrongly fails it. */

import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { browser } from '../browser.ts';
import { Peer } from '../peer.ts';

let chromium: Browser;

before(async () => {
  chromium = await browser();
});
after(async () => {
  await chromium.close();
});

export interface Stage {
  page: Page;
  peer: Peer;
  context: BrowserContext;
}

export function desk(name: string, act: (stage: Stage) => Promise<void>, zoom = 1): void {
  test(name, async () => {
    const peer = await Peer.start();
    // Zooming makes the page smaller and its pixels larger: that is what a browser does.
    const viewport = { width: Math.round(1440 / zoom), height: Math.round(900 / zoom) };
    const context = await chromium.newContext({ locale: 'de-DE', viewport, deviceScaleFactor: zoom });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    try {
      await act({ page, peer, context });
      assert.deepEqual(peer.faults, []);
      assert.deepEqual(errors, []);
    } finally {
      await context.close();
      await peer.stop();
    }
  });
}

/** Opens the desk of somebody who is ready at the computer, or as `change` has it. */
export async function onDuty({ page, peer }: Stage, change: (peer: Peer) => void = () => {}): Promise<void> {
  peer.signedIn = true;
  peer.desk.devices.chosen = 'browser';
  peer.desk.agent = { ...peer.desk.agent, state: 'ready' };
  change(peer);
  await page.goto(peer.address);
  await page.locator('.state').waitFor();
}

export async function until(what: string, is: () => boolean | Promise<boolean>, within_ms = 8_000): Promise<void> {
  const end = Date.now() + within_ms;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** What the person asked for; the telephone's own offers are of the telephone. */
export const asked = (peer: Peer): string[] => types(peer).filter((type) => type !== 'offer' && type !== 'quality');

export const types = (peer: Peer): string[] => peer.asked.map((one) => one.type);
