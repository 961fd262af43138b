// SPDX-License-Identifier: EUPL-1.2
/** Light or dark: as the system has it, unless somebody chose on this machine. */

export type Theme = 'system' | 'light' | 'dark';
const STORED = 'amtsleitung.theme';

class Look {
  theme: Theme = $state(stored());
  #dark = $state(false);

  constructor() {
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    this.#dark = system.matches;
    system.addEventListener('change', (event) => (this.#dark = event.matches));
  }

  /** What is drawn. */
  get drawn(): 'light' | 'dark' {
    return this.theme === 'system' ? (this.#dark ? 'dark' : 'light') : this.theme;
  }

  choose(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem(STORED, theme);
  }
}

function stored(): Theme {
  const theme = localStorage.getItem(STORED);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export const look = new Look();
