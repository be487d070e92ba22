/*
 * Where the rules fail: strings on which MIN and devik's rule cost more than the optimum, by a factor
 * that stays when the string is repeated. Found by search; the costs are checked by brute force.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { costOf, type Prices } from '../../src/engine/machine.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { devik } from '../../src/optimal/devik.ts';
import { min } from '../../src/optimal/min.ts';
import { computeOptimum } from '../../src/optimal/optimum.ts';
import { bruteForceOptimum } from '../support/bruteForce.ts';
import { stringOf } from '../support/references.ts';

interface Family {
  readonly name: string;
  /** `b!` writes page b; pages are a, b, c … */
  readonly period: string;
  readonly frames: number;
  readonly pageOutCost: number;
  /** Costs of the period once, from an empty memory. */
  readonly once: readonly [min: number, devik: number, optimum: number];
  /** Costs of one more period, when it has been repeated for long. */
  readonly further: readonly [min: number, devik: number, optimum: number];
}

const families = JSON.parse(
  readFileSync(new URL('counterexamples.json', import.meta.url), 'utf8'),
) as Family[];

/** The period, so many times. */
function repeated({ period }: Family, times: number): ReferenceString {
  const words = Array.from({ length: times }, () => period.split(' ')).flat();
  return stringOf(
    words.map((word) => word.charCodeAt(0) - 'a'.charCodeAt(0)),
    words.map((word) => (word.endsWith('!') ? 1 : 0)),
  );
}

const pricesOf = ({ pageOutCost }: Family): Prices => ({
  pageInCost: 1,
  pageOutCost,
  chargeFinal: false,
});

function costsOfRules(family: Family, string: ReferenceString): [number, number] {
  const run = { frameCount: family.frames, nextUse: computeNextUse(string), seed: 1 };
  const options = { weight: family.pageOutCost };
  const prices = pricesOf(family);
  return [
    costOf(replayVerified(string, { ...run, policy: min }), prices),
    costOf(replayVerified(string, { ...run, policy: devik, options }), prices),
  ];
}

describe.each(families)('$name', (family) => {
  it('costs what it says, once, by brute force', () => {
    const string = repeated(family, 1);
    const best = bruteForceOptimum(string, family.frames, pricesOf(family));
    expect([...costsOfRules(family, string), best]).toEqual(family.once);
  });

  it('keeps its ratio when repeated, the optimum proved', async () => {
    const costs: number[][] = [];
    for (const times of [200, 400]) {
      const string = repeated(family, times);
      const prices = pricesOf(family);
      const found = await computeOptimum(string, { frameCount: family.frames, prices });
      expect(found.exact).toBe(true);
      expect(found.upperBound).toBe(bruteForceOptimum(string, family.frames, prices));
      costs.push([...costsOfRules(family, string), found.upperBound]);
    }
    const [short, long] = costs;
    expect(long.map((cost, i) => (cost - short[i]) / 200)).toEqual(family.further);
  });
});

describe('the smallest counterexample, as a fingerprint', () => {
  it('is in the notation of the proposal what it is here', () => {
    const text = `@backing file
main  U(main) R(0x1000) W(0x2000) R(0x3000) R(0x1000) R(0x4000) R(0x2000) E
`;
    const string = linearize(parseFingerprint(text, 'counterexample'));
    const [smallest] = families;
    // Pages are numbered in order of use, which is another order than that of the letters.
    const prices = pricesOf(smallest);
    expect(costsOfRules(smallest, string)).toEqual(smallest.once.slice(0, 2));
    expect(bruteForceOptimum(string, smallest.frames, prices)).toBe(smallest.once[2]);
  });
});
