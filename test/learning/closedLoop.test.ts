/*
 * The fitted policy on programs it has not seen. `CLOSED_LOOP=full npx vitest run
 * test/learning/closedLoop.test.ts` prints the table of src/learning/README.md; it takes minutes.
 */
import { describe, expect, it } from 'vitest';
import { min } from '../../src/optimal/min.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { sharedData } from '../support/traces.ts';
import { closureOf, fitHeldOut, PROGRAMS, type Recipe, readCases } from './closedLoop.ts';

const data = sharedData('the closed loop on captured programs');
const isFull = process.env.CLOSED_LOOP === 'full';
const OWN_STATES: Recipe = { statesOf: [min], keepsOlderStates: false, rounds: 1, options: {} };

describe.skipIf(data === undefined)('a policy fitted on other programs', () => {
  it('closes more of the gap once it has seen the states it leads to itself', async () => {
    const cases = readCases(data!, ['gitlog', 'sort', 'xz'], [10, 20], 100_000);
    expect(cases.length).toBe(6);
    const [onStatesOfMin, onOwnStates] = await fitHeldOut(cases, OWN_STATES);
    const [before, after] = [onStatesOfMin, onOwnStates].map((models) => closureOf(cases, models));
    expect(after.mean).toBeGreaterThan(before.mean);
  });

  if (isFull) it('has the numbers of the README, printed', printTable, 3_600_000);
});

async function printTable(): Promise<void> {
  const cases = readCases(data!, PROGRAMS, [5, 10, 20, 40], 500_000);
  const print = async (label: string, recipe: Recipe, candidates = [32]): Promise<void> => {
    for (const [round, models] of (await fitHeldOut(cases, recipe)).entries()) {
      for (const count of candidates) {
        const { mean, median, worse } = closureOf(cases, models, { candidates: count });
        const numbers = `${mean.toFixed(3)} | ${median.toFixed(3)} | ${worse}/${cases.length}`;
        console.log(`| ${label} | ${round} | ${count} | ${numbers} |`);
      }
    }
  };
  await print('as it is', OWN_STATES);
  const lower: Recipe = { ...OWN_STATES, options: { low: -1 } };
  await print('low -1', lower, [16, 32, 0]);
  await print('low -1, older states kept', { ...lower, keepsOlderStates: true }, [16, 32]);
  await print('low -1, states of LRU first', { ...lower, statesOf: [lru] });
  await print('low -1, states of LRU and MIN first', { ...lower, statesOf: [lru, min] });
  for (const options of [
    { low: -2 },
    { low: -6 },
    { low: -1, high: 3 },
    { low: -1, high: 9 },
    { low: -1, centre: 1 },
    { low: -1, ridge: 0.1 },
  ]) {
    await print(JSON.stringify(options), { ...OWN_STATES, options });
  }
}
