/*
 * How many pages and references a fingerprint with maps can come to, in whatever order its
 * sequences go on. Everything but copies after a fork is the same in every order: what a sequence
 * references first, what it has at a fork, which pages of files it writes. Whether a write after a
 * fork copies depends on who else still holds the page; but it copies a place at most once between
 * two forks of its sequence. So: the count of one order, and each such first write once more.
 *
 * A few ns a reference, nothing kept of the string.
 */
import { Action } from './action.ts';
import { AddressSpaces } from './addressSpaces.ts';
import type { Fingerprint } from './fingerprint.ts';
import { markForked } from './rendezvous.ts';
import { takeTurns } from './turns.ts';

export interface PageBound {
  /** Object pages, at most. */
  readonly pages: number;
  /** References, those to pages that are copied included, at most. */
  readonly references: number;
}

/** Of a valid fingerprint with maps. */
export function boundPages(fingerprint: Fingerprint): PageBound {
  let pages = 0;
  let references = 0;
  const spaces = new AddressSpaces(fingerprint, {
    create() {
      pages++;
    },
    refer() {
      references++;
    },
    release() {},
  });
  takeTurns(fingerprint.sequences, (sequence, from, to) => spaces.play(sequence, from, to));
  const copies = boundCopies(fingerprint);
  return { pages: pages + copies, references: references + copies };
}

/** First writes to each page between two forks, by sequences that were forked or have forked. */
function boundCopies({ sequences, pageNumbers }: Fingerprint): number {
  let copies = 0;
  const forked = markForked(sequences);
  /** The epoch each page was last written in; epochs begin with a sequence and with its forks. */
  const writtenIn = new Uint32Array(pageNumbers.length);
  let epoch = 0;
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const { actions, operands } = sequences[sequence];
    let mayShare = forked[sequence] === 1;
    epoch++;
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] === Action.Fork) {
        mayShare = true;
        epoch++;
      } else if (mayShare && actions[row] === Action.Write && writtenIn[operands[row]] !== epoch) {
        writtenIn[operands[row]] = epoch;
        copies++;
      }
    }
  }
  return copies;
}
