// SPDX-License-Identifier: EUPL-1.2
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'node:test';
import { say, WORDS, type Key } from '../../src/words.ts';

/** Tests run from `build/`, a copy of the tree as JavaScript; the words are sought in what was written. */
const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));

function sources(): string {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
  const ours = files.filter((name) => /\.(ts|svelte)$/.test(name) && name !== 'words.ts');
  assert.ok(ours.length > 30, 'the sources were found');
  return ours.map((name) => readFileSync(join(SRC, name), 'utf8')).join('\n');
}

const keys = Object.keys(WORDS) as Key[];

test('every key is used somewhere', () => {
  const text = sources();
  const unused = keys.filter((key) => !text.includes(`'${key}'`));
  assert.deepEqual(unused, []);
});

test('every key that is used is there', () => {
  const used = [...sources().matchAll(/\bt\(\s*'([a-z0-9_.]+)'/g)].map(([, key]) => key);
  assert.ok(used.length > 100);
  assert.deepEqual(used.filter((key) => !keys.includes(key as Key)), []);
});

test('both languages say something, and fill in the same', () => {
  const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();
  for (const key of keys) {
    const [de, en] = WORDS[key];
    assert.ok(de.trim() !== '' && en.trim() !== '', key);
    assert.deepEqual([...new Set(names(de))], [...new Set(names(en))], key);
    assert.equal(de.split(' | ').length, en.split(' | ').length, key);
  }
});

test('German speaks German', () => {
  // Words that stand in both languages alike; everything else has to be translated.
  const alike = keys.filter((key) => WORDS[key][0] === WORDS[key][1]);
  const allowed = ['sign_in.name', 'case.name', 'person.team', 'contacts.team', 'entry.partner', 'ways.channels'];
  assert.deepEqual(alike.filter((key) => !allowed.includes(key) && /[a-z]{3}/.test(WORDS[key][0])), []);
});

test('one and many are told apart', () => {
  assert.equal(say('de', 'contacts.count', { n: 1 }), '1 Anruf');
  assert.equal(say('de', 'contacts.count', { n: 0 }), '0 Anrufe');
  assert.equal(say('en', 'contacts.count', { n: 12 }), '12 calls');
});
