// SPDX-License-Identifier: EUPL-1.2
/** Which page is open: the path of the address, and the back button works. */

export type Page = 'desk' | 'wallboard' | 'contacts' | 'cases';

const PATHS: Record<Page, string> = {
  desk: '/',
  wallboard: '/wallboard',
  contacts: '/wallboard/contacts',
  cases: '/vorgaenge',
};
/** One case of them: `/vorgaenge/12`. */
const CASE = new RegExp(`^${PATHS.cases}/([1-9][0-9]{0,15})$`);

export type Query = Record<string, string>;

class Route {
  #path = $state(window.location.pathname);
  #query = $state(window.location.search);
  #desk: string | null = $state(deskOf(window.history.state));

  constructor() {
    window.addEventListener('popstate', () => {
      this.#read();
      this.holdDesk(this.#desk);
    });
  }

  /** Whose desk is open in this window beside the page that is shown; it survives loading the page anew. */
  get desk(): string | null {
    return this.#desk;
  }

  holdDesk(person: string | null): void {
    this.#desk = person;
    if (deskOf(window.history.state) !== person) window.history.replaceState({ desk: person }, '');
  }

  get page(): Page {
    const path = this.#bare;
    if (path === PATHS.wallboard) return 'wallboard';
    if (path === PATHS.contacts) return 'contacts';
    return path === PATHS.cases || CASE.test(path) ? 'cases' : 'desk';
  }

  /** Which case is open, if one is. */
  get number(): number | null {
    const number = CASE.exec(this.#bare)?.[1];
    return number === undefined ? null : Number(number);
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query);
  }

  go(page: Page, query: Query = {}, number: number | null = null): void {
    window.history.pushState({ desk: this.#desk }, '', this.path(page, query, number));
    this.#read();
  }

  /** The same page with other words in its address: nothing that the back button should count. */
  replace(page: Page, query: Query): void {
    window.history.replaceState({ desk: this.#desk }, '', this.path(page, query));
    this.#read();
  }

  path(page: Page, query: Query = {}, number: number | null = null): string {
    const text = new URLSearchParams(query).toString();
    return PATHS[page] + (number === null ? '' : `/${number}`) + (text === '' ? '' : `?${text}`);
  }

  get #bare(): string {
    return this.#path.replace(/(.)\/$/, '$1');
  }

  #read(): void {
    this.#path = window.location.pathname;
    this.#query = window.location.search;
  }
}

function deskOf(state: unknown): string | null {
  const desk = (state as { desk?: unknown } | null)?.desk;
  return typeof desk === 'string' ? desk : null;
}

export const route = new Route();

/** For links within the page: opens without loading, unless the person wants a new window. */
export function follow(event: MouseEvent, page: Page, query: Query = {}, number: number | null = null): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  route.go(page, query, number);
}
