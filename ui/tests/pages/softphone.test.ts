// SPDX-License-Identifier: EUPL-1.2
/** The telephone in the page, against another browser as the other end: real ICE, DTLS, RTP and sound. */

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as world from '../world.ts';
import { desk, onDuty, types, until, type Stage } from './stage.ts';

/** A page that is nothing but the other end of the telephone; answers offers, and hears. */
async function otherEnd({ context, peer }: Stage): Promise<Page> {
  const end = await context.newPage();
  await end.goto(`${peer.address}/licence-fira-sans.txt`);
  await end.evaluate(() => {
    const state = window as unknown as { peer?: RTCPeerConnection; loud: () => number; samples: Float32Array };
    state.samples = new Float32Array(2_048);
    state.loud = () => 0;
  });
  peer.answer = (sdp) =>
    end.evaluate(async (offer) => {
      const state = window as unknown as { peer?: RTCPeerConnection; loud: () => number; samples: Float32Array<ArrayBuffer> };
      const again = state.peer?.currentRemoteDescription?.sdp.split('\n')[1] === offer.split('\n')[1];
      if (!again) state.peer?.close();
      const peer = again && state.peer ? state.peer : new RTCPeerConnection();
      if (!again) {
        const voice = await navigator.mediaDevices.getUserMedia({ audio: true });
        peer.addTrack(voice.getAudioTracks()[0]!, voice);
        peer.addEventListener('track', ({ track }) => {
          const stream = new MediaStream([track]);
          // Chromium lets sound flow into an analyser only if an element plays it too.
          const element = new Audio();
          element.srcObject = stream;
          element.muted = true;
          void element.play();
          const audio = new AudioContext();
          const analyser = audio.createAnalyser();
          audio.createMediaStreamSource(stream).connect(analyser);
          state.loud = () => {
            analyser.getFloatTimeDomainData(state.samples);
            return Math.max(...state.samples.map(Math.abs));
          };
        });
      }
      state.peer = peer;
      await peer.setRemoteDescription({ type: 'offer', sdp: offer });
      await peer.setLocalDescription();
      while (peer.iceGatheringState !== 'complete') await new Promise((done) => setTimeout(done, 20));
      return peer.localDescription!.sdp;
    }, sdp);
  return end;
}

const loudness = (end: Page): Promise<number> => end.evaluate(() => (window as unknown as { loud: () => number }).loud());

function codec(end: Page): Promise<string> {
  return end.evaluate(async () => {
    const { peer } = window as unknown as { peer: RTCPeerConnection };
    const all: Record<string, unknown>[] = [];
    (await peer.getStats()).forEach((one: Record<string, unknown>) => all.push(one));
    // The stream that came last counts: another codec is another stream in the report.
    const inbound = all.filter((one) => one['type'] === 'inbound-rtp' && typeof one['codecId'] === 'string');
    const found = all.find((one) => one['id'] === inbound.at(-1)?.['codecId']);
    return typeof found?.['mimeType'] === 'string' ? found['mimeType'] : '';
  });
}

async function connected(stage: Stage): Promise<Page> {
  const { page, peer } = stage;
  const end = await otherEnd(stage);
  peer.signedIn = true;
  await page.bringToFront();
  await page.goto(peer.address);
  await page.getByRole('button', { name: 'Dienst beginnen' }).click();
  await page.locator('[data-line="connected"]').waitFor();
  return end;
}

desk('one connection for the shift: G.722 and PCMA are offered, sound flows, mute is silent', async (stage) => {
  const { page, peer } = stage;
  const end = await connected(stage);
  const offer = peer.asked.find((one) => one.type === 'offer');
  const names = [...(offer?.sdp ?? '').matchAll(/^a=rtpmap:\d+ ([^/]+)/gm)].map(([, name]) => name);
  assert.deepEqual(names, ['G722', 'PCMA', 'PCMU', 'telephone-event']);
  assert.equal((offer?.sdp ?? '').match(/^m=/gm)?.length, 1);
  assert.match(offer?.sdp ?? '', /^a=candidate:/m);
  await until('the page is heard', async () => (await loudness(end)) > 0.05);
  assert.equal(await codec(end), 'audio/G722');
  await page.keyboard.press('Control+KeyM');
  await page.getByRole('button', { name: /Stumm/ }).waitFor();
  let silent = 0;
  await until('it is silent for a while', async () => {
    silent = (await loudness(end)) < 0.001 ? silent + 1 : 0;
    return silent > 60;
  });
  await page.keyboard.press('Control+KeyM');
  await until('it is heard again', async () => (await loudness(end)) > 0.05);
});

desk('the page speaks the codec that the server wants', async (stage) => {
  const { peer } = stage;
  const end = await connected(stage);
  await until('it speaks', async () => (await codec(end)) === 'audio/G722');
  peer.change((desk) => (desk.softphone.codec = 'PCMA'));
  await until('it speaks PCMA', async () => (await codec(end)) === 'audio/PCMA');
  peer.change((desk) => (desk.softphone.codec = 'G722'));
  await until('it speaks G.722 again', async () => (await codec(end)) === 'audio/G722');
});

desk('a server that begins anew gets a new offer, and a reload in the call too', async (stage) => {
  const { page, peer } = stage;
  const end = await connected(stage);
  peer.change((desk) => (desk.softphone.connected = false));
  await until('a second offer', () => types(peer).filter((type) => type === 'offer').length === 2);
  await page.locator('[data-line="connected"]').waitFor();
  peer.change((desk) => {
    world.ring(desk);
    world.act(desk, { type: 'answer', of: 1, contact: 4711 });
  });
  await page.reload();
  await until('a third offer', () => types(peer).filter((type) => type === 'offer').length === 3);
  await page.locator('[data-line="connected"]').waitFor();
  await page.getByText('Notizen zum Gespräch').waitFor();
  await until('the page is heard', async () => (await loudness(end)) > 0.05);
});

desk('an answer that never comes is asked for again', async (stage) => {
  const { page, peer } = stage;
  const end = await otherEnd(stage);
  const answer = peer.answer;
  peer.answer = null;
  peer.signedIn = true;
  await page.bringToFront();
  await page.goto(peer.address);
  await page.getByRole('button', { name: 'Dienst beginnen' }).click();
  await until('an offer', () => types(peer).includes('offer'));
  peer.answer = answer;
  await page.locator('[data-line="connected"]').waitFor({ timeout: 15_000 });
  await until('the page is heard', async () => (await loudness(end)) > 0.05);
});

desk('quality is told in a call, and not without one', async (stage) => {
  const { peer } = stage;
  await connected(stage);
  peer.change((desk) => {
    world.ring(desk);
    world.act(desk, { type: 'answer', of: 1, contact: 4711 });
  });
  const told = () => peer.asked.find((one) => one.type === 'quality');
  await until('the quality is told', () => told() !== undefined, 15_000);
  const quality = told();
  assert.equal(quality?.codec, 'G722');
  assert.ok(quality !== undefined && quality.loss >= 0 && quality.loss < 0.2 && quality.rtt_ms < 500);
});

desk('a call rings in the page until it is answered, with the mark of its client if that is wished', async (stage) => {
  const { page, peer } = stage;
  await page.addInitScript(() => {
    const tones: number[] = [];
    (window as unknown as { tones: number[] }).tones = tones;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when?: number) {
      tones.push(Math.round(this.frequency.value));
      start.call(this, when);
    };
  });
  const tones = (): Promise<number[]> => page.evaluate(() => (window as unknown as { tones: number[] }).tones);
  await connected(stage);
  peer.change((desk) => world.ring(desk));
  await until('it rings', async () => (await tones()).length > 0);
  assert.deepEqual(await tones(), [425, 850]);
  await until('it rings a second time', async () => (await tones()).length === 4);
  await page.keyboard.press('F2');
  await page.locator('[data-call="caller"][data-state="up"]').waitFor();
  const then = (await tones()).length;
  peer.change((desk) => world.act(desk, { type: 'decline', of: 1, contact: 4711 }));
  await page.getByRole('button', { name: /Katharina Petersen/ }).click();
  await page.getByRole('button', { name: 'Ton und Geräte' }).click();
  await page.getByRole('checkbox', { name: /zwei Töne/ }).check();
  await page.keyboard.press('Escape');
  peer.change((desk) => world.ring(desk, 4712));
  await until('it rings with a mark', async () => (await tones()).length >= then + 4);
  assert.deepEqual((await tones()).slice(then, then + 4), [587, 659, 425, 850]);
});

desk('a refused microphone is said before the shift begins, and nobody signs on with it', async (stage) => {
  const { page, peer } = stage;
  peer.signedIn = true;
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await page.goto(peer.address);
  await page.getByRole('button', { name: 'Dienst beginnen' }).click();
  await page.getByText('Das Mikrofon ist nicht erlaubt.').waitFor();
  assert.deepEqual(types(peer), []);
});

desk('a talk at a desk phone asks for no microphone', async (stage) => {
  const { page, peer } = stage;
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => {
      throw new Error('nobody asked for a microphone');
    };
  });
  await onDuty(stage, (peer) => (peer.desk.devices.chosen = 'desk_phone'));
  peer.change((desk) => world.ring(desk));
  await page.getByText('Bitte den Hörer abheben').last().waitFor();
  peer.change((desk) => world.act(desk, { type: 'answer', of: 1, contact: 4711 }));
  await page.getByText('Notizen zum Gespräch').waitFor();
});
