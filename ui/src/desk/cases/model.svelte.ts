// SPDX-License-Identifier: EUPL-1.2
/** Cases that this desk begins and files. */

import { t, tongue } from '../../language.svelte.ts';
import { ask, type Answer } from '../../net/rest.ts';
import { now } from '../../now.svelte.ts';
import * as protocol from '../../protocol.ts';
import type { Due, Problem } from '../../protocol.ts';
import { sessions } from '../../session.svelte.ts';
import { spokenMoment } from '../../time.ts';
import * as kept from './kept.ts';
import type { CaseDraft } from './kept.ts';

/** The moment that is read aloud moves on with the clock. */
const DUE_AGAIN_MS = 30_000;
/** What has come of the form, as long as the desk shows it. */
export interface Filed {
  contact: number;
  number: number;
  words: string;
}

interface Heard {
  /** To be read by a screen reader. */
  say: (text: string) => void;
  /** A case was filed from this call. */
  filed: (draft: CaseDraft) => void;
}

export class DeskCases {
  drafts: kept.CaseDrafts = $state.raw([]);
  /** Of which call the form is open. */
  open: number | null = $state(null);
  /** By when somebody would come back; null while nobody knows. */
  due: Due | null = $state.raw(null);
  problem: Problem | null = $state(null);
  busy = $state(false);
  /** The case that was filed last. */
  filed: Filed | null = $state.raw(null);

  readonly #person: string;
  readonly #heard: Heard;
  #asking: ReturnType<typeof setInterval> | undefined;

  constructor(person: string, heard: Heard) {
    this.#person = person;
    this.#heard = heard;
    this.drafts = kept.readBack(sessionStorage.getItem(this.#drawer));
  }

  get draft(): CaseDraft | null {
    return this.drafts.find((one) => one.contact === this.open) ?? null;
  }

  /** Opens the form with what is known of the call, and with what was typed in it before. */
  begin(fresh: CaseDraft): void {
    const before = this.drafts.find((one) => one.contact === fresh.contact);
    this.edit(before === undefined ? fresh : kept.goOn(before, fresh));
    this.goOn(fresh.contact);
  }

  /** Opens a draft of an earlier call. */
  goOn(contact: number): void {
    if (this.open !== contact) this.problem = null;
    this.open = contact;
    clearInterval(this.#asking);
    this.#asking = setInterval(() => void this.#askDue(), DUE_AGAIN_MS);
    void this.#askDue();
  }

  edit(draft: CaseDraft): void {
    this.#keep(kept.keep(this.drafts, draft));
  }

  /** The draft stays. */
  close(): void {
    this.open = null;
    this.problem = null;
    clearInterval(this.#asking);
  }

  drop(contact: number): void {
    if (this.open === contact) this.close();
    this.#keep(kept.drop(this.drafts, contact));
  }

  /** Files the open draft; whether it is filed. Whatever was refused, the draft is still there. */
  async file(): Promise<boolean> {
    const draft = this.draft;
    if (draft === null || this.busy) return false;
    this.busy = true;
    const call = { method: 'POST', body: kept.toServer(draft), shape: protocol.caseView, language: tongue.language } as const;
    const answer = await ask('/api/cases', call);
    this.busy = false;
    if (answer.kind !== 'fine') {
      this.#refused(answer);
      return false;
    }
    const { number, due } = answer.value;
    this.drop(draft.contact);
    const words = filedWords(number, due);
    this.filed = { contact: draft.contact, number, words };
    this.#heard.say(words);
    this.#heard.filed(draft);
    return true;
  }

  /** The shift or the session ends. */
  forget(): void {
    this.close();
    this.filed = null;
    this.drafts = [];
    sessionStorage.removeItem(this.#drawer);
  }

  async #askDue(): Promise<void> {
    const answer = await ask('/api/cases/due', { shape: protocol.dueNow, language: tongue.language });
    if (answer.kind === 'fine') this.due = answer.value.due;
    // Whoever keeps no cases says so before anything is typed in vain.
    else if (answer.kind === 'refused') this.#refused(answer);
  }

  #refused(answer: Exclude<Answer<unknown>, { kind: 'fine' }>): void {
    if (answer.kind === 'refused' && answer.status === 401) return void sessions.over();
    const told = answer.kind === 'refused' ? answer.problem : null;
    this.problem = told ?? { title: t('problem.unreachable'), detail: t('problem.unreachable_detail') };
  }

  #keep(drafts: kept.CaseDrafts): void {
    this.drafts = drafts;
    sessionStorage.setItem(this.#drawer, kept.write(drafts));
  }

  get #drawer(): string {
    return `amtsleitung.cases.${this.#person}`;
  }
}

function filedWords(n: number, due: Due): string {
  if (due.at === null) return t('case_form.filed_open', { n });
  return t('case_form.filed', { n, moment: spokenMoment(due.at, now.ms, tongue.language) });
}
