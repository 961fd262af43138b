// SPDX-License-Identifier: EUPL-1.2
/** The time of the server, shown by the clock of this machine: the two may differ by minutes. */

const STEP_MS = 500;

class Now {
  #ahead = $state(0);
  #here = $state(Date.now());

  constructor() {
    setInterval(() => (this.#here = Date.now()), STEP_MS);
  }

  /** Milliseconds since 1970, as the server has it. */
  get ms(): number {
    return this.#here + this.#ahead;
  }

  /** The server has just said that it is `now`. */
  set(now: string): void {
    this.#here = Date.now();
    this.#ahead = Date.parse(now) - this.#here;
  }
}

export const now = new Now();
