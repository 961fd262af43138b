// SPDX-License-Identifier: EUPL-1.2
/**
 * Shapes of JSON: what a message may look like, said once, as a type and as a check.
 *
 * Rule: nothing that came from the network is used before a shape has read it.
 */

/** What was wrong with a value, and where. */
export class Misshapen extends Error {}

/** Reads an unknown value; throws `Misshapen`. `strict` refuses keys that the shape does not know. */
export type Shape<T> = (value: unknown, at: string, strict: boolean) => T;

export type Of<S> = S extends Shape<infer T> ? T : never;

function fail(at: string, wanted: string): never {
  throw new Misshapen(`${at || 'message'}: ${wanted}`);
}

/** Reads `value`. A peer that is older or newer may say more than we know, so keys are free unless `strict`. */
export function read<T>(shape: Shape<T>, value: unknown, strict = false): T {
  return shape(value, '', strict);
}

export const text: Shape<string> = (value, at) => (typeof value === 'string' ? value : fail(at, 'a text'));

export const flag: Shape<boolean> = (value, at) => (typeof value === 'boolean' ? value : fail(at, 'true or false'));

export const decimal: Shape<number> = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail(at, 'a number');

export const whole: Shape<number> = (value, at) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail(at, 'a whole number from 0');

/** A point in time, RFC 3339 in UTC. */
export const time: Shape<string> = (value, at) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : fail(at, 'a time such as 2026-03-02T08:00:00.000Z');

export const nothing: Shape<null> = (value, at) => (value === null ? null : fail(at, 'null'));

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, at, strict) => (value === null ? null : shape(value, at, strict));
}

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return (value, at) =>
    words.includes(value as T) ? (value as T) : fail(at, `one of ${words.join(', ')}`);
}

export function list<T>(shape: Shape<T>, most: number): Shape<T[]> {
  return (value, at, strict) => {
    if (!Array.isArray(value)) return fail(at, 'a list');
    if (value.length > most) return fail(at, `at most ${most} items`);
    return value.map((item, index) => shape(item, `${at}[${index}]`, strict));
  };
}

type Fields = Record<string, Shape<unknown>>;
type Object<F extends Fields> = { [K in keyof F]: Of<F[K]> };

export function object<F extends Fields>(fields: F): Shape<Object<F>> {
  return (value, at, strict) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(at, 'an object');
    const given = value as Record<string, unknown>;
    const stranger = strict && Object.keys(given).find((key) => !(key in fields));
    if (typeof stranger === 'string') return fail(`${at}.${stranger}`, 'an unknown key');
    const made: Record<string, unknown> = {};
    for (const [key, shape] of Object.entries(fields)) {
      made[key] = shape(given[key], at ? `${at}.${key}` : key, strict);
    }
    return made as Object<F>;
  };
}

type Tagged<F extends Record<string, Fields>, By extends string> = {
  [K in keyof F]: { [B in By]: K } & Object<F[K]>;
}[keyof F];

/** Messages told apart by their `type`, or by another key. */
export function tagged<F extends Record<string, Fields>, const By extends string = 'type'>(
  kinds: F,
  by: By = 'type' as By,
): Shape<Tagged<F, By>> {
  return (value, at, strict) => {
    const type = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[by] : undefined;
    const fields = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (fields === undefined) return fail(at, `one of ${Object.keys(kinds).join(', ')} as its ${by}`);
    const shape = object({ ...fields, [by]: text as Shape<unknown> });
    return shape(value, at, strict) as Tagged<F, By>;
  };
}
