// SPDX-License-Identifier: EUPL-1.2
/** Whether somebody types there: whoever types goes on typing, whatever rings. */
export function isTyping(element: Element | null): boolean {
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLInputElement && element.type !== 'checkbox' && element.type !== 'radio')
  );
}
