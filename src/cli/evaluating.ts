/** What `evaluate` and `report` do alike: resolve policies, open threads, evaluate, tell failures. */

import type { Prices } from '../engine/machine.ts';
import type { FrameSize } from '../evaluation/frameSizes.ts';
import type { Evaluated } from '../node/evaluate.ts';
import type { ResolvedPolicy } from '../node/policyCatalog.ts';
import type { Effort } from '../optimal/optimum.ts';
import { noteFailedCells } from './output.ts';
import { parseWhole } from './sharedOptions.ts';

export interface Evaluating {
  readonly inputs: readonly string[];
  /** Names as the user wrote them; `panel` and `all` have been spelt out. */
  readonly policies: readonly string[];
  readonly sizes: readonly FrameSize[];
  readonly belowFilter: boolean;
  readonly prices: Prices;
  readonly seed: number;
  readonly effort: Effort;
  readonly equalResident?: boolean;
  /** Folder of optima; absent: none are kept. */
  readonly optima: string | undefined;
  /** As given to --threads. */
  readonly threads: string | undefined;
}

export interface EvaluatedPolicies extends Evaluated {
  readonly resolved: readonly ResolvedPolicy[];
}

export async function evaluatePolicies(what: Evaluating): Promise<EvaluatedPolicies> {
  const { policies, optima, threads, ...request } = what;
  const { resolveNamedPolicy } = await import('../node/namedPolicy.ts');
  // A slip in a name is told now, not after the first optimum.
  const resolved = await Promise.all(policies.map((policy) => resolveNamedPolicy(policy)));
  const { defaultThreads, openJobPool } = await import('../node/jobPool.ts');
  const { evaluateFingerprints } = await import('../node/evaluate.ts');
  const { progress } = await import('../node/progress.ts');
  const evaluating = progress('evaluating, jobs');
  const pool = await openJobPool(
    threads === undefined ? defaultThreads() : parseWhole('--threads', threads, 1),
  );
  try {
    const evaluated = await evaluateFingerprints({
      ...request,
      lines: policies.map((policy) => ({ label: policy, policyFor: () => policy })),
      pool,
      optimaFolders: optima === undefined ? [] : [optima],
      store: undefined,
      onProgress: (done, total) => evaluating.update(done, total),
    });
    evaluating.done();
    const { rows, failures } = evaluated;
    noteFailedCells(failures, rows.length + failures.length);
    return { ...evaluated, resolved };
  } finally {
    evaluating.done();
    await pool.close();
  }
}
