// SPDX-License-Identifier: EUPL-1.2
/**
 * The keys of the workplace: which there are, how they are shown, which key press is which.
 *
 * Rule: no letter or digit alone (WCAG 2.1.4), no AltGr (it types on a German keyboard), neither Y nor Z (they
 * change places), nothing that browsers keep to themselves.
 */

import type { Key } from './words.ts';

export interface Stroke {
  /** `KeyboardEvent.code`: the place on the keyboard. */
  code: string;
  ctrl?: boolean;
  alt?: boolean;
  shift?: boolean;
}

export type Act =
  | 'help'
  | 'answer'
  | 'hold'
  | 'directory'
  | 'knowledge'
  | 'knowledge_place'
  | 'hang_up'
  | 'emergency'
  | 'ready'
  | 'mute'
  | 'keypad'
  | 'pause_after'
  | 'complete'
  | 'confer'
  | 'case'
  | 'concern'
  | 'place'
  | 'result_1'
  | 'result_2'
  | 'result_3'
  | 'result_4'
  | 'result_5'
  | 'concern_1'
  | 'concern_2'
  | 'concern_3'
  | 'concern_4'
  | 'concern_5'
  | 'finish';

export interface Binding {
  act: Act;
  stroke: Stroke;
  words: Key;
  part: 'everywhere' | 'call' | 'wrap_up';
}

const alt = (code: string): Stroke => ({ code, alt: true });

export const BINDINGS: readonly Binding[] = [
  { act: 'help', stroke: { code: 'F1' }, words: 'keys.help', part: 'everywhere' },
  { act: 'emergency', stroke: { code: 'F10' }, words: 'keys.emergency', part: 'everywhere' },
  { act: 'ready', stroke: { code: 'KeyB', ctrl: true }, words: 'keys.ready', part: 'everywhere' },
  { act: 'directory', stroke: { code: 'F8' }, words: 'keys.directory', part: 'everywhere' },
  { act: 'knowledge', stroke: { code: 'F3' }, words: 'keys.knowledge', part: 'everywhere' },
  { act: 'knowledge_place', stroke: { code: 'F3', shift: true }, words: 'keys.knowledge_place', part: 'everywhere' },
  { act: 'mute', stroke: { code: 'KeyM', ctrl: true }, words: 'keys.mute', part: 'everywhere' },
  { act: 'answer', stroke: { code: 'F2' }, words: 'keys.answer', part: 'call' },
  { act: 'hold', stroke: { code: 'F4' }, words: 'keys.hold', part: 'call' },
  { act: 'complete', stroke: { code: 'F8', shift: true }, words: 'keys.complete', part: 'call' },
  { act: 'confer', stroke: { code: 'F4', shift: true }, words: 'keys.confer', part: 'call' },
  { act: 'keypad', stroke: alt('KeyT'), words: 'keys.keypad', part: 'call' },
  { act: 'pause_after', stroke: alt('KeyP'), words: 'keys.pause_after', part: 'call' },
  { act: 'case', stroke: { code: 'F7' }, words: 'keys.case', part: 'call' },
  { act: 'hang_up', stroke: { code: 'F9' }, words: 'keys.hang_up', part: 'call' },
  { act: 'concern', stroke: alt('KeyA'), words: 'keys.concern', part: 'wrap_up' },
  { act: 'concern_1', stroke: alt('Digit1'), words: 'keys.concern_1', part: 'wrap_up' },
  { act: 'concern_2', stroke: alt('Digit2'), words: 'keys.concern_2', part: 'wrap_up' },
  { act: 'concern_3', stroke: alt('Digit3'), words: 'keys.concern_3', part: 'wrap_up' },
  { act: 'concern_4', stroke: alt('Digit4'), words: 'keys.concern_4', part: 'wrap_up' },
  { act: 'concern_5', stroke: alt('Digit5'), words: 'keys.concern_5', part: 'wrap_up' },
  { act: 'place', stroke: alt('KeyO'), words: 'keys.place', part: 'wrap_up' },
  { act: 'result_1', stroke: alt('Digit6'), words: 'result.settled', part: 'wrap_up' },
  { act: 'result_2', stroke: alt('Digit7'), words: 'result.transferred', part: 'wrap_up' },
  { act: 'result_3', stroke: alt('Digit8'), words: 'result.to_be_answered', part: 'wrap_up' },
  { act: 'result_4', stroke: alt('Digit9'), words: 'result.misdial', part: 'wrap_up' },
  { act: 'result_5', stroke: alt('Digit0'), words: 'result.abusive', part: 'wrap_up' },
  { act: 'finish', stroke: { code: 'Enter', ctrl: true }, words: 'keys.finish', part: 'wrap_up' },
];

type Press = Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey' | 'repeat'>;

/** What a key press asks for, if anything. A key that is held down asks once. */
export function actOf(press: Press): Act | null {
  if (press.repeat || press.metaKey) return null;
  const hit = BINDINGS.find(
    ({ stroke }) =>
      stroke.code === press.code &&
      (stroke.ctrl ?? false) === press.ctrlKey &&
      (stroke.alt ?? false) === press.altKey &&
      (stroke.shift ?? false) === press.shiftKey,
  );
  return hit?.act ?? null;
}

export function strokeOf(act: Act): Stroke {
  const binding = BINDINGS.find((one) => one.act === act);
  if (binding === undefined) throw new Error(`${act} has no key`);
  return binding.stroke;
}

/** `Strg+B`, as it is printed on the keys of the language. */
export function keyNames(stroke: Stroke, language: 'de' | 'en'): string {
  const german = language === 'de';
  const last = stroke.code === 'Enter' ? (german ? 'Eingabe' : 'Enter') : stroke.code.replace(/^(Key|Digit)/, '');
  const names = [
    stroke.ctrl ? (german ? 'Strg' : 'Ctrl') : '',
    stroke.alt ? 'Alt' : '',
    stroke.shift ? (german ? 'Umschalt' : 'Shift') : '',
    last,
  ];
  return names.filter(Boolean).join('+');
}

/** The same for `aria-keyshortcuts`, which knows English names only. */
export function ariaKeys(stroke: Stroke): string {
  return keyNames(stroke, 'en').replace('Ctrl', 'Control');
}
