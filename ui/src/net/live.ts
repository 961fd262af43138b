// SPDX-License-Identifier: EUPL-1.2
/**
 * A socket that is meant to stay: it comes back by itself, and says plainly when it is away.
 *
 * Rule: a message that does not have its shape is never handed on; it is told as a fault, and the socket stays.
 */

import { Misshapen, read, type Shape } from '../shape.ts';
import { waitBefore } from './backoff.ts';

export type Status = 'connecting' | 'open' | 'lost';

export interface Listener<T> {
  status(status: Status): void;
  message(message: T): void;
  /** The server said something that we do not understand. */
  misshapen(fault: string): void;
}

/** Unanswered for so long, or silent where the server speaks by itself, a connection is taken for dead. */
const UNANSWERED_MS = 4_000;
const SILENCE_MS = 10_000;
/** How often we look, and ask for a word where the server has no reason of its own to speak. */
const LOOK_MS = 2_000;
/** A connection that is not there by then is tried anew. */
const OPENING_MS = 5_000;

export class Live<T> {
  readonly #path: string;
  readonly #shape: Shape<T>;
  readonly #listener: Listener<T>;
  /** Asks the server for a word; for sockets on which it speaks by itself anyway, nothing. */
  readonly #ping: (() => void) | null;
  #socket: WebSocket | null = null;
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;
  #heard = 0;
  /** When the first question was asked that nothing has followed yet. */
  #asked: number | null = null;
  #began = 0;

  constructor(path: string, shape: Shape<T>, listener: Listener<T>, ping: (() => void) | null) {
    this.#path = path;
    this.#shape = shape;
    this.#listener = listener;
    this.#ping = ping;
  }

  open(): void {
    this.#watch = setInterval(() => this.#look(), LOOK_MS);
    window.addEventListener('offline', this.#offline);
    window.addEventListener('online', this.#online);
    document.addEventListener('visibilitychange', this.#seen);
    this.#connect();
  }

  close(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#timer);
    window.removeEventListener('offline', this.#offline);
    window.removeEventListener('online', this.#online);
    document.removeEventListener('visibilitychange', this.#seen);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** Whether it went out. Nothing is kept for later: what was asked before an outage may not fit after it. */
  send(message: unknown): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#listener.status(this.#attempt === 0 ? 'connecting' : 'lost');
    const address = new URL(this.#path, window.location.href);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(address);
    this.#socket = socket;
    this.#began = performance.now();
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return;
      this.#heard = performance.now();
      this.#asked = null;
      this.#listener.status('open');
    });
    socket.addEventListener('message', (event) => {
      if (this.#socket === socket) this.#receive(event.data);
    });
    socket.addEventListener('close', () => this.#lost(socket));
  }

  #receive(data: unknown): void {
    this.#heard = performance.now();
    this.#asked = null;
    this.#attempt = 0;
    let message: T;
    try {
      message = read(this.#shape, JSON.parse(String(data)));
    } catch (error) {
      if (!(error instanceof Misshapen) && !(error instanceof SyntaxError)) throw error;
      this.#listener.misshapen(error.message);
      return;
    }
    this.#listener.message(message);
  }

  #lost(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#listener.status('lost');
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), waitBefore(this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #look(): void {
    const socket = this.#socket;
    if (socket === null) return;
    const now = performance.now();
    const opening = socket.readyState === WebSocket.CONNECTING && now - this.#began > OPENING_MS;
    if (opening || (socket.readyState === WebSocket.OPEN && this.#isSilent(now))) return this.#drop(socket);
    if (socket.readyState !== WebSocket.OPEN || this.#ping === null) return;
    this.#asked ??= now;
    this.#ping();
  }

  /** Browsers look rarely in a window that nobody sees: silence counts from our question, not from our last look. */
  #isSilent(now: number): boolean {
    if (this.#ping === null) return now - this.#heard > SILENCE_MS;
    return this.#asked !== null && now - this.#asked > UNANSWERED_MS;
  }

  /** A socket without a network closes late or never: we do not wait for it. */
  #drop(socket: WebSocket): void {
    this.#lost(socket);
    socket.close();
  }

  readonly #offline = (): void => {
    if (this.#socket !== null) this.#drop(this.#socket);
  };

  readonly #seen = (): void => {
    if (document.visibilityState === 'visible') this.#online();
  };

  readonly #online = (): void => {
    this.#attempt = 0;
    if (this.#socket === null) this.#connect();
  };
}
