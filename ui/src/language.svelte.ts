// SPDX-License-Identifier: EUPL-1.2
/** The language of the page: German unless somebody chose English on this machine. */

import type { Language } from './time.ts';
import { say, type Key, type Params, type Speak } from './words.ts';

const STORED = 'amtsleitung.language';

class Tongue {
  language: Language = $state(localStorage.getItem(STORED) === 'en' ? 'en' : 'de');

  choose(language: Language): void {
    this.language = language;
    localStorage.setItem(STORED, language);
  }
}

export const tongue = new Tongue();

/** The words of a key in the language of the page. */
export function t(key: Key, params?: Params): string {
  return say(tongue.language, key, params);
}

/** The same as a value, for functions that are pure. */
export function speaker(): Speak {
  const language = tongue.language;
  return Object.assign((key: Key, params?: Params) => say(language, key, params), { language });
}
