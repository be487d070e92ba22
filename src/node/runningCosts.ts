/** What the policies of a study cost to run: the mean over the cells each was judged in. */
import { mean } from '../evaluation/closedStatistics.ts';
import type { EvaluationRow } from '../evaluation/evaluation.ts';
import { type RunningCost, runningCost } from '../evaluation/pareto.ts';
import type { PolicyLine } from './evaluate.ts';
import { resolveNamedPolicy } from './namedPolicy.ts';
import type { ResolvedPolicy } from './policyCatalog.ts';

/** By label; without those nobody has counted. */
export async function runningCosts(
  lines: readonly PolicyLine[],
  rows: readonly Pick<EvaluationRow, 'fingerprint' | 'policy' | 'frames'>[],
): Promise<ReadonlyMap<string, RunningCost>> {
  const resolved = new Map<string, ResolvedPolicy>();
  const costs = new Map<string, RunningCost>();
  for (const { label, policyFor } of lines) {
    const cells: RunningCost[] = [];
    for (const { fingerprint, frames } of rows.filter(({ policy }) => policy === label)) {
      const name = await policyFor(fingerprint);
      const policy = resolved.get(name) ?? (await resolveNamedPolicy(name));
      resolved.set(name, policy);
      const cost = policy.cost && runningCost(policy.cost, frames);
      if (cost !== undefined) cells.push(cost);
    }
    const meanOf = (of: keyof RunningCost): number => mean(cells.map((cell) => cell[of])) ?? 0;
    if (cells.length === 0) continue;
    costs.set(label, {
      operationsPerEviction: meanOf('operationsPerEviction'),
      operationsPerReference: meanOf('operationsPerReference'),
      bytesPerPage: meanOf('bytesPerPage'),
    });
  }
  return costs;
}
