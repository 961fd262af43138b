// SPDX-License-Identifier: EUPL-1.2
/**
 * One desk in one window: a lock of the browser (Web Locks) that the second window asks for in vain.
 *
 * Other browsers and machines are the server's to tell (`elsewhere`).
 */

const SINCE = 'amtsleitung.desk.since';

export interface Seat {
  /** Another window of this browser took the seat. */
  lost(): void;
}

export type Taken = { kind: 'here'; leave: () => void } | { kind: 'elsewhere'; since: string | null };

/** Takes the seat of `person`, from another window too if `steal`. */
export function take(person: string, seat: Seat, steal: boolean): Promise<Taken> {
  const name = `amtsleitung.desk.${person}`;
  return new Promise((settle) => {
    const held = (lock: Lock | null): Promise<void> => {
      if (lock === null) {
        settle({ kind: 'elsewhere', since: localStorage.getItem(SINCE) });
        return Promise.resolve();
      }
      localStorage.setItem(SINCE, new Date().toISOString());
      return new Promise((leave) => settle({ kind: 'here', leave }));
    };
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    // The promise breaks only when another window steals the lock.
    navigator.locks.request(name, options, held).catch(() => seat.lost());
  });
}
