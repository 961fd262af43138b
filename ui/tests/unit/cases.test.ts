// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import test from 'node:test';
import { actOf, dueShown, offeredActs, provingCalls, serviceId, serviceOf, unitNamed, type Filled } from '../../src/cases/view.ts';
import * as kept from '../../src/desk/cases/kept.ts';
import { emptyFor, withCase } from '../../src/desk/drafts.ts';
import type { Can } from '../../src/protocol.ts';
import { dayName, spokenMoment } from '../../src/time.ts';
import { say, type Key, type Params } from '../../src/words.ts';
import * as world from '../world.ts';

const german = Object.assign((key: Key, params?: Params) => say('de', key, params), { language: 'de' as const });
/** As the desk's own clock has it. */
const at = (day: number, hour: number, minute = 0): string => new Date(2014, 2, day, hour, minute).toISOString();
const now = Date.parse(at(28, 14));

test('the moment is named as one says it', () => {
  assert.equal(spokenMoment(at(28, 16), now, 'de'), 'heute, 16 Uhr');
  assert.equal(spokenMoment(at(29, 9, 5), now, 'de'), 'morgen, 9:05 Uhr');
  assert.equal(spokenMoment(at(31, 14), now, 'de'), 'Montag, 14 Uhr');
  assert.equal(spokenMoment(at(31, 14), now, 'en'), 'Monday at 14:00');
  assert.equal(spokenMoment(at(31 + 4, 14), now, 'de'), 'Freitag, 4. April, 14 Uhr');
  assert.equal(dayName(at(27, 14), now, 'de'), 'gestern');
  assert.equal(dayName(at(26, 14), now, 'de'), 'Mittwoch, 26. März');
  assert.equal(dayName(new Date(2013, 10, 5).toISOString(), now, 'de'), 'Dienstag, 5. November 2013');
});

test('a night that is an hour shorter is a night', () => {
  // Summer time began on 30 March 2014.
  const evening = new Date(2014, 2, 29, 23, 30).getTime();
  assert.equal(dayName(at(30, 0, 15), evening, 'de'), 'morgen');
  assert.equal(dayName(at(31, 0, 15), evening, 'de'), 'Montag');
});

test('what is overdue says so in words and by a sign', () => {
  const row = (feedback: 'open' | 'overdue' | 'in_time', due: string | null, stopped = false) =>
    dueShown({ state: 'open', feedback, due: { at: due, stopped } }, now, german);
  assert.deepEqual(row('overdue', at(28, 9)), { icon: 'alarm', look: 'bad', words: 'überfällig seit heute, 09:00' });
  assert.deepEqual(row('open', at(28, 16)), { icon: 'clock', look: 'warn', words: 'heute, 16:00' });
  assert.deepEqual(row('open', at(31, 16)), { icon: 'clock', look: '', words: 'Montag, 16:00' });
  assert.equal(row('open', null, true).words, 'Frist ruht');
  assert.equal(row('open', null).words, 'ohne Termin');
  assert.equal(row('in_time', at(28, 9)).look, 'good');
});

test('only what the server allows is offered, and the three ways to an end are one button', () => {
  const can: Can[] = ['merge', 'complete_withdrawn', 'note', 'complete_not_reached'];
  assert.deepEqual(offeredActs(can), ['note', 'complete', 'merge']);
  assert.deepEqual(offeredActs([]), []);
});

const filled: Filled = { text: ' ', unit: '', reason: 'papers_missing', attempt: 'mailbox', how: 'done', proof: null, into: '' };
const units = [{ id: '7', name: 'Bürgerservice Jesteburg' }];

test('an act says which field is lacking before anybody is asked', () => {
  assert.equal(actOf('note', filled, []), 'text');
  assert.equal(actOf('forward', filled, units), 'unit');
  assert.equal(actOf('feedback', filled, []), 'proof');
  assert.equal(actOf('feedback', { ...filled, proof: 'stated' }, []), 'text');
  for (const into of ['', '0', '-3', 'zwölf', '1e3']) assert.equal(actOf('merge', { ...filled, into }, []), 'into');
});

test('an act is as the server takes it', () => {
  const said = { ...filled, text: ' Frau Albrecht um 9 erreicht ' };
  assert.deepEqual(actOf('feedback', { ...said, proof: 'stated' }, []), {
    act: 'feedback',
    contact: null,
    text: 'Frau Albrecht um 9 erreicht',
  });
  assert.deepEqual(actOf('feedback', { ...filled, proof: 4711 }, []), { act: 'feedback', contact: 4711, text: '' });
  assert.deepEqual(actOf('forward', { ...filled, unit: 'Bürgerservice Jesteburg' }, units), {
    act: 'forward',
    unit: { id: '7', name: 'Bürgerservice Jesteburg' },
    text: '',
  });
  assert.deepEqual(unitNamed('  Bauhof ', units), { id: 'Bauhof', name: 'Bauhof' });
  assert.deepEqual(actOf('merge', { ...filled, into: ' 7 ' }, []), { act: 'merge', into: 7 });
  assert.deepEqual(actOf('tell', filled, []), { act: 'tell' });
});

test('the call in which a matter came in proves nothing', () => {
  const call = (id: number) => emptyFor({ id, line: { id: 'a', name: 'A' }, client: { id: 'a', name: 'A' } });
  assert.deepEqual(provingCalls([call(1), call(2)], { contact: 1 }).map((one) => one.contact), [2]);
});

test('a service keeps the office that has given its id', () => {
  for (const service of [{ agency: 'X9', id: '10:31' }, { agency: '', id: '1031' }]) {
    assert.deepEqual(serviceOf(serviceId(service)), service);
  }
});

// ── From the call ──────────────────────────────────────────────────────────────────────────────────────────────────

function call() {
  const desk = world.desk();
  world.ring(desk);
  const contact = desk.contact;
  assert.ok(contact);
  return { contact, wrapUp: emptyFor(contact) };
}

const nothing = { contact: 4711, words: '', place: null, confirmed: false, opened: null };

test('the form is filled with what was looked up, and the number that is shown', () => {
  const { contact, wrapUp } = call();
  const opened = { agency: 'X9', id: '1031', title: 'Hund anmelden' };
  const answer = world.answer('1031', world.WHERE.jesteburg.area);
  const known = { ...nothing, place: world.WHERE.jesteburg, confirmed: true, opened };
  const draft = kept.fromCall(contact, { ...wrapUp, note: 'zwei Hunde' }, { kept: known, answer });
  assert.equal(draft.concern, 'Hund anmelden');
  assert.equal(draft.said, 'zwei Hunde');
  assert.deepEqual(draft.place, world.WHERE.jesteburg);
  assert.deepEqual(draft.service, { id: 'X9:1031', name: 'Hund anmelden' });
  assert.deepEqual(draft.unit, { id: '7', name: 'Bürgerservice Jesteburg' });
  assert.equal(draft.address, '04183 55501');
  assert.equal(kept.lackOf(draft), null);
  assert.equal(kept.toServer(draft).place, '033535404');
});

test('a place that is only proposed is not taken, nor what another call looked up', () => {
  const { contact, wrapUp } = call();
  const opened = { agency: 'X9', id: '1031', title: 'Hund anmelden' };
  const other = { ...nothing, contact: 1, place: world.WHERE.winsen, confirmed: true, opened };
  const draft = kept.fromCall(contact, { ...wrapUp, concerns: ['Abfall'] }, { kept: other, answer: null });
  assert.equal(draft.concern, 'Abfall');
  assert.equal(draft.place, null);
  assert.equal(draft.service, null);
  assert.deepEqual(draft.places, [world.WHERE.jesteburg]);
});

test('nothing goes without a concern, nor without an address but for who cannot be reached', () => {
  const { contact, wrapUp } = call();
  const draft = kept.fromCall({ ...contact, number: null }, wrapUp, { kept: nothing, answer: null });
  assert.equal(kept.lackOf(draft), 'concern');
  assert.equal(kept.lackOf({ ...draft, concern: 'Abfall' }), 'address');
  const unreachable = { ...draft, concern: 'Abfall', reach: 'none' as const, address: '04183' };
  assert.equal(kept.lackOf(unreachable), null);
  assert.equal(kept.toServer(unreachable).address, '');
});

test('an office is typed as one types, and goes by its name', () => {
  const { contact, wrapUp } = call();
  const draft = { ...kept.fromCall(contact, wrapUp, { kept: nothing, answer: null }), units };
  assert.equal(kept.withUnit(draft, 'Bauhof ').unit?.name, 'Bauhof ');
  assert.deepEqual(kept.toServer(kept.withUnit(draft, 'Bauhof Hanstedt ')).unit, { id: 'Bauhof Hanstedt', name: 'Bauhof Hanstedt' });
  assert.deepEqual(kept.toServer(kept.withUnit(draft, 'Bürgerservice Jesteburg')).unit, units[0]);
  assert.equal(kept.withUnit(draft, '  ').unit, null);
});

test('a draft survives a reload, goes on with what is learnt, and nothing in it is written over', () => {
  const { contact, wrapUp } = call();
  const fresh = kept.fromCall(contact, wrapUp, { kept: nothing, answer: null });
  const typed = { ...fresh, said: 'zwei Hunde', address: '040 1' };
  const again = kept.readBack(kept.write(kept.keep([], typed)));
  assert.deepEqual(again, [typed]);
  const later = kept.goOn(typed, { ...fresh, concern: 'Hund anmelden', said: 'anderes', address: '04183 55501' });
  assert.equal(later.concern, 'Hund anmelden');
  assert.equal(later.said, 'zwei Hunde');
  assert.equal(later.address, '040 1');
  for (const written of [null, '', 'null', '{}', '[1]']) assert.deepEqual(kept.readBack(written), []);
  let many: kept.CaseDrafts = [];
  for (let id = 1; id <= kept.CASES_MAX + 2; id += 1) many = kept.keep(many, { ...typed, contact: id });
  assert.equal(many.length, kept.CASES_MAX);
  assert.equal(many[0]?.contact, 3);
});

test('the call of a case is to be answered, and its concern is noted if none is', () => {
  const { wrapUp } = call();
  const noted = withCase(wrapUp, 'Hund anmelden', 'Jesteburg');
  assert.deepEqual([noted.result, noted.concerns, noted.place], ['to_be_answered', ['Hund anmelden'], 'Jesteburg']);
  const before = withCase({ ...wrapUp, concerns: ['Abfall'], place: 'Winsen', result: 'settled' }, 'Hund anmelden', null);
  assert.deepEqual([before.result, before.concerns, before.place], ['to_be_answered', ['Abfall'], 'Winsen']);
});
