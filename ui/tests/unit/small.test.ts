// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import { actOf, ariaKeys, BINDINGS, keyNames } from '../../src/keys.ts';
import { waitBefore } from '../../src/net/backoff.ts';
import { counters, preferred, quality } from '../../src/phone/codecs.ts';
import { loudness } from '../../src/phone/level.ts';
import { mark } from '../../src/phone/ring.ts';
import { percent, secondsSince, secondsUntil, stopwatch } from '../../src/time.ts';

test('every wait is below two seconds, the first is short, and chance spreads them', () => {
  assert.equal(waitBefore(0, 0), 200);
  for (let attempt = 0; attempt < 100; attempt += 1) assert.ok(waitBefore(attempt, 1) <= 2_000);
  assert.ok(waitBefore(3, 1) > waitBefore(3, 0));
});

test('no key is a letter or a digit alone, none is AltGr, none is Y or Z, none is there twice', () => {
  const seen = new Set<string>();
  for (const { stroke, act } of BINDINGS) {
    const typed = /^(Key|Digit)/.test(stroke.code);
    assert.ok(!typed || stroke.ctrl === true || stroke.alt === true, act);
    assert.ok(!(stroke.ctrl === true && stroke.alt === true), act);
    assert.ok(!['KeyY', 'KeyZ', 'F5', 'F6', 'F11', 'F12'].includes(stroke.code), act);
    const name = keyNames(stroke, 'de');
    assert.ok(!seen.has(name), name);
    seen.add(name);
  }
});

test('a key press is what its binding says, once, and not with more keys held', () => {
  const press = { code: 'KeyB', ctrlKey: true, altKey: false, shiftKey: false, metaKey: false, repeat: false };
  assert.equal(actOf(press), 'ready');
  assert.equal(actOf({ ...press, repeat: true }), null);
  assert.equal(actOf({ ...press, altKey: true }), null);
  assert.equal(actOf({ ...press, ctrlKey: false }), null);
  assert.equal(actOf({ ...press, metaKey: true }), null);
});

test('keys have the names of the language', () => {
  assert.equal(keyNames({ code: 'Enter', ctrl: true }, 'de'), 'Strg+Eingabe');
  assert.equal(keyNames({ code: 'F8', shift: true }, 'de'), 'Umschalt+F8');
  assert.equal(ariaKeys({ code: 'KeyB', ctrl: true }), 'Control+B');
});

test('we offer what trunks know, the wanted codec first, and nothing else', () => {
  const names8 = ['G722', 'PCMU', 'PCMA', 'CN', 'telephone-event'].map((name) => [name, 8_000] as const);
  const known = [['opus', 48_000] as const, ['telephone-event', 48_000] as const, ...names8].map(([name, clockRate]) => ({
    mimeType: `audio/${name}`,
    clockRate,
  }));
  const names = (wanted: 'G722' | 'PCMA' | 'opus' | null): string[] => preferred(known, wanted).map((one) => one.mimeType);
  const ours = ['audio/G722', 'audio/PCMA', 'audio/PCMU', 'audio/telephone-event'];
  assert.deepEqual(names(null), ours);
  assert.deepEqual(names('PCMA'), ['audio/PCMA', 'audio/G722', 'audio/PCMU', 'audio/telephone-event']);
  assert.deepEqual(names('opus'), ours);
});

test('loss is what was lost since the last look', () => {
  const before = { received: 1_000, lost: 10, jitter_s: 0, rtt_s: 0, codec: 'G722' };
  const now = { received: 1_490, lost: 20, jitter_s: 0.012, rtt_s: 0.03, codec: 'G722' };
  assert.deepEqual(quality(before, now), { loss: 0.02, jitter_ms: 12, rtt_ms: 30, codec: 'G722' });
  assert.equal(quality(now, now), null);
  // Made anew: the counters begin again.
  assert.equal(quality(now, { ...now, received: 100, lost: 0 })?.loss, 0);
  assert.equal(quality(before, { ...before, received: 1_500, lost: 5 })?.loss, 0);
});

test('the counters are found in the report of a browser', () => {
  const report = [
    { type: 'codec', id: 'c', mimeType: 'audio/G722' },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02 },
    { type: 'inbound-rtp', kind: 'audio', codecId: 'c', packetsReceived: 50, packetsLost: 1, jitter: 0.004 },
  ];
  assert.deepEqual(counters(report), { received: 50, lost: 1, jitter_s: 0.004, rtt_s: 0.02, codec: 'G722' });
  assert.equal(counters([]), null);
});

test('thirty clients have thirty tone marks, each of two different notes', () => {
  const marks = Array.from({ length: 30 }, (_, tone) => mark(tone));
  assert.equal(new Set(marks.map(String)).size, 30);
  assert.ok(marks.every(([first, second]) => first !== second));
});

test('the meter goes from silence to full', () => {
  assert.equal(loudness(new Float32Array(128)), 0);
  assert.equal(loudness(new Float32Array(128).fill(1)), 1);
  const half = loudness(new Float32Array(128).fill(0.0316));
  assert.ok(Math.abs(half - 0.5) < 0.01);
});

test('times are never negative, and shares are never rounded up', () => {
  const now = Date.parse('2026-03-02T08:00:00.000Z');
  assert.equal(secondsSince('2026-03-02T08:00:03.000Z', now), 0);
  assert.equal(secondsUntil('2026-03-02T07:59:00.000Z', now), 0);
  assert.deepEqual([0, 65, 3_725].map(stopwatch), ['0:00', '1:05', '1:02:05']);
  assert.equal(percent(0.7999), '79\u00a0%');
  assert.equal(percent(0.29), '29\u00a0%');
  assert.equal(percent(1), '100\u00a0%');
});
