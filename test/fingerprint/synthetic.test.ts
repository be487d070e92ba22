import { describe, expect, it } from 'vitest';
import { encodeFingerprint } from '../../src/fingerprint/binaryCodec.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { generate, SYNTHETIC } from '../../src/fingerprint/synthetic.ts';
import { InputError } from '../../src/support/assert.ts';

/** The page number of each reference. */
function walkOf(spec: string, seed = 1): number[] {
  const { sequences, pageNumbers } = generate(spec, seed);
  return Array.from(sequences[0].operands, (page) => Number(pageNumbers[page]));
}

/** For comparing at the speed of bytes. */
const bytesOf = (fingerprint: Fingerprint) => Buffer.from(encodeFingerprint(fingerprint));

describe('the shape of', () => {
  it.each([
    ['loop:pages=3,rounds=2', '0 1 2 0 1 2'],
    ['scan:pages=5', '0 1 2 3 4'],
    ['zigzag:pages=4,rounds=3', '0 1 2 3 2 1 0 1 2 3 2 1'],
    ['zigzag:pages=1,rounds=3', '0 0 0'],
    ['stairs:pages=4,steps=2,rounds=2,references=15', '0 1 0 1 0 1 2 3 0 1 2 3 0 1 0'],
    ['stairs:pages=2,steps=4,rounds=1,references=7', '0 0 0 1 0 1 0'],
  ])('%s', (spec, expected) => {
    expect(walkOf(spec).join(' ')).toBe(expected);
  });

  it('zipf is that of its probabilities', () => {
    const references = 200_000;
    for (const alpha of [0, 0.8, 1, 2.5]) {
      const walk = walkOf(`zipf:pages=50,references=${references},alpha=${alpha}`);
      const counts = new Float64Array(50);
      for (const page of walk) counts[page]++;
      const weights = Array.from(counts, (_, rank) => (rank + 1) ** -alpha);
      const sum = weights.reduce((a, b) => a + b);
      // Chi-square with at most 49 degrees of freedom: beyond 100 once in 30,000 seeds.
      const chiSquare = weights.reduce((chi, weight, rank) => {
        const mean = (references * weight) / sum;
        return chi + (counts[rank] - mean) ** 2 / mean;
      }, 0);
      expect(chiSquare).toBeLessThan(100);
    }
  });

  it('phases is a few neighbouring pages at a time', () => {
    const walk = walkOf('phases:pages=1000,working=10,phase=500,references=5000');
    for (let start = 0; start < walk.length; start += 500) {
      const phase = walk.slice(start, start + 500);
      expect(Math.max(...phase) - Math.min(...phase)).toBe(9);
    }
    expect(new Set(walk).size).toBeGreaterThan(50);
  });

  it('mixed is its parts, each in its own order on its own pages, in proportion', () => {
    const spec = 'mixed:pages=7,references=8000,loop=3,scan=1,zigzag=0,stairs=0,zipf=0,phases=0';
    const walk = walkOf(spec);
    const loop = walk.filter((page) => page % 2 === 0).map((page) => page / 2);
    const scan = walk.filter((page) => page % 2 === 1).map((page) => (page - 1) / 2);
    expect(loop).toEqual(loop.map((_, i) => i % 7));
    expect(scan).toEqual(scan.map((_, i) => i));
    expect(Math.abs(loop.length - 6000)).toBeLessThan(200);
  });
});

it('writes as often as it is told', () => {
  const share = (spec: string) => {
    const { actions } = generate(spec, 7).sequences[0];
    return actions.reduce((sum, bit) => sum + bit, 0) / actions.length;
  };
  expect(share('loop:writes=0')).toBe(0);
  expect(share('loop:writes=1e-9')).toBe(0);
  expect(share('loop:writes=1')).toBe(1);
  expect(Math.abs(share('loop:writes=0.3') - 0.3)).toBeLessThan(0.01);
});

it.each(Object.keys(SYNTHETIC))(
  'makes %s the same from one seed, and its origin says how',
  (id) => {
    const first = generate(id, 42);
    expect(bytesOf(generate(id, 42)).equals(bytesOf(first))).toBe(true);
    expect(first.backing).toBe('file');
    expect(first.origin.seed).toBe('42');
    const spec = first.origin.source.slice('synthetic:'.length);
    expect(bytesOf(generate(spec, 42)).equals(bytesOf(first))).toBe(true);
    // Another seed writes elsewhere, even where it walks the same way.
    const another = Buffer.from(generate(id, 43).sequences[0].actions);
    expect(another.equals(first.sequences[0].actions)).toBe(false);
  },
);

it('is anonymous when asked', () => {
  expect(generate('loop:anonymous=1', 1).backing).toBe('anonymous');
});

it.each([
  ['zipff', 'there is no synthetic workload "zipff". | did you mean zipf?'],
  ['toString', 'there is no synthetic workload "toString". | there are loop, scan'],
  ['zipf:page=3', 'there is no option "page" of synthetic zipf. | did you mean pages?'],
  ['zipf:__proto__=3', 'there is no option "__proto__" of synthetic zipf.'],
  ['zipf:pages', 'synthetic zipf: "pages" is no setting. | write name=number'],
  ['zipf:', 'synthetic zipf: "" is no setting.'],
  ['zipf:pages=many', 'synthetic zipf: "pages=many" is no setting.'],
  ['zipf:pages=1,pages=2', 'synthetic zipf: pages is given twice.'],
  ['zipf:pages=0', 'synthetic zipf: pages=0 is not possible. | give a whole number from 1'],
  ['zipf:pages=1.5', 'synthetic zipf: pages=1.5 is not possible.'],
  ['zipf:alpha=9', 'synthetic zipf: alpha=9 is not possible. | give a number from 0 to 8'],
  ['loop:writes=2e-1x', 'synthetic loop: "writes=2e-1x" is no setting.'],
  ['loop:writes=2', 'synthetic loop: writes=2 is not possible. | give a share from 0 to 1'],
  ['loop:anonymous=2', 'synthetic loop: anonymous=2 is not possible. | give 0 or 1'],
  ['loop:pages=100000,rounds=100000', 'synthetic loop: 10000000000 references are too many.'],
  ['mixed:loop=0,scan=0,zigzag=0,stairs=0,zipf=0,phases=0', 'synthetic mixed: every weight is 0.'],
])('refuses %s', (spec, message) => {
  let found = 'no error';
  try {
    generate(spec, 1);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    found = `${error.message} | ${error.hint}`;
  }
  expect(found.slice(0, message.length)).toBe(message);
});
