// SPDX-License-Identifier: EUPL-1.2
/** Chromium as Debian packs it, with a microphone that is none. */

import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PATH = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export async function browser(): Promise<Browser> {
  if (!existsSync(PATH)) throw new Error(`${PATH} is missing: apt install chromium, or name it in CHROMIUM`);
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--no-sandbox',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      // Addresses of this machine stand in the offer as they are: nobody answers mDNS in a test.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
    ],
  });
}
