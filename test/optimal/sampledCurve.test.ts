import { describe, expect, it } from 'vitest';
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { generate } from '../../src/fingerprint/synthetic.ts';
import { readFingerprint } from '../../src/node/fingerprintFile.ts';
import {
  lruFaultCurve,
  lruPartCurves,
  minFaultCurve,
  minPartCurves,
} from '../../src/optimal/faultCurve.ts';
import { type SampledCurve, sampledFaultCurve } from '../../src/optimal/sampledCurve.ts';
import { Random } from '../../src/support/random.ts';

/** Working sets that move, pages of both kinds, writes, and now and then a fifth of all given back. */
function restlessString(pageCount: number, referenceCount: number): ReferenceString {
  const random = new Random(3);
  const pages = new Uint32Array(referenceCount);
  for (let tick = 0; tick < referenceCount; tick++) {
    const first = Math.floor((tick / referenceCount) * pageCount * 3);
    pages[tick] = tick < pageCount ? tick : (first + random.below(pageCount >>> 1)) % pageCount;
  }
  const ticks = [0.4, 0.7, 0.7, 1].map((share) => Math.floor(share * referenceCount));
  const fifth = Math.floor(pageCount / 5);
  return {
    pages,
    writes: Uint8Array.from(pages, () => (random.below(4) === 0 ? 1 : 0)),
    pageCount,
    kinds: Uint8Array.from({ length: pageCount }, (_, page) =>
      page % 3 === 0 ? PageKind.File : PageKind.Anonymous,
    ),
    releases: {
      ticks: Int32Array.from(ticks),
      firstPage: Int32Array.from([0, fifth, 2 * fifth, 3 * fifth, 4 * fifth]),
      pages: Uint32Array.from({ length: 4 * fifth }, (_, i) => (i * 7) % pageCount),
    },
  };
}

/** Estimates set against the exact page-ins, from 1 % of the pages on, as shares of the references. */
function compared(string: ReferenceString, sampled: SampledCurve, exact: readonly number[]) {
  const rows = [...sampled.frames.entries()].filter(([, count]) => count >= string.pageCount / 100);
  const errors = rows.map(([i, count]) => Math.abs(sampled.pageIns[i] - exact[count - 1]));
  const within = errors.filter((error, i) => error <= 2 * sampled.standardErrors[rows[i][0]] + 1);
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length / string.pages.length,
    withinTwo: within.length / errors.length,
  };
}

describe('a curve from a sample of the pages', () => {
  it.each([
    ['LRU', lruFaultCurve, lruPartCurves, { rate: 0.5 }, 0.004],
    ['LRU, so many pages', lruFaultCurve, lruPartCurves, { pages: 200 }, 0.004],
    // A small memory is busier at times than its share of a large one, which costs MIN a little.
    ['MIN', minFaultCurve, minPartCurves, { rate: 0.5 }, 0.012],
    ['MIN, so many pages', minFaultCurve, minPartCurves, { pages: 200 }, 0.012],
  ])('is right on average, with releases and blank pages: %s', (_, curve, ofParts, size, off) => {
    const string = restlessString(400, 4000);
    const exact = curve(string).pageIns;
    const seeds = 150;
    const sums = new Map<number, { sum: number; count: number }>();
    for (let seed = 0; seed < seeds; seed++) {
      const sampled = sampledFaultCurve(string, ofParts, { ...size, seed });
      for (const [i, frameCount] of sampled.frames.entries()) {
        const place = Math.ceil(frameCount / 40);
        const entry = sums.get(place) ?? { sum: 0, count: 0 };
        entry.sum += sampled.pageIns[i] - exact[frameCount - 1];
        entry.count++;
        sums.set(place, entry);
      }
    }
    expect(sums.size).toBe(10);
    for (const { sum, count } of sums.values()) {
      expect(Math.abs(sum / count)).toBeLessThan(off * string.pages.length);
    }
  });

  it('is exact where memory holds every page, and never rises', () => {
    const string = restlessString(300, 3000);
    for (const [curve, ofParts] of [
      [lruFaultCurve, lruPartCurves],
      [minFaultCurve, minPartCurves],
    ] as const) {
      const { frames, pageIns } = sampledFaultCurve(string, ofParts, { rate: 0.7, seed: 1 });
      expect([frames.at(-1), pageIns.at(-1)]).toEqual([300, curve(string).pageIns[299]]);
      for (let i = 1; i < frames.length; i++) {
        expect(pageIns[i]).toBeLessThanOrEqual(pageIns[i - 1]);
        expect(frames[i]).toBeGreaterThan(frames[i - 1]);
      }
    }
  });

  it('is of as many pages as are asked for, those that a share of the pages would draw', () => {
    const string = restlessString(700, 2000);
    const draw = (size: { rate: number } | { pages: number }) =>
      sampledFaultCurve(string, lruPartCurves, { ...size, seed: 5 });
    for (const rate of [0.3, 0.45, 0.6, 0.8, 0.99]) {
      const byRate = draw({ rate });
      const byCount = draw({ pages: byRate.sampledPages });
      expect(byCount.sampledPages).toBe(byRate.sampledPages);
      expect(byCount.sampledReferences).toBe(byRate.sampledReferences);
      expect([byCount.frames, byCount.pageIns]).toEqual([byRate.frames, byRate.pageIns]);
    }
    for (const pages of [300, 301, 699]) expect(draw({ pages }).sampledPages).toBe(pages);
  });

  it.each([
    ['a tenth of the pages', { rate: 0.1 }],
    ['2,000 pages', { pages: 2000 }],
  ])('is near the exact one of Zipf, as near as it says, from %s', (_, size) => {
    const string = linearize(generate('zipf:pages=20000,references=200000,alpha=1', 1));
    const exact = lruFaultCurve(string).pageIns;
    const all = Array.from({ length: 12 }, (_, seed) =>
      compared(string, sampledFaultCurve(string, lruPartCurves, { ...size, seed }), exact),
    );
    const average = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(average(all.map(({ mean }) => mean))).toBeLessThan(0.004);
    expect(average(all.map(({ withinTwo }) => withinTwo))).toBeGreaterThan(0.85);
    // What covers the truth by being huge would say nothing.
    const { standardErrors } = sampledFaultCurve(string, lruPartCurves, { ...size, seed: 1 });
    expect(average(standardErrors)).toBeLessThan(0.02 * string.pages.length);
  });

  it.each(['cc1', 'gitlog'])('is near the exact one of %s', async (name) => {
    const { fingerprint } = await readFingerprint(`datasets/fingerprints/${name}.evfp`, 1);
    const string = linearize(fingerprint);
    const sampled = sampledFaultCurve(string, lruPartCurves, { rate: 0.2, seed: 1 });
    const { mean, withinTwo } = compared(string, sampled, lruFaultCurve(string).pageIns);
    expect(mean).toBeLessThan(0.01);
    expect(withinTwo).toBeGreaterThan(0.85);
  });

  it('has no more page-ins than there are references, whatever the sample says', async () => {
    const path = new URL('../../datasets/fingerprints/run-sort.evfp', import.meta.url).pathname;
    const string = linearize((await readFingerprint(path, 1)).fingerprint);
    const { pageIns } = sampledFaultCurve(string, lruPartCurves, { rate: 0.3, seed: 1 });
    expect(Math.max(...pageIns)).toBeLessThanOrEqual(string.pages.length);
  });

  it('is the same for the same seed, and another for another', () => {
    const string = restlessString(400, 2000);
    const of = (seed: number) => sampledFaultCurve(string, lruPartCurves, { rate: 0.4, seed });
    expect(of(1)).toEqual(of(1));
    expect(of(1).pageIns).not.toEqual(of(2).pageIns);
  });

  it('refuses a sample too small to say how good it is', () => {
    const string = restlessString(400, 2000);
    expect(() => sampledFaultCurve(string, lruPartCurves, { rate: 0.05, seed: 1 })).toThrow(
      /^a sample of 0.05 is \d+ of 400 pages, too few to say how good it is$/,
    );
    expect(() => sampledFaultCurve(string, lruPartCurves, { pages: 40, seed: 1 })).toThrow(
      /^a sample of 40 pages is 40 of 400 pages, too few to say how good it is$/,
    );
  });
});
