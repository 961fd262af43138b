// SPDX-License-Identifier: EUPL-1.2
// A browser that is told what to do line by line, and answers each line with one.
//
//   {"do": "open", "url": …}            {"do": "click", "button": "pattern"}      {"do": "press", "keys": "F2"}
//   {"do": "type", "field": …, "text"}  {"do": "write", "text": …}                {"do": "see", "text": "pattern"}          {"do": "hears"} → loudest tone in Hz
//   {"do": "read", "selector": …}     {"do": "focus", "button": "pattern"}
//   {"do": "follow", "link": "pattern"}
//   {"do": "offline", "on": true}       {"do": "reload"}                          {"do": "picture", "file": …}
//
// The microphone is a file. What the page plays is measured where it comes out of the connection, by its spectrum.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const [modules, microphone] = process.argv.slice(2);
const { chromium } = createRequire(`${modules}/`)('playwright-core');

/** Nobody's voice is made prettier on the way: noise suppression takes a steady tone for noise. */
function listenIn() {
  const media = navigator.mediaDevices;
  const ask = media.getUserMedia.bind(media);
  media.getUserMedia = (wanted) => {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const audio = wanted.audio === true ? plain : { ...wanted.audio, ...plain };
    return ask({ ...wanted, audio });
  };
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...how) {
      super(...how);
      this.addEventListener('track', ({ track }) => (window.heardTrack = track));
    }
  };
  let context, analyser, source, of;
  window.loudest = async () => {
    if (window.heardTrack === undefined) return 0;
    context ??= new AudioContext();
    await context.resume();
    if (of !== window.heardTrack) {
      of = window.heardTrack;
      source?.disconnect();
      analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
      source = context.createMediaStreamSource(new MediaStream([of]));
      source.connect(analyser);
      await new Promise((done) => setTimeout(done, 300));
    }
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const most = levels.reduce((best, level, at) => (level > levels[best] ? at : best), 0);
    return levels[most] < -60 ? 0 : (most * context.sampleRate) / analyser.fftSize;
  };
}

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphone}`,
    '--autoplay-policy=no-user-gesture-required',
  ],
});
const context = await browser.newContext({
  // Certificates of a test are signed by nobody whom a browser knows.
  ignoreHTTPSErrors: true,
  locale: 'de-DE',
  permissions: ['microphone'],
  viewport: { width: 1440, height: 900 },
});
await context.addInitScript(listenIn);
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const complaints = [];
page.on('pageerror', (error) => complaints.push(error.message));
page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));

const acts = {
  open: ({ url }) => page.goto(url),
  reload: () => page.reload(),
  click: ({ button }) => page.getByRole('button', { name: new RegExp(button) }).first().click(),
  follow: ({ link }) => page.getByRole('link', { name: new RegExp(link) }).first().click(),
  press: ({ keys }) => page.keyboard.press(keys),
  write: ({ text }) => page.keyboard.type(text),
  type: ({ field, text }) => page.getByLabel(new RegExp(field)).first().fill(text),
  see: ({ text }) => page.getByText(new RegExp(text)).first().waitFor(),
  text: () => page.locator('body').innerText(),
  read: ({ selector }) => page.locator(selector).first().innerText(),
  focus: ({ button }) => page.getByRole('button', { name: new RegExp(button) }).first().focus(),
  hears: () => page.evaluate(() => window.loudest()),
  offline: ({ on }) => context.setOffline(on),
  picture: ({ file }) => page.screenshot({ path: file }).then(() => undefined),
  fetch: ({ path }) => page.evaluate((it) => fetch(it).then((answer) => answer.text()), path),
  complaints: () => complaints.splice(0),
};

for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  try {
    const value = await acts[told.do](told);
    console.log(JSON.stringify({ of: told.of, value: value === undefined || value?.request ? null : value }));
  } catch (error) {
    const seen = await page.locator('body').innerText().catch(() => '');
    console.log(JSON.stringify({ of: told.of, error: `${error.message}\nThe page says:\n${seen}` }));
  }
}
await browser.close();
