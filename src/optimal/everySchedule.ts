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
 *
 * With maps, whether a write copies depends on the order, and so does which anonymous page an
 * address is, where processes fork. What does not is counted: pages of files, and the pages that
 * one sequence alone uses which neither forks nor was forked. The others are left out.
 */
import type { Prices } from '../engine/machine.ts';
import { Action } from '../fingerprint/action.ts';
import {
  type Fingerprint,
  type Page,
  PageKind,
  type ReferenceString,
  type Tick,
} from '../fingerprint/fingerprint.ts';
import { linearize } from '../fingerprint/linearize.ts';
import { markForked } from '../fingerprint/rendezvous.ts';
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

/** Takes an optimum for each sequence with more pages than frames. */
export async function boundEverySchedule(
  fingerprint: Fingerprint,
  { frameCount, prices, timeLeft }: ScheduleBoundOptions,
): Promise<ScheduleBound> {
  const references = linearize(fingerprint);
  const ticksOf = ticksBySequence(references, fingerprint.sequences.length);
  const user = mostFrequentUser(fingerprint, references, ticksOf);
  const releasesOf = releasesByUser(references, user, ticksOf.length);
  // Dense numbers of the pages of one string, all NOT_SEEN between two strings.
  const dense = new Int32Array(references.pageCount).fill(NOT_SEEN);
  let aloneCost = 0;
  let pageIns = 0;
  for (let sequence = 0; sequence < ticksOf.length; sequence++) {
    const ticks = ticksOf[sequence].filter((tick) => user[references.pages[tick]] === sequence);
    const alone = stringAlone(references, ticks, releasesOf[sequence], dense);
    if (alone.pageCount === 0) continue;
    const optimum = await computeOptimum(alone, {
      frameCount: Math.min(frameCount, alone.pageCount),
      prices,
      ...timeLeft?.(),
    });
    aloneCost += optimum.lowerBound;
    pageIns += optimum.minPageIns;
  }
  const pageOuts = leastPageOuts(references, user, frameCount, prices.chargeFinal);
  let firstReads = 0;
  for (let page = 0; page < user.length; page++) {
    if (user[page] !== NOBODY && references.kinds[page] === PageKind.File) firstReads++;
  }
  const cost = (ins: number): number => prices.pageInCost * ins + prices.pageOutCost * pageOuts;
  return { compulsoryCost: cost(firstReads), lowerBound: Math.max(aloneCost, cost(pageIns)) };
}

const NOBODY = -1;
const NOT_SEEN = -1;

/** The ticks of the references of each sequence. */
function ticksBySequence(
  { pages, sequences }: ReferenceString,
  sequenceCount: number,
): Int32Array[] {
  if (sequences === undefined) {
    const none = Array.from({ length: sequenceCount }, () => new Int32Array(0));
    none[0] = Int32Array.from(pages.keys());
    return none;
  }
  const counts = new Uint32Array(sequenceCount);
  for (const sequence of sequences) counts[sequence]++;
  const ticksOf = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let tick = 0; tick < sequences.length; tick++) {
    const sequence = sequences[tick];
    ticksOf[sequence][counts[sequence]++] = tick;
  }
  return ticksOf;
}

/**
 * For each page one of the sequences that reference it; any choice gives a bound. Whoever uses it
 * most often has the most to lose; of equals the first. NOBODY where the order matters.
 */
function mostFrequentUser(
  fingerprint: Fingerprint,
  { pages, pageCount, kinds }: ReferenceString,
  ticksOf: readonly Int32Array[],
): Int32Array {
  const hasMaps = fingerprint.mappings.length > 0;
  const inFamily = hasMaps ? markFamilies(fingerprint) : undefined;
  const user = new Int32Array(pageCount).fill(NOBODY);
  const most = new Uint32Array(pageCount);
  const uses = new Uint32Array(pageCount);
  const isMoving = new Uint8Array(pageCount);
  for (let sequence = 0; sequence < ticksOf.length; sequence++) {
    const ticks = ticksOf[sequence];
    for (const tick of ticks) uses[pages[tick]]++;
    for (const tick of ticks) {
      const page = pages[tick];
      if (uses[page] === 0) continue;
      if (hasMaps && kinds[page] !== PageKind.File) {
        if (inFamily![sequence] === 1 || user[page] !== NOBODY) isMoving[page] = 1;
      }
      if (uses[page] > most[page]) {
        most[page] = uses[page];
        user[page] = sequence;
      }
      uses[page] = 0;
    }
  }
  return user.map((sequence, page) => (isMoving[page] === 1 ? NOBODY : sequence));
}

/** 1 for each sequence that forks or is forked. */
function markFamilies({ sequences }: Fingerprint): Uint8Array {
  const inFamily = markForked(sequences);
  sequences.forEach(({ actions }, sequence) => {
    if (actions.includes(Action.Fork)) inFamily[sequence] = 1;
  });
  return inFamily;
}

/** Pages given back before the reference at a tick. */
interface Released {
  readonly tick: Tick;
  readonly page: Page;
}

function releasesByUser(
  { releases }: ReferenceString,
  user: Int32Array,
  sequenceCount: number,
): Released[][] {
  const releasesOf: Released[][] = Array.from({ length: sequenceCount }, () => []);
  if (releases === undefined) return releasesOf;
  const { ticks, firstPage, pages } = releases;
  for (let row = 0; row < ticks.length; row++) {
    for (let i = firstPage[row]; i < firstPage[row + 1]; i++) {
      const page = pages[i];
      if (user[page] !== NOBODY) releasesOf[user[page]].push({ tick: ticks[row], page });
    }
  }
  return releasesOf;
}

/** The references at `ticks`, their pages numbered anew. */
function stringAlone(
  references: ReferenceString,
  ticks: Int32Array,
  released: readonly Released[],
  dense: Int32Array,
): ReferenceString {
  const pages = new Uint32Array(ticks.length);
  const numbers: Page[] = [];
  for (let i = 0; i < ticks.length; i++) {
    const page = references.pages[ticks[i]];
    if (dense[page] === NOT_SEEN) {
      dense[page] = numbers.length;
      numbers.push(page);
    }
    pages[i] = dense[page];
  }
  // One row a page; those of one tick come one after the other.
  const releaseTicks: Tick[] = [];
  let i = 0;
  for (const { tick } of released) {
    while (i < ticks.length && ticks[i] < tick) i++;
    releaseTicks.push(i);
  }
  const releasedPages = Uint32Array.from(released, ({ page }) => dense[page]);
  for (const page of numbers) dense[page] = NOT_SEEN;
  return {
    pages,
    writes: Uint8Array.from(ticks, (tick) => references.writes[tick]),
    pageCount: numbers.length,
    kinds: Uint8Array.from(numbers, (page) => references.kinds[page]),
    releases:
      released.length === 0
        ? undefined
        : {
            ticks: Int32Array.from(releaseTicks),
            firstPage: Int32Array.from({ length: released.length + 1 }, (_, row) => row),
            pages: releasedPages,
          },
  };
}

/** Pages that every schedule writes out at least once, or pays for at the end if charged. */
function leastPageOuts(
  { pages, writes, releases }: ReferenceString,
  user: Int32Array,
  frameCount: number,
  chargeFinal: boolean,
): number {
  const isLeft = new Uint8Array(user.length);
  for (let tick = 0; tick < pages.length; tick++) {
    if (writes[tick] === 1 && user[pages[tick]] !== NOBODY) isLeft[pages[tick]] = 1;
  }
  for (const page of releases?.pages ?? []) isLeft[page] = 0;
  const count = isLeft.reduce((sum, bit) => sum + bit, 0);
  return chargeFinal ? count : Math.max(0, count - frameCount);
}
