/** What an import says, in the words of a reader. */
import { ACTION_LETTERS } from '../../../src/fingerprint/action.ts';
import type { Fingerprint } from '../../../src/fingerprint/fingerprint.ts';

/** `R3 W12 …`: each reference with its page number. */
export function referencesOf(fingerprint: Fingerprint): string {
  const { actions, operands } = fingerprint.sequences[0];
  return Array.from(
    actions,
    (action, i) => `${ACTION_LETTERS[action]}${fingerprint.pageNumbers[operands[i]]}`,
  ).join(' ');
}
