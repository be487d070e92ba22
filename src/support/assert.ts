/*
 * Kinds of failure. An InvariantError is our fault and nothing catches it; an InputError is the
 * user's file or flag, an EnvironmentError the machine's: both say how to mend it.
 */

/** A broken promise of our own code. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Wrong input: `message` says what and where, `hint` how to mend it. Printed without a stack. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * The machine's fault, neither ours nor the input's: a full disk, a device that fails. `message`
 * says what and where, `hint` how to mend it. Printed without a stack.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/**
 * Throws an InvariantError unless `condition` holds. `what` must be a constant: building a message
 * in a hot loop costs more than the loop.
 */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(what);
}
