/** The reference string of a capture of one process: an address is a page, as nothing is shared. */
import { expect } from 'vitest';
import { Action } from '../../src/fingerprint/action.ts';
import {
  type Fingerprint,
  PageKind,
  type ReferenceString,
} from '../../src/fingerprint/fingerprint.ts';

export function referencesOf({ sequences, pageNumbers }: Fingerprint): ReferenceString {
  expect(sequences.length).toBe(1);
  const { actions, operands } = sequences[0];
  const isReference = (action: number): boolean => action <= Action.Write;
  const rows = Array.from(actions.keys()).filter((row) => isReference(actions[row]));
  return {
    pages: Uint32Array.from(rows, (row) => operands[row]),
    writes: Uint8Array.from(rows, (row) => actions[row]),
    pageCount: pageNumbers.length,
    kinds: new Uint8Array(pageNumbers.length).fill(PageKind.File),
    releases: undefined,
  };
}
