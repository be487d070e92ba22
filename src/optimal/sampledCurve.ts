/*
 * Fault curves from a sample of the pages, with an estimate of how far off they are.
 *           (SHARDS, fixed rate and fixed size: Waldspurger, Park, Garthwaite, Ahmad, FAST 2015;
 *            MIN likewise: Waldspurger, Saemundsson, Ahmad, Park, ATC 2017)
 *
 *   hash of a page   0 ┌ group 0 ┬ group 1 ┬ … ┬ group 7 ┐ bound                             1
 *                      └──────── the sample ─────────────┘      pages left out, with all
 *                                                               their references
 *
 * One frame is the page's that was just wanted. Of the f − 1 others, a share of the pages has its
 * share: what the exact curve of the sampled references says of 1 + share · (f − 1) frames, divided
 * by the share, is an estimate of the whole one. It costs a look at every reference, and the exact
 * curve of those to the sample, once for it and once for its groups.
 *
 * A fixed number of pages makes LRU's curve of any string in the same room: 42 bytes for each of
 * them, besides 6 for every page there is. The paper does not know the pages before it has seen
 * them: it lowers its bound as they come, and counts anew what it has counted. Here they are known,
 * so the bound is the right one from the first reference on, and nothing is scaled.
 *
 * How far off: the groups are samples too, eight independent ones, each an eighth as large. From
 * how they differ follows the standard error of their mean, and that of the sample is about the
 * same. Steps narrower than 1 ÷ rate frames no sample sees.
 *
 * The adjustment of the paper is that misses are set against the references expected, not those
 * drawn. Here more is known beforehand: how many pages there are (the share is of them, not of the
 * hash), and the first loads, which are counted over all pages, for they need no stack. So at all
 * the pages the estimate is exact.
 */
import { type Page, PageKind, type ReferenceString } from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import { type CurvesOfParts, type FaultCurve, LEFT_OUT } from './faultCurve.ts';

export interface SampledCurve extends FaultCurve {
  /** Of the page-ins at the same place; README.md says how often the truth is within two. */
  readonly standardErrors: readonly number[];
  readonly sampledPages: number;
  readonly sampledReferences: number;
}

export type Sampling = {
  /** Another seed draws other pages. */
  readonly seed: number;
} & (
  | { /** Share of the pages, above 0 and below 1. */ readonly rate: number }
  | { /** How many, fewer than there are. */ readonly pages: number }
);

const GROUPS = 8;
/** Fewer pages a group say nothing of how groups differ. */
const GROUP_PAGES_MIN = 8;

/**
 * An estimate of the curve that `curvesOfParts` counts, of lruPartCurves or minPartCurves; a point
 * for each sampled page but the first. An InputError if the sample is too small.
 */
export function sampledFaultCurve(
  references: ReferenceString,
  curvesOfParts: CurvesOfParts,
  sampling: Sampling,
): SampledCurve {
  const { pageCount } = references;
  const groupOf = drawGroups(pageCount, boundOf(pageCount, sampling), sampling.seed);
  const sizes = new Array<number>(GROUPS).fill(0);
  for (const group of groupOf) if (group !== LEFT_OUT) sizes[group]++;
  const sampledPages = sizes.reduce((sum, size) => sum + size, 0);
  if (Math.min(...sizes) < GROUP_PAGES_MIN) {
    const asked = 'rate' in sampling ? sampling.rate : `${sampling.pages} pages`;
    throw new InputError(
      `a sample of ${asked} is ${sampledPages} of ${pageCount} pages, too few to say how good it is`,
      'give a larger one, or none: so few pages have an exact curve at once',
    );
  }
  const { pages } = references;
  let sampledReferences = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    if (groupOf[pages[tick]] !== LEFT_OUT) sampledReferences++;
  }
  const firstLoads = countFirstLoads(references);
  const counted = curvesOfParts(references, groupOf, GROUPS);
  const whole = estimator(counted.part, pageCount, firstLoads);
  const groups = counted.groups.map((group) => estimator(group, pageCount, firstLoads));
  const frames: number[] = [];
  const pageIns: number[] = [];
  const standardErrors: number[] = [];
  for (let inSample = 2; inSample <= sampledPages; inSample++) {
    const frameCount = Math.round(1 + (inSample - 1) / shareOfOthers(sampledPages, pageCount));
    frames.push(frameCount);
    // A reference brings in one page at most.
    pageIns.push(Math.min(pages.length, Math.round(whole(frameCount))));
    standardErrors.push(errorOfMean(groups.map((group) => group(frameCount))));
  }
  return {
    frames,
    pageIns,
    standardErrors,
    sampledPages,
    sampledReferences,
  };
}

/** Sampled are the pages whose hash lies below. */
function boundOf(pageCount: number, sampling: Sampling): number {
  if ('rate' in sampling) {
    assert(sampling.rate > 0 && sampling.rate < 1, 'a sample is a part');
    return sampling.rate * 2 ** 32;
  }
  const { pages: count, seed } = sampling;
  assert(count > 0 && count < pageCount, 'a sample is a part');
  // No two pages have one hash: count by its upper half, then sort the half the bound falls into.
  const counts = new Uint32Array(2 ** 16);
  for (let page = 0; page < pageCount; page++) counts[hash(page, seed) >>> 16]++;
  let upper = 0;
  let below = 0;
  while (below + counts[upper] <= count) below += counts[upper++];
  const hashes: number[] = [];
  for (let page = 0; page < pageCount; page++) {
    const value = hash(page, seed);
    if (value >>> 16 === upper) hashes.push(value);
  }
  return hashes.sort((a, b) => a - b)[count - below];
}

/** The group of each page. */
function drawGroups(pageCount: number, bound: number, seed: number): Uint8Array {
  const groups = new Uint8Array(pageCount);
  for (let page = 0; page < pageCount; page++) {
    const place = hash(page, seed) / bound;
    groups[page] = place < 1 ? Math.min(GROUPS - 1, Math.floor(GROUPS * place)) : LEFT_OUT;
  }
  return groups;
}

/** 32 bits: the finisher of MurmurHash3, twice. */
function hash(page: Page, seed: number): number {
  return mix(mix(page + 1) ^ seed) >>> 0;
}

function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Page-ins of pages that were in no memory before, whatever its size. */
function countFirstLoads({ pages, writes, kinds, releases }: ReferenceString): number {
  const hasContent = Uint8Array.from(kinds, (kind) => (kind === PageKind.File ? 1 : 0));
  const isLoaded = new Uint8Array(kinds.length);
  let count = 0;
  let row = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    for (; releases !== undefined && releases.ticks[row] === tick; row++) {
      for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
        isLoaded[releases.pages[i]] = 0;
      }
    }
    const page = pages[tick];
    if (isLoaded[page] === 0 && hasContent[page] === 1) count++;
    isLoaded[page] = 1;
    if (writes[tick] === 1) hasContent[page] = 1;
  }
  return count;
}

/** Of the pages other than one: so one frame stays one, and all stay all. */
function shareOfOthers(partCount: number, pageCount: number): number {
  return (partCount - 1) / (pageCount - 1);
}

/** What a part of the pages says of all: page-ins of the whole with so many frames. */
function estimator(
  { pageIns }: FaultCurve,
  pageCount: number,
  firstLoads: number,
): (frameCount: number) => number {
  // A frame for each page of the part.
  const partCount = pageIns.length;
  const share = partCount / pageCount;
  const atAll = pageIns[partCount - 1];
  return (frameCount) => {
    // Between two sizes of the part's memory in proportion.
    const inPart = 1 + (frameCount - 1) * shareOfOthers(partCount, pageCount);
    const below = Math.min(Math.floor(inPart), pageIns.length);
    const above = Math.min(below + 1, pageIns.length);
    const found = pageIns[below - 1] + (inPart - below) * (pageIns[above - 1] - pageIns[below - 1]);
    return firstLoads + (found - atAll) / share;
  };
}

/** Of the mean of independent values. */
function errorOfMean(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (n * (n - 1)));
}
