import { describe, expect, it } from 'vitest';
import { framesMinOf, framesOn } from '../../src/evaluation/filterLimit.ts';
import type { ReferenceFilter } from '../../src/fingerprint/fingerprint.ts';

const filter: ReferenceFilter = {
  kind: 'second-chance',
  pageCount: 16,
  epochInstructions: 0,
  framesMin: 64,
};

describe('frames on a filtered fingerprint', () => {
  it('are taken as they are without a filter', () => {
    const sizes = [{ frames: 1 }, { percent: 10 }];
    const options = { pageCount: 100, belowFilter: false };
    expect(framesOn({ name: 'x' }, sizes, options)).toEqual([1, 10]);
    expect(framesMinOf({})).toBe(1);
  });

  it.each([
    [[{ frames: 63 }], '63'],
    [[{ frames: 100 }, { percent: 5 }], '5%'],
  ])('are refused below its limit, with the reason', (sizes, text) => {
    const options = { pageCount: 1000, belowFilter: false };
    expect(() => framesOn({ name: 'x', filter }, sizes, options)).toThrow(
      `x: --frames ${text} is ${text === '5%' ? 50 : 63} frames; the capture left out ` +
        'references that only 64 frames and more do not miss',
    );
  });

  it('are taken from the limit on, below it on request, and where all pages fit', () => {
    const fingerprint = { name: 'x', filter };
    const at = { pageCount: 1000, belowFilter: false };
    expect(framesOn(fingerprint, [{ frames: 64 }], at)).toEqual([64]);
    const below = { pageCount: 1000, belowFilter: true };
    expect(framesOn(fingerprint, [{ frames: 3 }], below)).toEqual([3]);
    const small = { pageCount: 40, belowFilter: false };
    expect(framesOn(fingerprint, [{ frames: 40 }], small)).toEqual([40]);
  });
});
