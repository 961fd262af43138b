// SPDX-License-Identifier: EUPL-1.2
/** What people ask most, for the first call of a shift; the shift's own concerns come before them. */

import type { Key } from '../words.ts';

const USUAL: readonly Key[] = [
  'concern.identity_card',
  'concern.vehicle',
  'concern.residence',
  'concern.waste',
  'concern.driving_licence',
  'concern.appointment',
  'concern.passport',
  'concern.business',
  'concern.dog_tax',
  'concern.housing_benefit',
  'concern.who_is_responsible',
];

export function usualConcerns(t: (key: Key) => string): string[] {
  return USUAL.map((key) => t(key));
}
