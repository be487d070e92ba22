import { expect, it } from 'vitest';
import { UNIT_PRICES } from '../../src/engine/machine.ts';
import { parseFrames } from '../../src/evaluation/frameSizes.ts';
import { evaluateFingerprints } from '../../src/node/evaluate.ts';
import { openJobPool } from '../../src/node/jobPool.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { expandPolicies, PANEL } from '../../src/node/policyNames.ts';

it('`panel` and `all` name policies that exist, each once', async () => {
  const ids = [...(await loadPolicies()).keys()];
  expect(PANEL.filter((id) => !ids.includes(id))).toEqual([]);
  expect(await expandPolicies(['fifo', 'panel', 'lru'])).toEqual(['fifo', ...PANEL]);
  expect(await expandPolicies(['all'])).toEqual(ids);
});

it('a policy that keeps frames free is also set beside the optimum of the frames it used', async () => {
  const pool = await openJobPool(1);
  const { rows } = await evaluateFingerprints({
    inputs: ['synthetic:zipf:pages=2000,references=20000'],
    lines: ['lru', 'linux-classic', 'min'].map((label) => ({ label, policyFor: () => label })),
    sizes: parseFrames('800'),
    prices: UNIT_PRICES,
    seed: 1,
    effort: 'rules',
    equalResident: true,
    pool,
    optimaFolders: [],
    store: undefined,
    onProgress: () => {},
  });
  await pool.close();
  const [lru, linux, min] = rows;
  expect([lru.atEqualResident, min.atEqualResident]).toEqual([null, null]);
  expect(linux.meanFreeFrames).toBeGreaterThan(1);
  expect(linux.atEqualResident?.frames).toBe(800 - Math.round(linux.meanFreeFrames));
  // In a smaller memory the optimum costs more, so the gap above it is less.
  expect(linux.atEqualResident?.lowerBound).toBeGreaterThanOrEqual(linux.lowerBound);
  expect(linux.atEqualResident?.gapPercent[1]).toBeLessThan(linux.gapPercent[1] ?? 0);
});

it('spells tau=auto out as a sweep, for those who have one', async () => {
  expect(await expandPolicies(['wsclock:tau=auto,writes=2', 'pff:tau=auto', 'lru'])).toEqual([
    ...[0.25, 1, 4, 16, 64].map((perFrame) => `wsclock:perFrame=${perFrame},writes=2`),
    ...[0.25, 1, 4, 16, 64].map((perFrame) => `pff:perFrame=${perFrame}`),
    'lru',
  ]);
  // Told where options are read, like any other that is none.
  const wrong = ['lru:tau=auto', 'none:tau=auto', 'pff:tau=auto,tau=5', 'pff:perFrame=1,tau=auto'];
  expect(await expandPolicies(wrong)).toEqual(wrong);
});
