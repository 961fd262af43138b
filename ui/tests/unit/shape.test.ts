// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import { board, desk, fromDesk, toDesk } from '../../src/protocol.ts';
import { list, Misshapen, read, text, whole } from '../../src/shape.ts';
import * as world from '../world.ts';

test('a whole desk is read as it is', () => {
  const given = world.desk();
  world.ring(given);
  assert.deepEqual(read(desk, structuredClone(given), true), given);
  const whole = world.board();
  assert.deepEqual(read(board, structuredClone(whole), true), whole);
});

test('a fault names its place', () => {
  const given = world.desk() as unknown as { agent: { state: string } };
  given.agent.state = 'lunch';
  assert.throws(() => read(desk, given), { message: /^agent\.state: one of signed_off/ });
  assert.throws(() => read(list(whole, 3), [1, -1]), { message: '[1]: a whole number from 0' });
});

test('what is no message is refused, whatever it is', () => {
  for (const given of [null, undefined, 7, 'desk', [], {}, { type: 'nonsense' }, { type: 'toString' }, { type: 'desk' }]) {
    assert.throws(() => read(toDesk, given), Misshapen);
  }
});

test('a newer server may say more; a page may not', () => {
  assert.deepEqual(read(toDesk, { type: 'done', of: 1, more: true }), { type: 'done', of: 1 });
  assert.throws(() => read(fromDesk, { type: 'ready', of: 1, more: true }, true), { message: '.more: an unknown key' });
});

test('lists have an end', () => {
  assert.throws(() => read(list(text, 2), ['a', 'b', 'c']), { message: 'message: at most 2 items' });
});
