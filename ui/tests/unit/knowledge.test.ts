// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import { choices, forCall, mayPutThrough, readBack, write } from '../../src/desk/knowledge/kept.ts';

const jesteburg = { area: '033535404', name: 'Jesteburg' };
const winsen = { area: '033530040040', name: 'Winsen (Luhe)' };

test('a call begins for the place that is likely, and never as if somebody had said so', () => {
  const likely = forCall(7, { places: [jesteburg, winsen], likely: true, area_code: null });
  assert.deepEqual([likely.place, likely.confirmed, likely.contact], [jesteburg, false, 7]);
  assert.equal(forCall(7, { places: [jesteburg, winsen], likely: false, area_code: '040' }).place, null);
  assert.equal(forCall(7, { places: [], likely: false, area_code: null }).place, null);
});

test('what is remembered comes back, and nothing else does', () => {
  const kept = { ...forCall(7, { places: [winsen], likely: true, area_code: null }), words: 'perso' };
  assert.deepEqual(readBack(write(kept)), kept);
  for (const written of [null, '', '[]', '{}', '{"contact":"7"}']) assert.equal(readBack(written), null);
});

test('places are asked for by name', () => {
  assert.deepEqual(choices([jesteburg]), { first: '', last: 'Jesteburg' });
  assert.deepEqual(choices([jesteburg, winsen]), { first: 'Jesteburg', last: 'Winsen (Luhe)' });
  assert.deepEqual(choices([]), { first: '', last: '' });
});

test('nobody is put through where it is closed or where there is no telephone', () => {
  assert.ok(mayPutThrough({ open: true, telephone: '1' }));
  assert.ok(mayPutThrough({ open: null, telephone: '1' }));
  assert.ok(!mayPutThrough({ open: false, telephone: '1' }));
  assert.ok(!mayPutThrough({ open: true, telephone: null }));
});
