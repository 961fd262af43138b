// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import { announce, waited } from '../../src/desk/announce.ts';
import { dialled, handOn, numberEntry } from '../../src/desk/handing.ts';
import { hangUp, holdOrResume, offers, togglePauseAfter, toggleReady, type Offered } from '../../src/desk/view.ts';
import type { Desk } from '../../src/protocol.ts';
import { say, type Key, type Params } from '../../src/words.ts';
import * as world from '../world.ts';

const german = Object.assign((key: Key, params?: Params) => say('de', key, params), { language: 'de' as const });

function ringing(): Desk {
  const desk = world.desk();
  world.act(desk, { type: 'sign_on', of: 1, device: 'browser' });
  world.ring(desk);
  return desk;
}

function talking(): Desk {
  const desk = ringing();
  world.act(desk, { type: 'answer', of: 1, contact: 4711 });
  return desk;
}

function consulting(state: 'dialling' | 'up'): Desk {
  const desk = talking();
  world.act(desk, { type: 'dial', of: 1, number: '4181' });
  const consult = desk.calls[1];
  if (consult) consult.state = state;
  return desk;
}

function sorted(desk: Desk): Offered[] {
  return [...offers(desk)].sort();
}

test('each state offers what makes sense in it, and nothing else', () => {
  const desk = world.desk();
  assert.deepEqual(sorted(desk), ['sign_on']);
  world.act(desk, { type: 'sign_on', of: 1, device: 'browser' });
  assert.deepEqual(sorted(desk), ['dial', 'dial_emergency', 'not_ready', 'ready', 'sign_off']);
  world.act(desk, { type: 'ready', of: 2 });
  assert.deepEqual(sorted(desk), ['dial', 'dial_emergency', 'not_ready', 'sign_off']);
  assert.deepEqual(sorted(ringing()), ['answer', 'decline', 'dial_emergency']);
  assert.deepEqual(sorted(talking()), [
    'dial',
    'dial_emergency',
    'hang_up',
    'hold',
    'keys',
    'pause_after',
    'transfer',
    'wrap_up',
  ]);
  assert.deepEqual(sorted(consulting('dialling')), ['dial_emergency', 'hang_up_consult', 'pause_after', 'wrap_up']);
  assert.deepEqual(sorted(consulting('up')), [
    'complete',
    'confer',
    'dial_emergency',
    'hang_up_consult',
    'keys',
    'pause_after',
    'resume',
    'wrap_up',
  ]);
});

test('one talks to caller and consult in turn, and either can end', () => {
  const desk = consulting('up');
  assert.deepEqual(holdOrResume(desk), { type: 'resume', call: 1 });
  const [caller, consult] = desk.calls;
  if (caller && consult) [caller.state, consult.state] = ['up', 'held'];
  assert.deepEqual(holdOrResume(desk), { type: 'resume', call: 2 });
  assert.ok(offers(desk).has('complete'));
  assert.deepEqual(hangUp(desk), { type: 'hang_up', call: 2 });
});

test('at a desk phone only its talk can be ended from the page', () => {
  const desk = ringing();
  desk.devices.chosen = 'desk_phone';
  desk.calls = [];
  assert.deepEqual(sorted(desk), ['decline']);
  world.act(desk, { type: 'answer', of: 1, contact: 4711 });
  assert.deepEqual(sorted(desk), ['hang_up', 'pause_after', 'wrap_up']);
  assert.deepEqual(hangUp(desk), { type: 'hang_up', call: 0 });
  assert.equal(holdOrResume(desk), null);
});

test('wrap-up can be extended as often as it says, and ends', () => {
  const desk = talking();
  world.act(desk, { type: 'hang_up', of: 1, call: 1 });
  assert.deepEqual(sorted(desk), [
    'dial',
    'dial_emergency',
    'end_wrap_up',
    'extend_wrap_up',
    'pause_after',
    'wrap_up',
  ]);
  desk.agent.extensions_left = 0;
  assert.ok(!offers(desk).has('extend_wrap_up'));
});

test('hold and resume mean the call that is heard or waits', () => {
  const desk = talking();
  assert.deepEqual(holdOrResume(desk), { type: 'hold', call: 1 });
  world.act(desk, { type: 'hold', of: 1, call: 1 });
  assert.deepEqual(holdOrResume(desk), { type: 'resume', call: 1 });
  assert.equal(holdOrResume(ringing()), null);
});

test('hanging up means whom one asked before it means the caller', () => {
  assert.deepEqual(hangUp(consulting('up')), { type: 'hang_up', call: 2 });
  assert.deepEqual(hangUp(talking()), { type: 'hang_up', call: 1 });
  assert.equal(hangUp(ringing()), null);
});

test('of three in one talk, the agent takes the third out or leaves', () => {
  const desk = consulting('up');
  world.act(desk, { type: 'confer', of: 1 });
  assert.deepEqual(sorted(desk), [
    'dial_emergency',
    'hang_up',
    'keys',
    'pause_after',
    'take_out',
    'wrap_up',
  ]);
  assert.deepEqual(hangUp(desk), { type: 'hang_up', call: 1 });
});

test('one key is ready and not ready; in a talk it is about the time after it', () => {
  const desk = world.desk();
  assert.equal(toggleReady(desk), null);
  world.act(desk, { type: 'sign_on', of: 1, device: 'browser' });
  assert.deepEqual(toggleReady(desk), { type: 'ready' });
  world.act(desk, { type: 'ready', of: 2 });
  assert.deepEqual(toggleReady(desk), { type: 'not_ready', pause: 'break' });
  const later = talking();
  assert.deepEqual(togglePauseAfter(later), { type: 'not_ready', pause: 'break' });
  later.agent.after_call = 'not_ready';
  assert.deepEqual(togglePauseAfter(later), { type: 'ready' });
});

test('a ringing call is said first, with client and waiting time, and once', () => {
  const before = world.desk();
  world.act(before, { type: 'sign_on', of: 1, device: 'browser' });
  world.act(before, { type: 'ready', of: 2 });
  const after = structuredClone(before);
  world.ring(after);
  after.now = new Date(Date.parse(after.contact?.arrived ?? '') + 20_400).toISOString();
  const said = announce(before, after, german);
  assert.deepEqual(said, [
    { text: 'Anruf für Jesteburg, wartet seit 20 Sekunden.', urgent: true },
    { text: 'Leitung Rathaus Jesteburg. F2 nimmt an.', urgent: true },
  ]);
  assert.deepEqual(announce(after, structuredClone(after), german), []);
});

test('who is not ready without having asked for it is told why', () => {
  const before = ringing();
  const after = structuredClone(before);
  after.agent = { ...after.agent, state: 'not_ready', reason: 'no_answer' };
  assert.deepEqual(
    announce(before, after, german).map((one) => one.text),
    ['Nicht bereit: ein Anruf wurde nicht angenommen'],
  );
});

test('times are said as people say them', () => {
  const cases: [number, string][] = [
    [0, '0 Sekunden'],
    [1, '1 Sekunde'],
    [60, '1 Minute'],
    [65, '1 Minute und 5 Sekunden'],
    [121, '2 Minuten und 1 Sekunde'],
  ];
  for (const [seconds, words] of cases) assert.equal(waited(seconds, german), words);
});

test('what happens to calls is said in order', () => {
  const talk = talking();
  const asked = consulting('dialling');
  assert.deepEqual(
    announce(talk, asked, german).map((one) => one.text),
    ['04183 55501 wird gehalten.', 'Bauamt wird gerufen.'],
  );
  assert.deepEqual(
    announce(asked, consulting('up'), german).map((one) => one.text),
    ['Bauamt ist verbunden.'],
  );
});

test('a number can be dialled, a name cannot', () => {
  assert.equal(numberEntry('Bauamt', ''), null);
  assert.equal(numberEntry('', ''), null);
  const entry = numberEntry('(04171) 693-0', 'wählen');
  assert.equal(entry?.number, '041716930');
  assert.ok(entry);
  assert.deepEqual(dialled(entry, offers(talking())), { type: 'dial', number: '041716930' });
  assert.deepEqual(handOn(entry, offers(talking())), { type: 'transfer', to: { kind: 'number', id: '041716930' } });
  assert.equal(handOn(entry, offers(ringing())), null);
});
