/*
 * What every schedule of a fingerprint costs at least, whichever sequence goes on when and
 * whichever page leaves: a schedule orders the references of all sequences, each one's own order
 * kept, on k frames that all share.
 *
 *   alone        give every page to one of the sequences that use it, and leave out what others do
 *                to it. What a schedule pays for the pages of one sequence, its string cut to these
 *                pages pays on k frames at the best: leaving references out costs nothing, and k
 *                frames are more than the others leave. No page counts twice, so the sum holds.
 *   compulsory   each page of a file is read once; of the pages written and never given back, all
 *                but k leave memory dirty. Page-ins and page-outs are apart, so to the page-outs
 *                may be added the least page-ins (MIN) of each sequence alone.
 *
 * The bound is the greater of the two. It says nothing about how the sequences disturb each other,
 * which is most of what they pay when memory is short: it is valid, and seldom near.
 * (Hassidim 2010, and López-Ortiz & Salinger 2012, on why the optimum itself is out of reach.)
 */
import type { Prices } from '../engine/machine.ts';
import { Action } from '../fingerprint/action.ts';
import {
  type Fingerprint,
  PageKind,
  type ReferenceString,
  type Sequence,
} from '../fingerprint/fingerprint.ts';
import { refuseMaps } from '../fingerprint/linearize.ts';
import { ownPages } from '../fingerprint/ownPages.ts';
import { GrowingColumn } from '../support/growingColumn.ts';
import { computeOptimum, type OptimumOptions } from './optimum.ts';

export interface ScheduleBound {
  /** First reads of file pages, and page-outs that nobody escapes: without looking at any order. */
  readonly compulsoryCost: number;
  /** No schedule costs less; at least `compulsoryCost`. */
  readonly lowerBound: number;
}

export interface ScheduleBoundOptions {
  readonly frameCount: number;
  readonly prices: Prices;
  /** Asked before the optimum of each sequence: how long that may take. */
  readonly timeLeft?: () => Pick<OptimumOptions, 'seconds' | 'now'>;
}

/** Without maps. Takes an optimum for each sequence with more pages than frames. */
export async function boundEverySchedule(
  fingerprint: Fingerprint,
  { frameCount, prices, timeLeft }: ScheduleBoundOptions,
): Promise<ScheduleBound> {
  refuseMaps(fingerprint);
  const { pageNumbers, sequences, backing } = fingerprint;
  const user = mostFrequentUser(fingerprint);
  const isReleased = releasedPages(fingerprint);
  // Dense numbers of the pages of one string, all NOT_SEEN between two strings.
  const dense = new Int32Array(pageNumbers.length).fill(NOT_SEEN);
  let aloneCost = 0;
  let pageIns = 0;
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const alone = stringAlone(fingerprint, sequence, user, isReleased, dense);
    if (alone.pageCount === 0) continue;
    const optimum = await computeOptimum(alone, {
      frameCount: Math.min(frameCount, alone.pageCount),
      prices,
      ...timeLeft?.(),
    });
    aloneCost += optimum.lowerBound;
    pageIns += optimum.minPageIns;
  }
  const pageOuts = leastPageOuts(fingerprint, isReleased, frameCount, prices.chargeFinal);
  const firstReads =
    backing === 'file' ? user.reduce((sum, s) => sum + (s === NOBODY ? 0 : 1), 0) : 0;
  const cost = (ins: number): number => prices.pageInCost * ins + prices.pageOutCost * pageOuts;
  return { compulsoryCost: cost(firstReads), lowerBound: Math.max(aloneCost, cost(pageIns)) };
}

const NOBODY = -1;
const NOT_SEEN = -1;

/**
 * For each page one of the sequences that reference it; any choice gives a bound. Whoever uses it
 * most often has the most to lose; of equals the first.
 */
function mostFrequentUser({ sequences, pageNumbers }: Fingerprint): Int32Array {
  const user = new Int32Array(pageNumbers.length).fill(NOBODY);
  const most = new Uint32Array(pageNumbers.length);
  const uses = new Uint32Array(pageNumbers.length);
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const { actions, operands } = sequences[sequence];
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] <= Action.Write) uses[operands[row]]++;
    }
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write) continue;
      const page = operands[row];
      if (uses[page] > most[page]) {
        most[page] = uses[page];
        user[page] = sequence;
      }
      uses[page] = 0;
    }
  }
  return user;
}

/** 1 for each page that an exit gives back. */
function releasedPages(fingerprint: Fingerprint): Uint8Array {
  const isReleased = new Uint8Array(fingerprint.pageNumbers.length);
  ownPages(fingerprint).forEach((pages, sequence) => {
    const { actions } = fingerprint.sequences[sequence];
    if (actions[actions.length - 1] !== Action.Exit) return;
    for (const page of pages) isReleased[page] = 1;
  });
  return isReleased;
}

/** The references of `sequence` to the pages it is the user of, these numbered anew. */
function stringAlone(
  { sequences, backing }: Fingerprint,
  sequence: Sequence,
  user: Int32Array,
  isReleased: Uint8Array,
  dense: Int32Array,
): ReferenceString {
  const { actions, operands } = sequences[sequence];
  const pages = GrowingColumn.uint32();
  const writes = GrowingColumn.uint8();
  const numbers: number[] = [];
  const released: number[] = [];
  for (let row = 0; row < actions.length; row++) {
    const page = operands[row];
    if (actions[row] > Action.Write || user[page] !== sequence) continue;
    if (dense[page] === NOT_SEEN) {
      dense[page] = numbers.length;
      if (isReleased[page] === 1) released.push(numbers.length);
      numbers.push(page);
    }
    pages.push(dense[page]);
    writes.push(actions[row]);
  }
  for (const page of numbers) dense[page] = NOT_SEEN;
  const kind = backing === 'file' ? PageKind.File : PageKind.Anonymous;
  const end = pages.length;
  return {
    pages: pages.join(),
    writes: writes.join(),
    pageCount: numbers.length,
    kinds: new Uint8Array(numbers.length).fill(kind),
    releases:
      released.length === 0
        ? undefined
        : {
            ticks: Int32Array.of(end),
            firstPage: Int32Array.of(0, released.length),
            pages: Uint32Array.from(released),
          },
  };
}

/** Pages that every schedule writes out at least once, or pays for at the end if charged. */
function leastPageOuts(
  { sequences, pageNumbers }: Fingerprint,
  isReleased: Uint8Array,
  frameCount: number,
  chargeFinal: boolean,
): number {
  const isWritten = new Uint8Array(pageNumbers.length);
  for (const { actions, operands } of sequences) {
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] === Action.Write) isWritten[operands[row]] = 1;
    }
  }
  let count = 0;
  for (let page = 0; page < isWritten.length; page++) count += isWritten[page] & ~isReleased[page];
  return chargeFinal ? count : Math.max(0, count - frameCount);
}
