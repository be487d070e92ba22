/** The one error of all decoders: these are not the bytes that were written. */
import { InputError } from '../support/assert.ts';

export function damaged(how: string): InputError {
  return new InputError(`the fingerprint is damaged: ${how}.`, 'make or fetch the file again');
}
