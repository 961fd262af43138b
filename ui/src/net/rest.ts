// SPDX-License-Identifier: EUPL-1.2
/**
 * The server's REST side.
 *
 * Rule: a call never throws. It ends with what was asked for, or with what to tell the person.
 */

import { problem, type Problem } from '../protocol.ts';
import { Misshapen, read, type Shape } from '../shape.ts';

export type Answer<T> =
  | { kind: 'fine'; value: T }
  /** The server said no, in words for people; `status` is HTTP's, `retry_s` how long to wait if it said so. */
  | { kind: 'refused'; status: number; problem: Problem | null; retry_s: number | null }
  /** Nobody answered, or nothing that we understand. */
  | { kind: 'unreachable' };

/** Longer than any answer of a healthy server takes. */
const PATIENCE_MS = 10_000;

export interface Call<T> {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** How the answer looks; `null` where it does not matter. */
  shape: Shape<T> | null;
  language: string;
  signal?: AbortSignal;
}

export async function ask<T>(path: string, call: Call<T>): Promise<Answer<T>> {
  const method = call.method ?? 'GET';
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': call.language });
  // A page of somebody else cannot set a header of its own: with the cookie's SameSite this proves that it was us.
  if (method !== 'GET') headers.set('X-Amtsleitung', '1');
  if (call.body !== undefined) headers.set('Content-Type', 'application/json');
  const signals = [AbortSignal.timeout(PATIENCE_MS), ...(call.signal ? [call.signal] : [])];
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.any(signals),
    });
  } catch {
    return { kind: 'unreachable' };
  }
  if (!response.ok) return refusal(response);
  return call.shape === null ? { kind: 'fine', value: undefined as T } : content(response, call.shape);
}

async function refusal<T>(response: Response): Promise<Answer<T>> {
  // What stands before the server answers for it when it is away.
  if (response.status === 502 || response.status === 503 || response.status === 504) return { kind: 'unreachable' };
  const retry = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  const told = await content(response, problem);
  return {
    kind: 'refused',
    status: response.status,
    problem: told.kind === 'fine' ? told.value : null,
    retry_s: Number.isNaN(retry) ? null : retry,
  };
}

async function content<T>(response: Response, shape: Shape<T>): Promise<Answer<T>> {
  try {
    return { kind: 'fine', value: read(shape, await response.json()) };
  } catch (error) {
    if (error instanceof Misshapen) console.error(`${response.url}: ${error.message}`);
    return { kind: 'unreachable' };
  }
}
