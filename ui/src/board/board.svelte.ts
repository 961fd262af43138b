// SPDX-License-Identifier: EUPL-1.2
/** The board as the server told it last, and what a supervisor asks of it. */

import { t, tongue } from '../language.svelte.ts';
import { Live, type Status } from '../net/live.ts';
import { ask } from '../net/rest.ts';
import { now } from '../now.svelte.ts';
import * as protocol from '../protocol.ts';
import type { Board, Problem, ToBoard } from '../protocol.ts';
import { sessions } from '../session.svelte.ts';

const ASK_AFTER_LOSSES = 3;

export class BoardModel {
  board: Board | null = $state(null);
  status: Status = $state('connecting');
  fault = $state(false);
  #losses = 0;
  readonly #live: Live<ToBoard>;

  constructor() {
    const listener = {
      status: (status: Status) => {
        this.status = status;
        if (status === 'lost' && ++this.#losses % ASK_AFTER_LOSSES === 0) void sessions.look();
      },
      message: (message: ToBoard) => {
        if (message.type === 'bye') return void sessions.over();
        now.set(message.board.now);
        this.board = message.board;
        this.fault = false;
        this.#losses = 0;
      },
      misshapen: (fault: string) => {
        console.error(`board: ${fault}`);
        this.fault = true;
      },
    };
    // The server speaks at least every five seconds: nothing needs to be asked for.
    this.#live = new Live('/api/board/live', protocol.toBoard, listener, null);
  }

  open(): void {
    this.#live.open();
  }

  close(): void {
    this.#live.close();
  }

  /** Does something to a line, a plan or a caller; null if it was done. */
  async act(path: string, body: unknown = {}): Promise<Problem | null> {
    const answer = await ask(path, { method: 'POST', body, shape: null, language: tongue.language });
    if (answer.kind === 'fine') return null;
    if (answer.kind === 'unreachable') return { title: t('problem.unreachable'), detail: t('problem.unreachable_detail') };
    if (answer.status === 401) void sessions.over();
    return answer.problem ?? { title: t('problem.refused'), detail: null };
  }
}
