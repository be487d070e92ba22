/*
 * A window of a reference string, as a string of its own: its pages are those used in it, numbered
 * anew in order of first use, so that shares of its pages are shares of what it needs.
 *
 *   references  0 ───── start ═════ window ═════ start + count ───── end
 *                         │ memory is empty
 *
 * What was anonymous and written before it begins as zeros, so its first use is a minor fault. All
 * policies alike are spared that page-in. Cost: one pass over the window.
 */
import { assert } from '../support/assert.ts';
import type { PageFacts, ReferenceString, Releases, Tick } from './fingerprint.ts';

export interface Window {
  /** Its length; of a shorter string it is all. */
  readonly references: number;
  /** Of what is left out, this share comes before it: 0 is the beginning, 1 the end. */
  readonly from: number;
}

/** The first reference of the window. */
export function windowStart(referenceCount: number, { references, from }: Window): Tick {
  return Math.floor(Math.max(0, referenceCount - references) * from);
}

export function windowOf(references: ReferenceString, window: Window): ReferenceString {
  assert(window.references >= 1 && window.from >= 0 && window.from <= 1, 'a window is in a string');
  const whole = references.pages;
  const start = windowStart(whole.length, window);
  const end = Math.min(whole.length, start + window.references);
  const numberOf = new Int32Array(references.pageCount).fill(-1);
  const pages = new Uint32Array(end - start);
  const known: number[] = [];
  for (let tick = start; tick < end; tick++) {
    const page = whole[tick];
    if (numberOf[page] < 0) numberOf[page] = known.push(page) - 1;
    pages[tick - start] = numberOf[page];
  }
  return {
    pages,
    writes: references.writes.slice(start, end),
    sequences: references.sequences?.slice(start, end),
    signatures: references.signatures?.slice(start, end),
    ...factsOf(references, known),
    pageCount: known.length,
    releases: references.releases && releasesOf(references.releases, start, end, numberOf),
  };
}

function factsOf({ kinds, uses, places }: PageFacts, known: readonly number[]): PageFacts {
  return {
    kinds: Uint8Array.from(known, (page) => kinds[page]),
    uses: uses && Uint8Array.from(known, (page) => uses[page]),
    places: places && {
      objects: Uint32Array.from(known, (page) => places.objects[page]),
      indices: Float64Array.from(known, (page) => places.indices[page]),
    },
  };
}

/** Those while there is a memory to leave, of pages that are ever in it. */
function releasesOf(
  { ticks, firstPage, pages }: Releases,
  start: Tick,
  end: Tick,
  numberOf: Int32Array,
): Releases | undefined {
  const own: { tick: Tick; pages: number[] }[] = [];
  for (let row = 0; row < ticks.length; row++) {
    if (ticks[row] <= start || ticks[row] > end) continue;
    const left = Array.from(pages.subarray(firstPage[row], firstPage[row + 1]), (page) => {
      return numberOf[page];
    }).filter((page) => page >= 0);
    if (left.length > 0) own.push({ tick: ticks[row] - start, pages: left });
  }
  if (own.length === 0) return undefined;
  const first = [0];
  for (const row of own) first.push(first[first.length - 1] + row.pages.length);
  return {
    ticks: Int32Array.from(own, ({ tick }) => tick),
    firstPage: Int32Array.from(first),
    pages: Uint32Array.from(own.flatMap((row) => row.pages)),
  };
}
