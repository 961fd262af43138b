// SPDX-License-Identifier: EUPL-1.2
/**
 * What is looked up while somebody calls, and for which place.
 *
 * Rule: a place is proposed by the call and confirmed by the agent; a new call begins with nothing of the last one.
 */

import { t, tongue } from '../../language.svelte.ts';
import { ask } from '../../net/rest.ts';
import * as protocol from '../../protocol.ts';
import type { Answer, Desk, FoundServices, NewTask, Place, ServiceHit } from '../../protocol.ts';
import { forCall, readBack, write, type Kept } from './kept.ts';

/** Fewer letters say too little. */
export const LETTERS_MIN = 2;
/** Typing rests for so long before we search. */
const REST_MS = 120;
/** An answer is asked for anew when a unit opens or closes, some moments later for the clocks' sake. */
const AFTER_CHANGE_MS = 1_500;
/** The longest that a browser's clock can be set ahead. */
const SLEEP_MAX_MS = 2 ** 31 - 1;

interface Heard {
  /** To be read by a screen reader. */
  say: (text: string) => void;
  /** A service was opened; the place if it is confirmed. */
  opened: (title: string, place: string | null) => void;
}

export class Knowledge {
  words = $state('');
  stage: 'idle' | 'searching' | 'found' | 'failed' = $state('idle');
  found: FoundServices | null = $state(null);
  kept: Kept = $state({ contact: null, words: '', place: null, confirmed: false, opened: null });
  answer: Answer | null = $state(null);
  answering: 'idle' | 'asking' | 'there' | 'gone' | 'failed' = $state('idle');
  /** What a call hints at, as long as nobody has said where the caller lives. */
  proposed: NonNullable<Desk['contact']>['places'] | null = $state(null);

  readonly #person: string;
  readonly #heard: Heard;
  #searching: AbortController | null = null;
  #asking: AbortController | null = null;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #changing: ReturnType<typeof setTimeout> | undefined;
  #followed = false;

  constructor(person: string, heard: Heard) {
    this.#person = person;
    this.#heard = heard;
    const kept = readBack(sessionStorage.getItem(this.#drawer));
    if (kept !== null) this.kept = kept;
    this.words = this.kept.words;
  }

  get place(): Place | null {
    return this.kept.place;
  }

  /** The desk has changed: a call that is answered brings its own place. */
  follow(desk: Desk): void {
    const contact = desk.contact;
    const first = !this.#followed;
    this.#followed = true;
    if (contact !== null && desk.agent.state !== 'offered') {
      if (this.kept.contact !== contact.id) this.#begin(forCall(contact.id, contact.places));
      this.proposed = contact.places;
    } else {
      this.proposed = null;
    }
    // After the page was loaded anew what was open is asked for again.
    if (first && this.kept.opened !== null && this.answer === null) void this.#ask(this.kept.opened, false);
  }

  type(words: string): void {
    this.words = words;
    this.#keep({ ...this.kept, words });
    clearTimeout(this.#resting);
    if (words.trim().length < LETTERS_MIN) {
      this.#searching?.abort();
      this.found = null;
      this.stage = 'idle';
      return;
    }
    this.stage = 'searching';
    this.#resting = setTimeout(() => void this.#search(), REST_MS);
  }

  /** The agent has asked where the caller lives; the answer follows at once. */
  choose(place: Place | null): void {
    this.#keep({ ...this.kept, place, confirmed: place !== null });
    if (this.kept.opened !== null) {
      if (place !== null) this.#heard.opened(this.kept.opened.title, place.name);
      void this.#ask(this.kept.opened, true);
    }
    if (this.found !== null) void this.#search();
  }

  async open(hit: ServiceHit): Promise<void> {
    const { agency, id, title } = hit;
    this.#keep({ ...this.kept, opened: { agency, id, title } });
    this.#heard.opened(title, this.kept.confirmed ? (this.kept.place?.name ?? null) : null);
    await this.#ask({ agency, id, title }, true);
  }

  close(): void {
    this.#asking?.abort();
    clearTimeout(this.#changing);
    this.answer = null;
    this.answering = 'idle';
    this.#keep({ ...this.kept, opened: null });
  }

  /** Tells the editors; the number of their task, or null if it did not arrive. */
  async tellEditors(kind: NewTask['kind'], words: string): Promise<number | null> {
    const opened = this.kept.opened;
    const service = opened === null || kind === 'not_found' ? null : { agency: opened.agency, id: opened.id };
    const body: NewTask = { kind, words, service, place: this.kept.place?.area ?? null };
    const call = { method: 'POST', body, shape: protocol.taskKept, language: tongue.language } as const;
    const told = await ask('/api/knowledge/tasks', call);
    return told.kind === 'fine' ? told.value.number : null;
  }

  /** The shift or the session ends. */
  forget(): void {
    this.#begin({ contact: null, words: '', place: null, confirmed: false, opened: null });
    this.proposed = null;
    sessionStorage.removeItem(this.#drawer);
  }

  #begin(kept: Kept): void {
    clearTimeout(this.#resting);
    clearTimeout(this.#changing);
    this.#searching?.abort();
    this.#asking?.abort();
    this.words = '';
    this.found = null;
    this.stage = 'idle';
    this.answer = null;
    this.answering = 'idle';
    this.#keep(kept);
  }

  async #search(): Promise<void> {
    this.#searching?.abort();
    this.#searching = new AbortController();
    const { signal } = this.#searching;
    const path = `/api/knowledge/search?${new URLSearchParams({ q: this.words.trim(), ...this.#where() })}`;
    const found = await ask(path, { shape: protocol.foundServices, language: tongue.language, signal });
    if (signal.aborted) return;
    this.found = found.kind === 'fine' ? found.value : null;
    this.stage = found.kind === 'fine' ? 'found' : 'failed';
  }

  async #ask(service: { agency: string; id: string; title: string }, aloud: boolean): Promise<void> {
    this.#asking?.abort();
    this.#asking = new AbortController();
    clearTimeout(this.#changing);
    const { signal } = this.#asking;
    this.answering = 'asking';
    const query = new URLSearchParams({ agency: service.agency, ...this.#where() });
    const path = `/api/knowledge/services/${encodeURIComponent(service.id)}?${query}`;
    const answer = await ask(path, { shape: protocol.answer, language: tongue.language, signal });
    if (signal.aborted) return;
    this.answer = answer.kind === 'fine' ? answer.value : null;
    this.answering = answer.kind === 'fine' ? 'there' : answer.kind === 'refused' && answer.status === 404 ? 'gone' : 'failed';
    if (answer.kind !== 'fine') return;
    if (aloud) this.#heard.say(spoken(answer.value));
    this.#askAgainAtChange(service, answer.value);
  }

  /** Whether a unit is open is the server's to say, also when it opens while one looks at it. */
  #askAgainAtChange(service: { agency: string; id: string; title: string }, answer: Answer): void {
    const changes = answer.units.map((unit) => unit.changes).filter((at) => at !== null);
    const next = Math.min(...changes.map((at) => Date.parse(at)));
    const sleep = next - Date.now() + AFTER_CHANGE_MS;
    if (sleep > 0 && sleep < SLEEP_MAX_MS) this.#changing = setTimeout(() => void this.#ask(service, false), sleep);
  }

  #where(): { place?: string } {
    return this.kept.place === null ? {} : { place: this.kept.place.area };
  }

  #keep(kept: Kept): void {
    this.kept = kept;
    sessionStorage.setItem(this.#drawer, write($state.snapshot(kept)));
  }

  get #drawer(): string {
    return `amtsleitung.knowledge.${this.#person}`;
  }
}

function spoken(answer: Answer): string {
  const { title, place } = answer;
  return place === null ? t('knowledge.say_answer_nowhere', { title }) : t('knowledge.say_answer', { place: place.name, title });
}
