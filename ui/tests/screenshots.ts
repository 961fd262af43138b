// SPDX-License-Identifier: EUPL-1.2
/** Writes a picture of every scene, in both themes and two sizes, into the folder that AMTSLEITUNG_SCREENSHOTS names. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { browser } from './browser.ts';
import { Peer } from './peer.ts';
import { open, SCENES } from './scenes.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
] as const;

const folder = process.env['AMTSLEITUNG_SCREENSHOTS'];
if (folder === undefined) throw new Error('AMTSLEITUNG_SCREENSHOTS names no folder');
await mkdir(folder, { recursive: true });
const only = process.argv.slice(2);
const scenes = SCENES.filter((scene) => only.length === 0 || only.includes(scene.name));
const chromium = await browser();
let pictures = 0;
try {
  for (const scene of scenes) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const viewport of SIZES) {
        const peer = await Peer.start();
        const context = await chromium.newContext({ viewport, colorScheme, locale: 'de-DE', timezoneId: 'Europe/Berlin' });
        const page = await context.newPage();
        try {
          await open(scene, page, peer);
          await page.evaluate(() => document.fonts.ready);
          const path = join(folder, `${scene.name}-${viewport.width}-${colorScheme}.png`);
          await page.screenshot({ path, animations: 'disabled' });
          pictures += 1;
        } catch (error) {
          console.error(`${scene.name}: ${String(error)}`);
          process.exitCode = 1;
        } finally {
          await context.close();
          await peer.stop();
        }
      }
    }
  }
} finally {
  await chromium.close();
}
console.log(`${pictures} pictures in ${folder}`);
