/*
 * Fault curves from a sample of the pages, with an estimate of how far off they are.
 *                          (SHARDS, fixed rate: Waldspurger, Park, Garthwaite, Ahmad, FAST 2015;
 *                           MIN likewise: Waldspurger, Saemundsson, Ahmad, Park, ATC 2017)
 *
 *   hash of a page   0 ┌ group 0 ┬ group 1 ┬ … ┬ group 7 ┐ rate                              1
 *                      └──────── the sample ─────────────┘      pages left out, with all
 *                                                               their references
 *
 * One frame is the page's that was just wanted. Of the f − 1 others, a share of the pages has its
 * share: what the exact curve of the sampled references says of 1 + share · (f − 1) frames, divided
 * by the share, is an estimate of the whole one. It costs the exact curve of rate · n references,
 * once for the sample and once for its groups.
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
import type { FaultCurve } from './faultCurve.ts';

export interface SampledCurve extends FaultCurve {
  /** Of the page-ins at the same place; README.md says how often the truth is within two. */
  readonly standardErrors: readonly number[];
  readonly sampledPages: number;
  readonly sampledReferences: number;
}

export interface Sampling {
  /** Share of the pages, above 0 and below 1. */
  readonly rate: number;
  /** Another seed draws other pages. */
  readonly seed: number;
}

const GROUPS = 8;
/** Fewer pages a group say nothing of how groups differ. */
const GROUP_PAGES_MIN = 8;

/** A page that is not in the sample. */
const NOT_SAMPLED = 255;

/**
 * The curve of `exactCurve`, lruFaultCurve or minFaultCurve, estimated; a point for each sampled
 * page but the first. An InputError if the sample is too small. 5 bytes a sampled reference,
 * besides what the exact curve needs for them.
 */
export function sampledFaultCurve(
  references: ReferenceString,
  exactCurve: (references: ReferenceString) => FaultCurve,
  { rate, seed }: Sampling,
): SampledCurve {
  assert(rate > 0 && rate < 1, 'a sample is a part');
  const { pageCount } = references;
  const groupOf = drawGroups(pageCount, rate, seed);
  const sizes = new Array<number>(GROUPS).fill(0);
  for (const group of groupOf) if (group !== NOT_SAMPLED) sizes[group]++;
  const sampledPages = sizes.reduce((sum, size) => sum + size, 0);
  if (Math.min(...sizes) < GROUP_PAGES_MIN) {
    throw new InputError(
      `a sample of ${rate} is ${sampledPages} of ${pageCount} pages, too few to say how good it is`,
      'give a larger share, or none: so few pages have an exact curve at once',
    );
  }
  const firstLoads = countFirstLoads(references);
  const sample = partOf(references, groupOf, (group) => group !== NOT_SAMPLED);
  const whole = estimator(sample, exactCurve, pageCount, firstLoads);
  const groupInSample = groupOf.filter((group) => group !== NOT_SAMPLED);
  const groups = sizes.map((_, g) => {
    const part = partOf(sample, groupInSample, (group) => group === g);
    return estimator(part, exactCurve, pageCount, firstLoads);
  });
  const frames: number[] = [];
  const pageIns: number[] = [];
  const standardErrors: number[] = [];
  for (let inSample = 2; inSample <= sampledPages; inSample++) {
    const frameCount = Math.round(1 + (inSample - 1) / shareOfOthers(sampledPages, pageCount));
    frames.push(frameCount);
    // A reference brings in one page at most.
    pageIns.push(Math.min(references.pages.length, Math.round(whole(frameCount))));
    standardErrors.push(errorOfMean(groups.map((group) => group(frameCount))));
  }
  return {
    frames,
    pageIns,
    standardErrors,
    sampledPages,
    sampledReferences: sample.pages.length,
  };
}

/** The group of each page. */
function drawGroups(pageCount: number, rate: number, seed: number): Uint8Array {
  const groups = new Uint8Array(pageCount);
  for (let page = 0; page < pageCount; page++) {
    const place = hash(page, seed) / 2 ** 32;
    groups[page] =
      place < rate ? Math.min(GROUPS - 1, Math.floor((GROUPS * place) / rate)) : NOT_SAMPLED;
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

/** The references to the pages of some groups, the pages numbered anew. */
function partOf(
  references: ReferenceString,
  groupOf: Uint8Array,
  isIn: (group: number) => boolean,
): ReferenceString {
  const { pageCount, releases } = references;
  const isInGroup = Uint8Array.from({ length: 256 }, (_, group) => (isIn(group) ? 1 : 0));
  const kept = new Int32Array(pageCount).fill(-1);
  let keptCount = 0;
  for (let page = 0; page < pageCount; page++) {
    if (isInGroup[groupOf[page]] === 1) kept[page] = keptCount++;
  }
  let length = 0;
  for (let tick = 0; tick < references.pages.length; tick++) {
    if (kept[references.pages[tick]] >= 0) length++;
  }
  const pages = new Uint32Array(length);
  const writes = new Uint8Array(length);
  const releaseTicks: number[] = [];
  const firstPage: number[] = [];
  const released: Page[] = [];
  let end = 0;
  let row = 0;
  const release = (tick: number): void => {
    for (; releases !== undefined && releases.ticks[row] === tick; row++) {
      releaseTicks.push(end);
      firstPage.push(released.length);
      for (let i = releases.firstPage[row]; i < releases.firstPage[row + 1]; i++) {
        const page = kept[releases.pages[i]];
        if (page >= 0) released.push(page);
      }
    }
  };
  for (let tick = 0; tick < references.pages.length; tick++) {
    if (releases !== undefined && releases.ticks[row] === tick) release(tick);
    const page = kept[references.pages[tick]];
    if (page < 0) continue;
    pages[end] = page;
    writes[end++] = references.writes[tick];
  }
  return {
    pages,
    writes,
    pageCount: keptCount,
    kinds: references.kinds.filter((_, page) => kept[page] >= 0),
    releases:
      releases === undefined
        ? undefined
        : {
            ticks: Int32Array.from(releaseTicks),
            firstPage: Int32Array.from([...firstPage, released.length]),
            pages: Uint32Array.from(released),
          },
  };
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
  part: ReferenceString,
  exactCurve: (references: ReferenceString) => FaultCurve,
  pageCount: number,
  firstLoads: number,
): (frameCount: number) => number {
  const { pageIns } = exactCurve(part);
  const share = part.pageCount / pageCount;
  const atAll = pageIns[pageIns.length - 1];
  return (frameCount) => {
    // Between two sizes of the part's memory in proportion.
    const inPart = 1 + (frameCount - 1) * shareOfOthers(part.pageCount, pageCount);
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
