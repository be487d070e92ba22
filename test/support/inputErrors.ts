import { InputError } from '../../src/support/assert.ts';

/** The message of the InputError that `promise` must end in. */
export async function inputErrorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (/\n/.test(error.message) || /\n/.test(error.hint) || error.hint === '') {
      throw new Error(`not one line and one hint: ${error.message} / ${error.hint}`);
    }
    return error.message;
  }
  throw new Error('no error');
}
