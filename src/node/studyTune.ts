/*
 * Options of a fitted policy that no label can tell, such as what a page-out is worth: each setting
 * of a small grid is run, in closed loop, on the fingerprints the fold's model was fitted on, and
 * the cheapest judges those held out.
 *
 *   a cell      cost ÷ that of the first setting, at the prices of the study
 *   a family    the geometric mean of its cells
 *   a setting   the median of its families; the first of equals is taken
 *
 * The median, for a mean let one small program, which gains half, choose for all others, which lose
 * a few percent each (datasets/page-outs.yaml).
 */
import type { PolicyOptions } from '../engine/policy.ts';
import { byFamily, logCostRatio, mean, median } from '../evaluation/closedStatistics.ts';
import type { PartRow } from '../evaluation/part.ts';
import type { TunedOptions } from '../evaluation/tuned.ts';
import { InputError } from '../support/assert.ts';
import { evaluatePart } from './evaluatePart.ts';
import { modelPolicyName } from './modelFile.ts';
import type { Study } from './studyFile.ts';
import { judging, type StudyInput, type StudyRun, uncountedShare } from './studyRun.ts';

/** What `model` is to be run with besides the options of the study. */
export async function tuneOptions(
  run: StudyRun,
  inputs: readonly StudyInput[],
  model: string,
): Promise<TunedOptions> {
  const { study } = run;
  const settings = gridOf(study.tune);
  const { rows, failures } = await evaluatePart({
    ...judging(run, 'tune'),
    onProgress: () => {},
    inputs,
    lines: settings.map((options, i) => {
      const policy = modelPolicyName(model, { ...study.policyOptions, ...options });
      return { label: `${i}`, policyFor: () => policy };
    }),
    window: study.window,
    share: uncountedShare(study),
  });
  if (failures.length > 0) {
    const [{ fingerprint, size, reason }] = failures;
    throw new InputError(
      `train.tune: a run on ${fingerprint}, ${size}, failed: ${reason}`,
      'leave out that fingerprint or that size, or tune other options',
    );
  }
  const rowsOf = (line: number): PartRow[] => rows.filter(({ policy }) => policy === `${line}`);
  const tried = settings.map((options, i) => {
    return { options, costRatio: medianRatio(rowsOf(i), rowsOf(0), study.families) };
  });
  const best = Math.min(...tried.map(({ costRatio }) => costRatio));
  const { options } = tried.find(({ costRatio }) => costRatio === best) ?? tried[0];
  return { chosen: options, tried };
}

/** Every choice of one value for each option, the last option changing fastest. */
export function gridOf(values: Readonly<Record<string, readonly number[]>>): PolicyOptions[] {
  return Object.entries(values).reduce<PolicyOptions[]>(
    (settings, [name, list]) =>
      settings.flatMap((setting) => list.map((value) => ({ ...setting, [name]: value }))),
    [{}],
  );
}

/** Rows come in the same order for each line. A cell that costs nothing under either says nothing. */
function medianRatio(
  own: readonly PartRow[],
  first: readonly PartRow[],
  families: Study['families'],
): number {
  const cells = own
    .map(({ fingerprint, cost }, i) => ({ fingerprint, log: logCostRatio(cost, first[i].cost) }))
    .filter(({ log }) => log !== null);
  const logs = byFamily(cells, families).map((group) => mean(group.map(({ log }) => log!)) ?? 0);
  return Math.exp(median(logs.sort((a, b) => a - b)) ?? 0);
}
