// SPDX-License-Identifier: EUPL-1.2
/** Who is signed in, and what the sign-in page may offer. */

import { tongue } from './language.svelte.ts';
import { ask, type Answer } from './net/rest.ts';
import { session as sessionShape, signedOut, signIn, type Role, type Session, type SignIn } from './protocol.ts';

export type Standing = 'looking' | 'unreachable' | 'out' | 'in';

class Sessions {
  standing: Standing = $state('looking');
  current: Session | null = $state(null);
  offer: SignIn | null = $state(null);
  /** The session ended while the page was open, and not by the person's wish. */
  ended = $state(false);

  async look(): Promise<void> {
    const found = await ask('/api/session', { shape: sessionShape, language: tongue.language });
    if (found.kind === 'fine') this.#enter(found.value);
    else if (found.kind === 'refused' && found.status === 401) {
      this.ended = this.standing === 'in';
      await this.#offer();
    } else if (this.standing !== 'in') this.standing = 'unreachable';
  }

  async signIn(name: string, password: string): Promise<Answer<Session>> {
    const body = { name, password };
    const answer = await ask('/api/session', { method: 'POST', body, shape: sessionShape, language: tongue.language });
    if (answer.kind === 'fine') this.#enter(answer.value);
    return answer;
  }

  /** Learns what the centre is called, for pages that nobody tells. */
  async describe(): Promise<void> {
    if (this.offer !== null) return;
    const found = await ask('/api/sign-in', { shape: signIn, language: tongue.language });
    if (found.kind === 'fine') this.offer = found.value;
  }

  /** True when the server has forgotten us; then nothing of the person stays in this page. */
  async signOut(): Promise<boolean> {
    const answer = await ask('/api/session', { method: 'DELETE', shape: signedOut, language: tongue.language });
    const out = answer.kind === 'fine' || (answer.kind === 'refused' && answer.status === 401);
    if (out) {
      // Whichever page is open: what was typed at the desk goes as well.
      sessionStorage.clear();
      this.ended = false;
      await this.#offer();
    }
    // Whoever vouched shows its own page, and leads back to this one.
    if (answer.kind === 'fine' && answer.value.leads_to !== null) window.location.assign(answer.value.leads_to);
    return out;
  }

  /** The server says that the session is over. */
  async over(): Promise<void> {
    this.ended = true;
    await this.#offer();
  }

  has(role: Role): boolean {
    return this.current?.roles.includes(role) ?? false;
  }

  #enter(session: Session): void {
    this.current = session;
    this.ended = false;
    this.standing = 'in';
  }

  async #offer(): Promise<void> {
    this.current = null;
    const found = await ask('/api/sign-in', { shape: signIn, language: tongue.language });
    this.offer = found.kind === 'fine' ? found.value : null;
    this.standing = found.kind === 'fine' ? 'out' : 'unreachable';
  }
}

export const sessions = new Sessions();
