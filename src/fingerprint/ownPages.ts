/*
 * What an exit gives back: the anonymous pages that no other sequence ever references. A page of a
 * file stays in memory for whoever reads the file next, and a shared one for those who share it.
 */
import { Action } from './action.ts';
import type { Fingerprint, Page, Releases, Sequence, Tick } from './fingerprint.ts';

/** A sequence that exited before the reference at `tick`. */
export interface Exit {
  readonly sequence: Sequence;
  readonly tick: Tick;
}

const NOT_OWNED = -1;
const SHARED = -2;

/** For each sequence the pages its exit gives back, ascending. Without maps. */
export function ownPages({ sequences, pageNumbers, backing }: Fingerprint): Page[][] {
  const own: Page[][] = sequences.map(() => []);
  if (backing === 'file') return own;
  const owner = new Int32Array(pageNumbers.length).fill(NOT_OWNED);
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const { actions, operands } = sequences[sequence];
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write || owner[operands[row]] === sequence) continue;
      owner[operands[row]] = owner[operands[row]] === NOT_OWNED ? sequence : SHARED;
    }
  }
  for (let page = 0; page < owner.length; page++) {
    if (owner[page] >= 0) own[owner[page]].push(page);
  }
  return own;
}

/** `exits` in the order they happen; undefined when no page is given back. */
export function releasesOf(exits: readonly Exit[], own: readonly Page[][]): Releases | undefined {
  const rows = exits.filter(({ sequence }) => own[sequence].length > 0);
  if (rows.length === 0) return undefined;
  const firstPage = [0];
  for (const { sequence } of rows) firstPage.push(firstPage.at(-1)! + own[sequence].length);
  return {
    ticks: Int32Array.from(rows, (exit) => exit.tick),
    firstPage: Int32Array.from(firstPage),
    pages: Uint32Array.from(rows.flatMap(({ sequence }) => own[sequence])),
  };
}
