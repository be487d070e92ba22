/*
 * The fitted policy on programs it has not seen. `CLOSED_LOOP=full npx vitest run
 * test/learning/closedLoop.test.ts` prints the table of src/learning/README.md; it takes minutes.
 */
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { min } from '../../src/optimal/min.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { sharedData } from '../support/traces.ts';
import { closureOf, fitHeldOut, type Recipe, readCases } from './closedLoop.ts';

const data = sharedData('the closed loop on captured programs');
const isFull = process.env.CLOSED_LOOP === 'full';
const OWN_STATES: Recipe = { statesOf: [min], keepsOlderStates: false, rounds: 1, options: {} };

describe.skipIf(data === undefined)('a policy fitted on other programs', () => {
  it('closes a part of the gap, and more of it once it has seen its own states', async () => {
    const cases = readCases(data!, ['gitlog', 'sort', 'xz'], [10, 20], 150_000);
    expect(cases.length).toBe(6);
    const [onStatesOfMin, onOwnStates] = await fitHeldOut(cases, OWN_STATES);
    const [before, after] = [onStatesOfMin, onOwnStates].map((models) => closureOf(cases, models));
    expect(after.mean).toBeGreaterThan(before.mean);
    expect(after.mean).toBeGreaterThan(0);
  });

  if (isFull) it('has the numbers of the README, printed', printTable, 3_600_000);
});

async function printTable(): Promise<void> {
  const programs = ['cc1', 'gitlog', 'perl', 'pyast', 'sort', 'sqlite', 'xz'];
  const cases = readCases(data!, programs, [5, 10, 20, 40], 500_000);
  const print = async (label: string, recipe: Recipe, candidates = [32]): Promise<void> => {
    for (const [round, models] of (await fitHeldOut(cases, recipe)).entries()) {
      for (const count of candidates) {
        const { mean, median, worse } = closureOf(cases, models, { candidates: count });
        const numbers = `${mean.toFixed(3)} | ${median.toFixed(3)} | ${worse}/${cases.length}`;
        console.log(`| ${label} | ${round} | ${count} | ${numbers} |`);
      }
    }
  };
  const states: readonly (readonly [string, readonly PolicySpec[]])[] = [
    ['MIN', [min]],
    ['LRU', [lru]],
    ['LRU and MIN', [lru, min]],
  ];
  for (const [name, statesOf] of states) {
    await print(`${name}, then own`, { ...OWN_STATES, statesOf }, [8, 16, 32, 64, 0]);
  }
  await print('MIN, and own', { ...OWN_STATES, keepsOlderStates: true, rounds: 2 });
  for (const [low, high] of [
    [-6, 6],
    [0, 6],
    [1, 6],
    [-1, 3],
    [-1, 9],
  ]) {
    await print(`target ${low} to ${high}`, { ...OWN_STATES, options: { low, high } });
  }
  for (const options of [{ centre: 1 }, { balance: 0 }, { ridge: 0.1 }]) {
    await print(JSON.stringify(options), { ...OWN_STATES, options });
  }
}
