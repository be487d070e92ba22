/*
 * Random strings for the models of kernels, which look at more than pages: who makes a reference,
 * where a page lies, whether it is code. More pages and frames than in `stressStrings`, so that
 * there is something to reclaim in batches.
 */
import fc from 'fast-check';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { Random } from '../../src/support/random.ts';
import { stringOf } from '../support/references.ts';

/** 1 … 100 frames. */
export const kernelFrames = fc.oneof(
  fc.integer({ min: 1, max: 16 }),
  fc.integer({ max: 100, min: 1 }),
);

/**
 * Strings over 120 pages of both kinds and of four objects, by three sequences, with exits. Half of
 * the references go to a few pages, a quarter walk along.
 */
export const kernelStrings: fc.Arbitrary<ReferenceString> = fc
  .record({
    seed: fc.nat(2 ** 31),
    length: fc.integer({ min: 1, max: 700 }),
    pageCount: fc.integer({ min: 4, max: 120 }),
    fileShare: fc.constantFrom(0, 0.3, 0.7, 1),
    writeShare: fc.constantFrom(0, 0.3, 1),
    isPlaced: fc.boolean(),
    releaseCount: fc.nat(10),
  })
  .map(({ seed, length, pageCount, fileShare, writeShare, isPlaced, releaseCount }) => {
    const random = new Random(seed);
    const all = Array.from({ length: pageCount }, (_, page) => page);
    const anonymous = all.filter(() => random.unit() >= fileShare);
    let walk = 0;
    const pages = Array.from({ length }, () => {
      const kind = random.below(4);
      if (kind === 0) return walk++ % pageCount;
      return random.below(kind === 1 ? pageCount : Math.max(1, pageCount >> 2));
    });
    const writes = pages.map(() => (random.unit() < writeShare ? 1 : 0));
    const released = Array.from({ length: releaseCount }, (): [number, number] => [
      random.below(length + 1),
      random.below(pageCount),
    ]).sort(([a], [b]) => a - b);
    const string = stringOf(pages, writes, { anonymous, released });
    const { pageCount: count } = string;
    return {
      ...string,
      sequences: Uint32Array.from(pages, () => random.below(3)),
      uses: Uint8Array.from({ length: count }, () => random.below(4)),
      ...(isPlaced && {
        places: {
          objects: Uint32Array.from({ length: count }, () => random.below(4)),
          indices: Float64Array.from({ length: count }, () => random.below(2 * pageCount)),
        },
      }),
    };
  });
