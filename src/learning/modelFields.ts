/** Checks of the fields of a model file: each gives the value, or an InputError that names it. */
import { InputError } from '../support/assert.ts';

/** The fields of an object that has those named, perhaps those of `optional`, and no others. */
export function fieldsOf<const Name extends string, const Optional extends string = never>(
  value: unknown,
  where: string,
  names: readonly Name[],
  optional: readonly Optional[] = [],
): Readonly<Record<Name | Optional, unknown>> {
  if (!isObject(value)) throw wrong(where, 'is not an object');
  const known: readonly string[] = [...names, ...optional];
  const unknownName = Object.keys(value).find((key) => !known.includes(key));
  if (unknownName !== undefined) throw wrong(where, `has an unknown field "${unknownName}"`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw wrong(where, `lacks the field "${missing}"`);
  // Every name was just found, and nothing else; an optional one may be undefined.
  return value as Record<Name | Optional, unknown>;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function oneOf<const T>(value: unknown, where: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw wrong(where, `is ${JSON.stringify(value)}, not ${allowed.join(' or ')}`);
  }
  return found;
}

export function text(value: unknown, where: string): string {
  if (typeof value !== 'string') throw wrong(where, 'is not text');
  return value;
}

export function number(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw wrong(where, 'is not a finite number');
  }
  return value;
}

export function positive(value: unknown, where: string): number {
  const checked = number(value, where);
  if (checked <= 0) throw wrong(where, 'is not positive');
  return checked;
}

export function count(value: unknown, where: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(where, 'is not a whole number of at least 0');
  }
  return value;
}

/** A whole number from 0 to `limit` − 1. */
export function indexBelow(limit: number, value: unknown, where: string): number {
  const index = count(value, where);
  if (index >= limit) throw wrong(where, `is ${index}, and there are ${limit}`);
  return index;
}

/** By name, in order of name. */
export function numbers(value: unknown, where: string): Readonly<Record<string, number>> {
  if (!isObject(value)) throw wrong(where, 'is not an object');
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, number(value[name], `${where}.${name}`)]));
}

export function list<T>(
  value: unknown,
  where: string,
  check: (item: unknown, where: string) => T,
): readonly T[] {
  if (!Array.isArray(value)) throw wrong(where, 'is not a list');
  return value.map((item, i) => check(item, `${where}[${i}]`));
}

/** A list of so many numbers. */
export function numbersOf(length: number, value: unknown, where: string): readonly number[] {
  const found = list(value, where, number);
  if (found.length !== length) throw wrong(where, `has ${found.length} numbers, not ${length}`);
  return found;
}

export function wrong(where: string, what: string): InputError {
  return new InputError(
    `the model is not valid: ${where} ${what}`,
    'give a file that this version of `evictlab train` wrote, or train it again',
  );
}
