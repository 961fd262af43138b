// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import { fared, minutesOf, moodOf, ordered, parted, ROWS_MAX, scaleTop, sums } from '../../src/board/view.ts';
import * as world from '../world.ts';

const now = Date.parse('2026-03-02T08:00:00.000Z');
const since = (seconds: number): string => new Date(now - seconds * 1_000).toISOString();
const line = (id: string, part = {}) => world.line(id, id, 'Kreis', part);

test('a line is late once somebody waits longer than promised, not before', () => {
  assert.equal(moodOf(line('a', { waiting: 1, longest_since: since(30) }), now, 30), 'busy');
  assert.equal(moodOf(line('a', { waiting: 1, longest_since: since(31) }), now, 30), 'late');
  // Without a promise there is no threshold.
  assert.equal(moodOf(line('a', { waiting: 1, longest_since: since(90) }), now, 0), 'busy');
  assert.equal(moodOf(line('a'), now, 30), 'calm');
  assert.equal(moodOf(line('a', { open: false }), now, 30), 'closed');
  // Who waits on a line that has closed meanwhile still waits.
  assert.equal(moodOf(line('a', { open: false, waiting: 1, longest_since: since(5) }), now, 30), 'busy');
});

test('what needs a look comes first, the longest wait before the others', () => {
  const lines = [
    line('calm'),
    line('closed', { open: false }),
    line('busy', { waiting: 1, longest_since: since(5) }),
    line('late', { waiting: 1, longest_since: since(40) }),
    line('later', { waiting: 1, longest_since: since(90) }),
  ];
  assert.deepEqual(
    ordered(lines, now, 30).map((one) => one.id),
    ['later', 'late', 'busy', 'calm', 'closed'],
  );
});

test('many lines: who waits has a row, the rest shares a list, and none is lost', () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    line(String(index), index < 12 ? { waiting: 1, longest_since: since(index) } : {}),
  );
  const { rows, rest } = parted(many, now, 30);
  assert.equal(rows.length, 12);
  assert.equal(rows.length + rest.length, 30);
  assert.ok(rest.every((one) => one.waiting === 0));
  assert.deepEqual(parted(many.slice(0, ROWS_MAX), now, 30).rest, []);
});

test('the level of all lines is a level of calls, not of lines', () => {
  const board = world.board();
  const today = { offered: 0, answered: 0, abandoned: 0, overflowed: 0, refused: 0, service_level: null };
  board.lines = [
    line('big', { today: { ...today, in_time: 90, counted: 100 } }),
    line('small', { today: { ...today, in_time: 0, counted: 1 } }),
  ];
  assert.equal(sums(board).service_level, 90 / 101);
  board.lines = [];
  assert.equal(sums(board).service_level, null);
  assert.equal(sums(board).longest_since, null);
});

test('the parts of a half hour are what was offered', () => {
  const hour = { at: since(0), offered: 20, answered: 17, in_time: 12, counted: 19 };
  assert.deepEqual(fared(hour), { in_time: 12, late: 5, not_answered: 3 });
  // Who arrived before the hour and was answered in it must not make a bar below zero.
  const odd = fared({ ...hour, answered: 25, in_time: 30 });
  assert.ok(odd.late >= 0 && odd.not_answered >= 0);
});

test('a scale ends at a round number', () => {
  assert.deepEqual([1, 3, 9, 11, 31, 100, 101].map(scaleTop), [2, 4, 10, 20, 40, 100, 200]);
});

test('a prediction is told in minutes', () => {
  assert.deepEqual(minutesOf({ from_s: 10, to_s: 50 }), { from: 1, to: 1 });
  assert.deepEqual(minutesOf({ from_s: 60, to_s: 170 }), { from: 1, to: 3 });
});
