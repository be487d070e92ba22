/** Checks of the numbers a user may give a policy: what can't be is an InputError. */
import { InputError } from '../support/assert.ts';

/** `value`, a whole number of `least` … `most`. */
export function wholeOption(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InputError(
    `the option ${name}=${value} is not possible.`,
    `give a whole number, ${least} to ${most}`,
  );
}

/** `value`, a number of `least` … `most`, both included. */
export function numberOption(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new InputError(
    `the option ${name}=${value} is not possible.`,
    `give a number, ${least} to ${most}`,
  );
}
