// SPDX-License-Identifier: EUPL-1.2
/** Times and numbers as people read them. Everything here is a function of its arguments. */

export type Language = 'de' | 'en';

/** Seconds from `since` to `now_ms`, never below 0: clocks of two machines differ by a little. */
export function secondsSince(since: string, now_ms: number): number {
  return Math.max(0, Math.floor((now_ms - Date.parse(since)) / 1_000));
}

/** Seconds from `now_ms` to `until`, never below 0. */
export function secondsUntil(until: string, now_ms: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - now_ms) / 1_000));
}

/** `0:07`, `12:40`, `1:02:03`. */
export function stopwatch(seconds: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** `08:30`, in the local time of the desk. */
export function clock(at: string, language: Language): string {
  return new Date(at).toLocaleTimeString(language === 'de' ? 'de-DE' : 'en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** `Mo 08:30` beyond today, `08:30` within it. */
export function clockOrDay(at: string, now_ms: number, language: Language): string {
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  const date = new Date(at);
  const today = date.toDateString() === new Date(now_ms).toDateString();
  const day = today ? '' : `${date.toLocaleDateString(locale, { weekday: 'short' })} `;
  return day + clock(at, language);
}

/** `3. Februar 2014`. */
export function day(at: string, language: Language): string {
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  return new Date(at).toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric' });
}

/** The days that have a name of their own beside today, counted from today. */
const DAYS_NAMED = 6;

/**
 * `gestern`, `heute`, `morgen`, `Montag`, and with its date beyond a week or longer ago: `Montag, 9. Dezember`, with
 * the year if it is another. The days are those of the wall, so that a night with 23 or 25 hours counts as one.
 */
export function dayName(at: string, now_ms: number, language: Language): string {
  const locale = language === 'de' ? 'de-DE' : 'en-GB';
  const date = new Date(at);
  const today = new Date(now_ms);
  const days = Math.round((midnight(date) - midnight(today)) / 86_400_000);
  const near = language === 'de' ? ['gestern', 'heute', 'morgen'] : ['yesterday', 'today', 'tomorrow'];
  const named = near[days + 1];
  if (named !== undefined) return named;
  const name = date.toLocaleDateString(locale, { weekday: 'long' });
  if (days > 0 && days <= DAYS_NAMED) return name;
  const year = date.getFullYear() === today.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return `${name}, ${date.toLocaleDateString(locale, { day: 'numeric', month: 'long', ...year })}`;
}

/** `Montag, 14 Uhr`: as one says it. */
export function spokenMoment(at: string, now_ms: number, language: Language): string {
  const date = new Date(at);
  const german = language === 'de';
  const name = dayName(at, now_ms, language);
  if (!german) return `${name} at ${clock(at, language)}`;
  const minutes = date.getMinutes();
  return `${name}, ${date.getHours()}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`} Uhr`;
}

/** `Montag, 14:00`: as it stands in a list. */
export function momentInList(at: string, now_ms: number, language: Language): string {
  return `${dayName(at, now_ms, language)}, ${clock(at, language)}`;
}

function midnight(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

/** `83 %`; cut, never rounded up: 79.9 % has not reached 80 %. */
export function percent(part: number): string {
  // Shares come as decimals: 0.29 × 100 is a hair below 29.
  return `${Math.floor(part * 100 + 1e-9)}\u00a0%`;
}
