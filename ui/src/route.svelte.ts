// SPDX-License-Identifier: EUPL-1.2
/** Which page is open: the path of the address, and the back button works. */

export type Page = 'desk' | 'wallboard' | 'contacts';

const PATHS: Record<Page, string> = { desk: '/', wallboard: '/wallboard', contacts: '/wallboard/contacts' };

class Route {
  #path = $state(window.location.pathname);
  #query = $state(window.location.search);

  constructor() {
    window.addEventListener('popstate', () => this.#read());
  }

  get page(): Page {
    const path = this.#path.replace(/(.)\/$/, '$1');
    if (path === PATHS.wallboard) return 'wallboard';
    return path === PATHS.contacts ? 'contacts' : 'desk';
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.#query);
  }

  go(page: Page, query: Record<string, string> = {}): void {
    window.history.pushState(null, '', this.path(page, query));
    this.#read();
  }

  path(page: Page, query: Record<string, string> = {}): string {
    const text = new URLSearchParams(query).toString();
    return PATHS[page] + (text === '' ? '' : `?${text}`);
  }

  #read(): void {
    this.#path = window.location.pathname;
    this.#query = window.location.search;
  }
}

export const route = new Route();

/** For links within the page: opens without loading, unless the person wants a new window. */
export function follow(event: MouseEvent, page: Page, query: Record<string, string> = {}): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  route.go(page, query);
}
