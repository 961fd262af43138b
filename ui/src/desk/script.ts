// SPDX-License-Identifier: EUPL-1.2
/** What to do when a call is about life and limb: short steps, in the order in which they are done. */

import type { Key } from '../words.ts';

export const EMERGENCY: readonly Key[] = [
  'script.emergency_1',
  'script.emergency_2',
  'script.emergency_3',
  'script.emergency_4',
  'script.emergency_5',
];
export const THREAT: readonly Key[] = [
  'script.threat_1',
  'script.threat_2',
  'script.threat_3',
  'script.threat_4',
  'script.threat_5',
  'script.threat_6',
];
export const THREAT_NOTES: readonly Key[] = [
  'script.note_1',
  'script.note_2',
  'script.note_3',
  'script.note_4',
  'script.note_5',
];
export const HARM: readonly Key[] = ['script.harm_1', 'script.harm_2', 'script.harm_3', 'script.harm_4'];
export const ABUSE: readonly Key[] = ['script.abuse_1', 'script.abuse_2', 'script.abuse_3'];
