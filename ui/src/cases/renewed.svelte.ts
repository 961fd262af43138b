// SPDX-License-Identifier: EUPL-1.2
/**
 * Something that the server knows, asked for anew every ten seconds.
 *
 * Rule: what was known stays in sight while it is asked for again, and when nobody answers; a refusal takes it, and
 * so does silence about something else than what is shown.
 */

import { t, tongue } from '../language.svelte.ts';
import type { Status } from '../net/live.ts';
import { ask } from '../net/rest.ts';
import { now } from '../now.svelte.ts';
import type { Problem } from '../protocol.ts';
import { sessions } from '../session.svelte.ts';
import type { Shape } from '../shape.ts';

const RENEW_MS = 10_000;
const NOT_FOUND = 404;

export class Renewed<T extends { now: string }> {
  value: T | null = $state.raw(null);
  problem: Problem | null = $state(null);
  status: Status = $state('connecting');
  /** There is no such thing, or not for this person. */
  missing = $state(false);
  readonly #shape: Shape<T>;
  /** Before and after what is shown becomes another. */
  readonly #changing: () => () => void;
  #path = '';
  /** To which `value` belongs. */
  #known = '';
  #asking: AbortController | null = null;

  constructor(shape: Shape<T>, changing: () => () => void = () => () => {}) {
    this.#shape = shape;
    this.#changing = changing;
  }

  /** Asks for this from now on; what it returns ends that. */
  open(path: string): () => void {
    this.#path = path;
    void this.renew();
    const timer = setInterval(() => void this.renew(), RENEW_MS);
    return () => {
      clearInterval(timer);
      this.#asking?.abort();
    };
  }

  /** What an act has brought: newer than what is on its way. */
  put(value: T): void {
    this.#asking?.abort();
    const changed = this.#changing();
    now.set(value.now);
    this.#known = this.#path;
    this.value = value;
    this.problem = null;
    this.missing = false;
    this.status = 'open';
    changed();
  }

  async renew(): Promise<void> {
    this.#asking?.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const answer = await ask(this.#path, { shape: this.#shape, language: tongue.language, signal });
    if (signal.aborted) return;
    if (answer.kind === 'fine') return this.put(answer.value);
    if (answer.kind === 'unreachable') {
      if (this.#known !== this.#path) this.value = null;
      this.status = 'lost';
      const detail = this.value === null ? t('cases.unreachable_empty') : t('cases.unreachable');
      this.problem = { title: t('problem.unreachable'), detail };
      return;
    }
    if (answer.status === 401) return void sessions.over();
    this.status = 'open';
    this.value = null;
    this.missing = answer.status === NOT_FOUND;
    this.problem = answer.problem ?? { title: t('problem.refused'), detail: null };
  }
}
