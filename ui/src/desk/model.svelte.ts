// SPDX-License-Identifier: EUPL-1.2
/**
 * The desk as the page knows it: what the server said last, and what the agent has typed.
 *
 * Rule: nothing of the call is kept here beside `desk`. Requests change the server, and the server tells us.
 */

import { t, speaker, tongue } from '../language.svelte.ts';
import { Live, type Status } from '../net/live.ts';
import { ask } from '../net/rest.ts';
import { now } from '../now.svelte.ts';
import * as protocol from '../protocol.ts';
import type { Desk, Problem, Request, ToDesk, WrapUp } from '../protocol.ts';
import { sessions } from '../session.svelte.ts';
import { announce, type Sentence } from './announce.ts';
import { fromCall, type CaseDraft } from './cases/kept.ts';
import { DeskCases } from './cases/model.svelte.ts';
import * as drafts from './drafts.ts';
import { Knowledge } from './knowledge/model.svelte.ts';
import { take } from './seat.ts';

/** Where this person's desk is open. */
export type Seat =
  | { kind: 'taking' }
  | { kind: 'here' }
  | { kind: 'elsewhere'; since: string | null; other: 'window' | 'server' }
  /** Another window took it from this one. */
  | { kind: 'taken' };

/** What a request ended with: null if it was done. */
type Settled = Problem | null;

/** A request that nobody answered by then is told as failed. */
const ANSWER_MS = 8_000;
/** Typing rests for so long before a wrap-up goes to the server. */
const SAVE_MS = 600;
/** So many failures to connect in a row make us ask whether we are still signed in. */
const ASK_AFTER_LOSSES = 3;

export class DeskModel {
  desk: Desk | null = $state(null);
  status: Status = $state('connecting');
  seat: Seat = $state({ kind: 'taking' });
  problem: Problem | null = $state(null);
  /** What is being read aloud, newest last; the live regions show it. */
  said: { sentence: Sentence; n: number }[] = $state([]);
  /** Wrap-ups of this shift that the server has. */
  done: WrapUp[] = $state([]);
  drafts: drafts.Drafts = $state([]);
  saved: 'nothing' | 'saving' | 'saved' | 'failed' = $state('nothing');
  /** What the softphone listens to. */
  readonly heard: { sdp?: (sdp: string) => void; desk?: (desk: Desk) => void; open?: () => void } = {};

  readonly knowledge: Knowledge;
  readonly cases: DeskCases;
  readonly #person: string;
  readonly #live: Live<ToDesk>;
  readonly #pending = new Map<number, (settled: Settled) => void>();
  #of = 0;
  #said = 0;
  #losses = 0;
  #leave: (() => void) | null = null;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** The person said that the desk is to be here; no need to ask again when the server has it elsewhere. */
  #stealing = false;
  /** After a connection or a reload: what could not be saved before goes now. */
  #unsaved = true;

  constructor(person: string) {
    this.#person = person;
    this.drafts = drafts.readBack(sessionStorage.getItem(this.#drawer));
    this.knowledge = new Knowledge(person, {
      say: (text) => this.say([{ text, urgent: false }]),
      opened: (title, place) => this.#lookedUp(title, place),
    });
    this.cases = new DeskCases(person, {
      say: (text) => this.say([{ text, urgent: false }]),
      filed: (draft) => this.#filed(draft),
    });
    const listener = {
      status: (status: Status) => this.#status(status),
      message: (message: ToDesk) => this.#receive(message),
      misshapen: (fault: string) => {
        console.error(`desk: ${fault}`);
        this.problem = { title: t('problem.misshapen'), detail: t('problem.misshapen_detail') };
      },
    };
    this.#live = new Live('/api/desk', protocol.toDesk, listener, () => this.tell({ type: 'ping' }));
  }

  /** Takes the seat in this browser and connects. */
  async open(steal = false): Promise<void> {
    const taken = await take(this.#person, { lost: () => this.#taken() }, steal);
    if (this.#closed) {
      if (taken.kind === 'here') taken.leave();
      return;
    }
    if (taken.kind === 'elsewhere') {
      this.seat = { ...taken, other: 'window' };
      return;
    }
    this.#leave = taken.leave;
    this.seat = { kind: 'here' };
    this.#live.open();
    void this.#shift();
  }

  close(): void {
    this.#closed = true;
    this.#flush();
    this.cases.close();
    this.#live.close();
    this.#leave?.();
  }

  /** Opens the desk here, wherever it is open now. */
  async takeOver(): Promise<void> {
    if (this.seat.kind === 'elsewhere' && this.seat.other === 'server') {
      await this.request({ type: 'take_over' });
    } else {
      this.seat = { kind: 'taking' };
      this.#stealing = true;
      await this.open(true);
    }
  }

  /** Sends without waiting for an answer; whether it went out. */
  tell(request: Request): boolean {
    this.#of += 1;
    return this.#live.send({ ...request, of: this.#of });
  }

  /** Asks the server; what it refuses is shown, and returned. */
  async request(request: Request): Promise<Settled> {
    const settled = await this.#send(request);
    this.problem = settled;
    return settled;
  }

  #send(request: Request): Promise<Settled> {
    if (!this.tell(request)) {
      return Promise.resolve({ title: t('problem.not_connected'), detail: t('problem.not_connected_detail') });
    }
    const of = this.#of;
    return new Promise((settle) => {
      const late = setTimeout(() => finish({ title: t('problem.late'), detail: t('problem.late_detail') }), ANSWER_MS);
      const finish = (settled: Settled): void => {
        clearTimeout(late);
        this.#pending.delete(of);
        settle(settled);
      };
      this.#pending.set(of, finish);
    });
  }

  say(sentences: readonly Sentence[]): void {
    for (const sentence of sentences) this.said.push({ sentence, n: ++this.#said });
    this.said = this.said.slice(-6);
  }

  // ── Wrap-ups ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** The form of the contact on the desk: the draft, else what the server has, else empty. */
  get form(): WrapUp | null {
    const contact = this.desk?.contact ?? null;
    if (contact === null) return null;
    const draft = drafts.draftOf(this.drafts, contact.id);
    const stored = this.desk?.wrap_up ?? null;
    if (draft !== null) return draft;
    return stored?.contact === contact.id ? stored : drafts.emptyFor(contact);
  }

  /** The agent has changed the form; it goes to the server by itself when typing rests. */
  edit(form: WrapUp): void {
    this.#keep(drafts.keep(this.drafts, $state.snapshot(form)));
    this.saved = 'saving';
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => void this.save(form.contact), SAVE_MS);
  }

  /** Brings a draft to the server; it is a draft no longer once it is there. */
  async save(contact: number): Promise<boolean> {
    clearTimeout(this.#saving);
    const draft = drafts.draftOf(this.drafts, contact);
    if (draft === null) return true;
    const here = this.desk?.contact?.id === contact;
    const settled = here ? await this.#send({ type: 'wrap_up', wrap_up: draft }) : await this.correct(draft);
    const still = drafts.draftOf(this.drafts, contact);
    if (settled === null && still !== null && drafts.same(still, draft)) {
      // It was said that the server has it; until the desk says so too, the form must not be empty.
      if (this.desk?.contact?.id === contact) this.desk.wrap_up = draft;
      this.#keep(drafts.drop(this.drafts, contact));
      this.saved = 'saved';
      this.#note(draft);
    }
    if (settled !== null) this.saved = 'failed';
    return settled === null;
  }

  /** Corrects a wrap-up of an earlier call. */
  async correct(wrapUp: WrapUp): Promise<Settled> {
    const call = { method: 'PUT', body: wrapUp, shape: null, language: tongue.language } as const;
    const answer = await ask(`/api/wrap-ups/${wrapUp.contact}`, call);
    if (answer.kind === 'fine') {
      this.#keep(drafts.drop(this.drafts, wrapUp.contact));
      this.#note(wrapUp);
      return null;
    }
    if (answer.kind === 'refused' && answer.status === 401) void sessions.over();
    const told = answer.kind === 'refused' ? answer.problem : null;
    return told ?? { title: t('problem.unreachable'), detail: t('problem.unreachable_detail') };
  }

  /** The shift or the session ends: nothing that was typed stays in this browser. */
  forget(): void {
    clearTimeout(this.#saving);
    this.drafts = [];
    this.done = [];
    sessionStorage.removeItem(this.#drawer);
    this.knowledge.forget();
    this.cases.forget();
  }

  /** Opens the form of a case for the call on the desk, filled with what is known of it. */
  beginCase(): void {
    const contact = this.desk?.contact ?? null;
    const form = this.form;
    if (contact === null || form === null) return;
    this.cases.begin(
      fromCall($state.snapshot(contact), $state.snapshot(form), {
        kept: $state.snapshot(this.knowledge.kept),
        answer: $state.snapshot(this.knowledge.answer),
      }),
    );
  }

  /** The call of the case is to be answered; it may be an earlier one by now. */
  #filed(draft: CaseDraft): void {
    const { contact, concern, place } = draft;
    const here = this.desk?.contact?.id === contact ? this.form : null;
    const earlier = this.done.find((one) => one.contact === contact) ?? null;
    const form = here ?? drafts.draftOf(this.drafts, contact) ?? earlier;
    if (form === null) return;
    const noted = drafts.withCase(form, concern, place?.name ?? null);
    if (here !== null) return this.edit(noted);
    this.#keep(drafts.keep(this.drafts, $state.snapshot(noted)));
    void this.correct(noted);
  }

  /** What was looked up while somebody calls is their concern. */
  #lookedUp(title: string, place: string | null): void {
    const form = this.form;
    const state = this.desk?.agent.state;
    if (form === null || (state !== 'talking' && state !== 'wrap_up')) return;
    const noted = drafts.withLookedUp(form, title, place);
    if (!drafts.same(form, noted)) this.edit(noted);
  }

  #keep(kept: drafts.Drafts): void {
    this.drafts = kept;
    sessionStorage.setItem(this.#drawer, drafts.write(kept));
  }

  #note(wrapUp: WrapUp): void {
    const earlier = this.done.find((one) => one.contact === wrapUp.contact);
    const noted = { ...wrapUp, ended: wrapUp.ended ?? earlier?.ended ?? null };
    this.done = [noted, ...this.done.filter((one) => one.contact !== wrapUp.contact)];
  }

  #flush(): void {
    const contact = this.desk?.contact?.id;
    if (contact !== undefined && this.saved === 'saving') void this.save(contact);
  }

  get #drawer(): string {
    return `amtsleitung.drafts.${this.#person}`;
  }

  async #shift(): Promise<void> {
    const found = await ask('/api/wrap-ups/mine', { shape: protocol.wrapUps, language: tongue.language });
    if (found.kind === 'fine') this.done = found.value.wrap_ups;
  }

  // ── The socket ───────────────────────────────────────────────────────────────────────────────────────────────────

  #receive(message: ToDesk): void {
    this.#losses = 0;
    switch (message.type) {
      case 'desk':
        return this.#replace(message.desk);
      case 'done':
        return this.#pending.get(message.of)?.(null);
      case 'refused':
        return this.#refused(message.of, message.problem);
      case 'sdp':
        return this.heard.sdp?.(message.sdp);
      case 'elsewhere':
        this.seat = { kind: 'elsewhere', since: message.since, other: 'server' };
        if (this.#stealing) void this.request({ type: 'take_over' });
        this.#stealing = false;
        return;
      case 'taken_over':
        return this.#taken();
      case 'bye':
        this.forget();
        void sessions.over();
    }
  }

  /** What the telephone refuses comes later than the answer to the request: it is told all the same. */
  #refused(of: number, problem: Problem): void {
    const waits = this.#pending.get(of);
    if (waits === undefined) this.problem = problem;
    else waits(problem);
  }

  #replace(desk: Desk): void {
    const before = this.desk;
    now.set(desk.now);
    this.seat = { kind: 'here' };
    this.say(announce(before, desk, speaker()));
    if (before !== null && before.agent.state !== 'signed_off' && desk.agent.state === 'signed_off') this.forget();
    const left = before?.contact?.id;
    if (left !== undefined && left !== desk.contact?.id) this.#left(left);
    this.desk = desk;
    // Who answers the next call has its greeting to read; what was typed for the last one is kept.
    if (desk.agent.state === 'talking' && this.cases.open !== null && this.cases.open !== desk.contact?.id) {
      if (before?.agent.state !== 'talking') this.cases.close();
    }
    this.knowledge.follow(desk);
    this.heard.desk?.(desk);
    if (this.#unsaved) for (const draft of this.drafts) void this.save(draft.contact);
    this.#unsaved = false;
  }

  /** The call is another: what was typed for the last one goes to the server as it stands. */
  #left(contact: number): void {
    this.saved = 'nothing';
    if (drafts.draftOf(this.drafts, contact) !== null) setTimeout(() => void this.save(contact));
  }

  #status(status: Status): void {
    const before = this.status;
    this.status = status;
    if (status === 'open') {
      this.#unsaved = true;
      this.heard.open?.();
      if (before === 'lost') this.say([{ text: t('say.connected'), urgent: false }]);
    }
    if (status !== 'lost' || before === 'lost') {
      if (status === 'lost' && ++this.#losses % ASK_AFTER_LOSSES === 0) void sessions.look();
      return;
    }
    this.#losses += 1;
    this.say([{ text: t('say.lost'), urgent: true }]);
    for (const finish of [...this.#pending.values()]) {
      finish({ title: t('problem.not_connected'), detail: t('problem.not_connected_detail') });
    }
  }

  #taken(): void {
    this.seat = { kind: 'taken' };
    this.#live.close();
    this.#leave?.();
    this.#leave = null;
  }
}
