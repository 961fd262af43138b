// SPDX-License-Identifier: EUPL-1.2
/** Whom one may ask, ring, or hand the caller to. */

import type { Entry, Request, To } from '../protocol.ts';
import type { Offered } from './view.ts';

/** What may be dialled by hand: an extension, a number, with the signs people put between. */
const NUMBER = /^(?=.*[0-9])\+?[0-9 ()/-]+$/;

/** What was typed as somebody to ring, if it is a number. */
export function numberEntry(text: string, name: string): Entry | null {
  if (!NUMBER.test(text)) return null;
  const number = text.replace(/[^0-9+]/g, '');
  return { kind: 'phone', id: number, name, detail: null, number, state: null, transfer: true, consult: true };
}

export function mayAsk(entry: Entry, offered: ReadonlySet<Offered>): boolean {
  return entry.consult && entry.number !== null && offered.has('dial');
}

export function mayHandOn(entry: Entry, offered: ReadonlySet<Offered>): boolean {
  return entry.transfer && offered.has('transfer');
}

/** Rings them: beside the caller it is a question, without one an own call. */
export function dialled(entry: Entry, offered: ReadonlySet<Offered>): Request | null {
  return mayAsk(entry, offered) && entry.number !== null ? { type: 'dial', number: entry.number } : null;
}

/** Gives the caller away without asking first. */
export function handOn(entry: Entry, offered: ReadonlySet<Offered>): Request | null {
  return mayHandOn(entry, offered) ? { type: 'transfer', to: target(entry) } : null;
}

function target(entry: Entry): To {
  switch (entry.kind) {
    case 'agent':
    case 'line':
    case 'partner':
      return { kind: entry.kind, id: entry.id };
    case 'office':
    case 'extension':
    case 'phone':
      return { kind: 'number', id: entry.number ?? entry.id };
  }
}
