// SPDX-License-Identifier: EUPL-1.2
/** Which codecs the page offers, and what the browser's counters say of a talk. */

import type { Codec } from '../protocol.ts';

export interface Offerable {
  mimeType: string;
  clockRate: number;
}

/** The clock of all of them; keys by another one belong to codecs that we do not offer (RFC 4733, 2.1). */
const CLOCK_HZ = 8_000;

/** What flows to a trunk without being changed on the way: wide band first, then what every telephone knows. */
const ORDER = ['audio/G722', 'audio/PCMA', 'audio/PCMU', 'audio/telephone-event'];

/** Those that we offer, in our order; the one that is wanted first. */
export function preferred<C extends Offerable>(known: readonly C[], wanted: Codec | null): C[] {
  const first = wanted === null ? [] : [`audio/${wanted}`];
  const order = [...new Set([...first, ...ORDER])].map((name) => name.toLowerCase());
  const ranked = known.filter(
    (codec) => codec.clockRate === CLOCK_HZ && order.includes(codec.mimeType.toLowerCase()),
  );
  const rank = (codec: C): number => order.indexOf(codec.mimeType.toLowerCase());
  return ranked.sort((a, b) => rank(a) - rank(b));
}

/** Counters of what was received so far. */
export interface Counters {
  received: number;
  lost: number;
  jitter_s: number;
  rtt_s: number;
  codec: string;
}

export interface Quality {
  /** From 0 to 1, since the last look. */
  loss: number;
  jitter_ms: number;
  rtt_ms: number;
  codec: string;
}

/** What happened between two looks at the counters; null if nothing came, for nothing can be said then. */
export function quality(before: Counters | null, now: Counters): Quality | null {
  // A connection that was made anew counts from 0 again; lost packets may come late and be taken back.
  const anew = before === null || now.received < before.received;
  const received = now.received - (anew ? 0 : before.received);
  const lost = Math.max(0, now.lost - (anew ? 0 : before.lost));
  if (received + lost <= 0) return null;
  return {
    loss: Math.round((lost / (received + lost)) * 10_000) / 10_000,
    jitter_ms: Math.round(now.jitter_s * 1_000),
    rtt_ms: Math.round(now.rtt_s * 1_000),
    codec: now.codec,
  };
}

/** The counters in the browser's report. */
export function counters(stats: Iterable<Record<string, unknown>>): Counters | null {
  const all = [...stats];
  const inbound = all.find((one) => one['type'] === 'inbound-rtp' && one['kind'] === 'audio');
  if (inbound === undefined) return null;
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const codec = all.find((one) => one['id'] === inbound['codecId']);
  const pair = all.find((one) => one['type'] === 'candidate-pair' && one['nominated'] === true);
  const mime = typeof codec?.['mimeType'] === 'string' ? codec['mimeType'] : '';
  return {
    received: number(inbound['packetsReceived']),
    lost: number(inbound['packetsLost']),
    jitter_s: number(inbound['jitter']),
    rtt_s: number(pair?.['currentRoundTripTime']),
    codec: mime.replace(/^audio\//, ''),
  };
}
