// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import * as drafts from '../../src/desk/drafts.ts';

const contact = (id: number) => ({ id, line: { id: '115', name: '115' }, client: { id: 'kreis', name: 'Kreis' } });
const draft = (id: number) => drafts.emptyFor(contact(id));

test('a draft survives the next call and a reload', () => {
  const first = drafts.toggleConcern(draft(1), 'Abfall');
  const kept = drafts.keep(drafts.keep([], first), draft(2));
  const again = drafts.readBack(drafts.write(kept));
  assert.deepEqual(drafts.draftOf(again, 1), first);
  assert.deepEqual(drafts.leftOver(again, 2), [first]);
});

test('an empty draft is nothing left over', () => {
  assert.deepEqual(drafts.leftOver([draft(1)], null), []);
});

test('drafts have an end; the oldest goes', () => {
  let kept: drafts.Drafts = [];
  for (let id = 1; id <= drafts.DRAFTS_MAX + 3; id += 1) kept = drafts.keep(kept, draft(id));
  assert.equal(kept.length, drafts.DRAFTS_MAX);
  assert.equal(drafts.draftOf(kept, 3), null);
  assert.ok(drafts.draftOf(kept, 4));
});

test('what is no list of drafts is none', () => {
  for (const written of [null, '', 'null', '{}', '[1]', '[{"contact":1}]']) assert.deepEqual(drafts.readBack(written), []);
});

test('concerns are five at most, and go when chosen again', () => {
  let form = draft(1);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) form = drafts.toggleConcern(form, name);
  assert.deepEqual(form.concerns, ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual(drafts.toggleConcern(form, 'c').concerns, ['a', 'b', 'd', 'e']);
  assert.deepEqual(drafts.toggleConcern(draft(1), '  ').concerns, []);
});

test('place and result can be taken back, a note has an end', () => {
  assert.equal(drafts.withPlace(draft(1), '  ').place, null);
  assert.equal(drafts.withPlace(draft(1), ' Jesteburg ').place, 'Jesteburg');
  const settled = drafts.toggleResult(draft(1), 'settled');
  assert.equal(settled.result, 'settled');
  assert.equal(drafts.toggleResult(settled, 'settled').result, null);
  assert.equal(drafts.withNote(draft(1), 'x'.repeat(600)).note.length, 500);
});

test('when it ended makes no other wrap-up', () => {
  assert.ok(drafts.same(draft(1), { ...draft(1), ended: '2026-03-02T08:00:00.000Z' }));
  assert.ok(!drafts.same(draft(1), { ...draft(1), note: 'x' }));
});

test('the concerns of the shift come before the usual ones', () => {
  const done = [
    { ...draft(1), concerns: ['Abfall'] },
    { ...draft(2), concerns: ['Kfz', 'Abfall'] },
  ];
  assert.deepEqual(drafts.likely(done, ['Ausweis', 'Abfall', 'Reisepass'], 4), ['Abfall', 'Kfz', 'Ausweis', 'Reisepass']);
});

test('what was looked up is a concern, and nothing that was chosen goes', () => {
  const once = drafts.withLookedUp(draft(1), ' Hund anmelden ', null);
  assert.deepEqual([once.concerns, once.place], [['Hund anmelden'], null]);
  const again = drafts.withLookedUp(once, 'Hund anmelden', 'Jesteburg');
  assert.deepEqual([again.concerns, again.place], [['Hund anmelden'], 'Jesteburg']);
  assert.equal(drafts.withLookedUp(again, 'Perso', 'Winsen').place, 'Jesteburg');
  const long = drafts.withLookedUp(draft(1), 'ä'.repeat(500), null);
  assert.equal(long.concerns[0]?.length, 120);
});
