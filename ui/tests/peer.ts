// SPDX-License-Identifier: EUPL-1.2
/**
 * A server for tests of the pages: real HTTP and WebSockets, and a desk that does what it is asked.
 *
 * It is no model of the centre. It knows the way of one call, so that a page can be driven through it, and it
 * reads every message with the page's own description of the protocol, strictly: a page that says more or less
 * than was agreed fails its test.
 */

import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';
import * as protocol from '../src/protocol.ts';
import type { Board, Desk, FromDesk, ToDesk, WrapUp } from '../src/protocol.ts';
import { read } from '../src/shape.ts';
import * as world from './world.ts';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** As the server sends it: nothing inline, nothing from elsewhere. */
export const POLICY =
  "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

export class Peer {
  readonly address: string;
  /** All that pages asked for on the desk's socket, in order. */
  readonly asked: FromDesk[] = [];
  /** What was asked by REST, as `POST /api/…`. */
  readonly rest: { call: string; body: unknown }[] = [];
  /** Faults of the page: messages that are not as agreed. */
  readonly faults: string[] = [];
  readonly wrapUps = new Map<number, WrapUp>();
  desk: Desk = world.desk();
  board: Board = world.board();
  signedIn = false;
  roles: protocol.Role[] = ['agent', 'supervisor', 'reporter'];
  offer: protocol.SignIn = world.signIn();
  /** Where a page goes when it has signed out. */
  leadsTo: string | null = null;
  /** The next request is refused with this. */
  refusing: protocol.Problem | null = null;
  /** The next REST request ends with this status. */
  failing: { status: number; retry?: number } | null = null;
  elsewhere: string | null = null;
  /** Takes everything and says nothing, as a connection that is dead and does not know it. */
  silent = false;
  /** Answers an offer of the page's telephone; without it the telephone stays connecting. */
  answer: ((sdp: string) => Promise<string>) | null = null;
  contacts: protocol.Contacts = world.contacts();
  catalogue: protocol.FoundServices['state'] = 'ready';
  cases: protocol.CaseView[] = world.cases();
  /** Without a clock for feedback a centre keeps no cases. */
  keepsCases = true;
  /** What was asked of cases, as agreed. */
  readonly filed: protocol.NewCase[] = [];
  readonly acts: protocol.CaseAct[] = [];
  /** What editors were told. */
  readonly tasks: protocol.NewTask[] = [];
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #desks = new Set<WebSocket>();
  readonly #boards = new Set<WebSocket>();
  #down = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.address = `http://localhost:${port}`;
  }

  static async start(): Promise<Peer> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const peer = new Peer(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => void peer.#serve(request, response));
    server.on('upgrade', (request, socket, head) => {
      if (peer.#down || !peer.signedIn) return socket.destroy();
      peer.#sockets.handleUpgrade(request, socket, head, (ws) => peer.#accept(request.url ?? '', ws));
    });
    return peer;
  }

  async stop(): Promise<void> {
    for (const socket of [...this.#desks, ...this.#boards]) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  /** From now on nobody is let in, and who was in is cut off. */
  away(): void {
    this.#down = true;
    for (const socket of [...this.#desks, ...this.#boards]) socket.terminate();
  }

  back(): void {
    this.#down = false;
  }

  /** Changes the desk and tells every page of it. */
  change(change: (desk: Desk) => void): void {
    change(this.desk);
    this.desk.now = new Date().toISOString();
    const desk = read(protocol.desk, JSON.parse(JSON.stringify(this.desk)), true);
    if (this.elsewhere === null) for (const socket of this.#desks) tell(socket, { type: 'desk', desk });
  }

  changeBoard(change: (board: Board) => void): void {
    change(this.board);
    this.board.now = new Date().toISOString();
    const board = read(protocol.board, JSON.parse(JSON.stringify(this.board)), true);
    for (const socket of this.#boards) socket.send(JSON.stringify({ type: 'board', board }));
  }

  /** Says something to every desk page, agreed or not. */
  say(text: string): void {
    for (const socket of this.#desks) socket.send(text);
  }

  tellDesks(message: ToDesk): void {
    for (const socket of this.#desks) tell(socket, message);
  }

  // ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.address);
    if (this.#down) return void response.destroy();
    if (url.pathname.startsWith('/api/')) return this.#api(request, response, url);
    const path = normalize(url.pathname);
    const file = extname(path) === '' ? 'index.html' : path;
    try {
      const content = await readFile(join(DIST, file));
      response.writeHead(200, {
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  async #api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = request.method ?? 'GET';
    const body: unknown = method === 'GET' ? null : await bodyOf(request);
    const call = `${method} ${url.pathname}`;
    this.rest.push({ call, body });
    if (method !== 'GET' && request.headers['x-amtsleitung'] !== '1') this.faults.push(`${call} has no header`);
    if (this.failing !== null && !call.endsWith('/api/sign-in')) {
      const { status, retry } = this.failing;
      this.failing = null;
      if (retry !== undefined) response.setHeader('Retry-After', String(retry));
      return refuse(response, status, 'Das ist nicht erlaubt.', 'Diese Leitung gehört nicht zu Ihnen.');
    }
    if (call === 'GET /api/sign-in') return json(response, this.offer);
    if (call === 'POST /api/session') return this.#signIn(response, body);
    if (!this.signedIn) return refuse(response, 401, 'Nicht angemeldet.', null);
    if (call === 'GET /api/session') return json(response, world.session(this.roles));
    if (call === 'DELETE /api/session') {
      this.signedIn = false;
      return json(response, { leads_to: this.leadsTo });
    }
    if (call === 'GET /api/directory') return json(response, world.directory(url.searchParams.get('q') ?? ''));
    if (url.pathname.startsWith('/api/knowledge/')) return this.#knowledge(call, response, url, body);
    if (url.pathname.startsWith('/api/cases')) return this.#cases(call, response, url, body);
    if (call === 'GET /api/board') return json(response, this.board);
    if (call === 'GET /api/wrap-ups/mine') return json(response, { wrap_ups: [...this.wrapUps.values()].reverse() });
    if (call === 'GET /api/contacts') return json(response, this.contacts);
    if (call.startsWith('PUT /api/wrap-ups/')) return this.#correct(response, url, body);
    if (method === 'POST' && /^\/api\/(lines|plans|contacts)\/[^/]+\/[a-z]+$/.test(url.pathname)) {
      return json(response, { position: 1 });
    }
    this.faults.push(`${call} is not agreed`);
    return refuse(response, 404, 'Nicht gefunden.', null);
  }

  #knowledge(call: string, response: ServerResponse, url: URL, body: unknown): void {
    const words = url.searchParams.get('q') ?? '';
    const area = url.searchParams.get('place');
    if (call === 'GET /api/knowledge/search') {
      const found = this.catalogue === 'ready' ? world.services(words) : { state: this.catalogue, hits: [], more: false };
      return json(response, found);
    }
    if (call === 'GET /api/knowledge/places') return json(response, { places: world.places(words), more: 0 });
    if (call === 'POST /api/knowledge/tasks') {
      try {
        this.tasks.push(read(protocol.newTask, body, true));
        return json(response, { number: this.tasks.length });
      } catch (error) {
        this.faults.push(String(error));
        return refuse(response, 400, 'Das ist keine Aufgabe.', null);
      }
    }
    const answer = world.answer(decodeURIComponent(url.pathname.split('/').at(-1) ?? ''), area);
    return answer === null ? refuse(response, 404, 'Nicht gefunden.', null) : json(response, answer);
  }

  #cases(call: string, response: ServerResponse, url: URL, body: unknown): void {
    if (!this.keepsCases) return refuse(response, 409, 'Das geht gerade nicht.', 'In diesem Servicecenter werden keine Vorgänge geführt.');
    if (call === 'GET /api/cases') {
      const { searchParams } = url;
      return json(response, world.listed(this.cases, searchParams.get('show') ?? 'open', searchParams.get('q') ?? ''));
    }
    if (call === 'GET /api/cases/due') return json(response, { due: { at: world.dueIn(24), stopped: false } });
    try {
      if (call === 'POST /api/cases') return this.#file(response, read(protocol.newCase, body, true));
      const one = this.cases.find((one) => url.pathname.split('/')[3] === String(one.number));
      if (one === undefined) return refuse(response, 404, 'Nicht gefunden.', 'Das gibt es nicht, oder nicht für Sie.');
      if (call.startsWith('POST ')) {
        const act = read(protocol.caseAct, body, true);
        this.acts.push(act);
        if (act.act === 'merge' && act.into >= one.number) {
          return refuse(response, 409, 'Das geht gerade nicht.', 'Ein Vorgang geht nur in einem älteren weiter.');
        }
        world.actOn(one, act);
      }
      json(response, read(protocol.caseView, JSON.parse(JSON.stringify({ ...one, now: world.ago(0) })), true));
    } catch (error) {
      this.faults.push(String(error));
      refuse(response, 400, 'Das ist kein Vorgang.', null);
    }
  }

  #file(response: ServerResponse, asked: protocol.NewCase): void {
    this.filed.push(asked);
    const number = 1 + Math.max(...this.cases.map((one) => one.number));
    const one = world.filed(number, asked);
    this.cases.push(one);
    json(response, one);
  }

  #signIn(response: ServerResponse, body: unknown): void {
    const given = body as { name?: unknown; password?: unknown };
    if (given.name !== world.NAME || given.password !== world.PASSWORD) {
      return refuse(response, 401, 'Name oder Kennwort stimmt nicht.', null);
    }
    this.signedIn = true;
    json(response, world.session(this.roles));
  }

  #correct(response: ServerResponse, url: URL, body: unknown): void {
    try {
      const wrapUp = read(protocol.wrapUp, body, true);
      if (!url.pathname.endsWith(`/${wrapUp.contact}`)) this.faults.push(`${url.pathname} is another contact`);
      this.wrapUps.set(wrapUp.contact, wrapUp);
      json(response, wrapUp);
    } catch (error) {
      this.faults.push(String(error));
      refuse(response, 400, 'Das ist keine Nachbearbeitung.', null);
    }
  }

  // ── Sockets ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #accept(path: string, socket: WebSocket): void {
    if (path === '/api/board/live') {
      this.#boards.add(socket);
      socket.on('close', () => this.#boards.delete(socket));
      socket.on('message', () => this.faults.push('a board was spoken to'));
      this.changeBoard(() => {});
      const timer = setInterval(() => this.changeBoard(() => {}), 5_000);
      socket.on('close', () => clearInterval(timer));
      return;
    }
    this.#desks.add(socket);
    socket.on('close', () => this.#desks.delete(socket));
    let last = 0;
    socket.on('message', (data) => {
      try {
        const message = read(protocol.fromDesk, JSON.parse(String(data)), true);
        if (message.of <= last) this.faults.push(`${message.type}: ${message.of} after ${last}`);
        last = message.of;
        if (message.type !== 'ping') this.asked.push(message);
        void this.#asked(socket, message);
      } catch (error) {
        this.faults.push(String(error));
      }
    });
    if (this.elsewhere !== null) return tell(socket, { type: 'elsewhere', since: this.elsewhere });
    this.change(() => {});
  }

  async #asked(socket: WebSocket, message: FromDesk): Promise<void> {
    if (message.type === 'take_over') {
      for (const other of this.#desks) if (other !== socket) tell(other, { type: 'taken_over' });
      this.elsewhere = null;
    }
    if (this.silent) return;
    if (message.type === 'ping') return tell(socket, { type: 'done', of: message.of });
    if (message.type === 'offer') {
      tell(socket, { type: 'done', of: message.of });
      const sdp = await this.answer?.(message.sdp);
      if (sdp !== undefined) {
        tell(socket, { type: 'sdp', sdp });
        this.change((desk) => (desk.softphone.connected = true));
      }
      return;
    }
    if (this.refusing !== null) {
      const problem = this.refusing;
      this.refusing = null;
      return tell(socket, { type: 'refused', of: message.of, problem });
    }
    tell(socket, { type: 'done', of: message.of });
    if (message.type === 'wrap_up') this.wrapUps.set(message.wrap_up.contact, message.wrap_up);
    this.change((desk) => world.act(desk, message));
  }
}

function tell(socket: WebSocket, message: ToDesk): void {
  socket.send(JSON.stringify(read(protocol.toDesk, message, true)));
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, title: string, detail: string | null): void {
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title, status, detail }));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? null : JSON.parse(text);
}
