// SPDX-License-Identifier: EUPL-1.2
/** Why somebody came back from single sign-on without being signed in: the server sends one word in the address. */

import type { Key } from '../words.ts';

/** The server's words (`app/web/src/openid/failure.rs`), and those that are said for them. */
const KNOWN: ReadonlyMap<string, readonly [Key, Key]> = new Map([
  ['away', ['returned.away', 'returned.away_detail']],
  ['strange', ['returned.strange', 'returned.strange_detail']],
  ['denied', ['returned.denied', 'returned.denied_detail']],
  ['stale', ['returned.stale', 'returned.stale_detail']],
  ['refused', ['returned.refused', 'returned.refused_detail']],
  ['clock', ['returned.clock', 'returned.clock_detail']],
  ['no-role', ['returned.no_role', 'returned.no_role_detail']],
  ['no-reach', ['returned.no_reach', 'returned.no_reach_detail']],
  ['too-often', ['returned.too_often', 'returned.too_often_detail']],
  ['busy', ['returned.busy', 'returned.busy_detail']],
]);

/** What to say, by the query of the address; null if nothing is to be said. */
export function returned(query: URLSearchParams): readonly [Key, Key] | null {
  return KNOWN.get(query.get('sign_in') ?? '') ?? null;
}
