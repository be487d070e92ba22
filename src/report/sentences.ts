/*
 * The sentence a report exists for: "policy P is N % slower than the best case on this load". Slow
 * is what waits for hard faults, so the per cent are of cost; both ends of the optimum's bracket
 * are said.
 */
import type { EvaluationRow } from '../evaluation/evaluation.ts';
import { policyStatistics, type Statistics } from '../evaluation/statistics.ts';
import { formatPercent } from './table.ts';

/** `percent`: at least, at most; null where nothing bounds it. */
export function slowerSentence(
  policy: string,
  load: string,
  [low, high]: readonly [number | null, number | null],
): string {
  const [from, to] = [formatPercent(low), formatPercent(high)];
  const end = `slower than the best case on ${load}.`;
  if (low === null) return `${policy} is slower than the best case on ${load} without bound.`;
  if (high === null) return `${policy} is at least ${from} % ${end}`;
  if (to === '0.0') return `${policy} is as fast as the best case on ${load}.`;
  if (from === to) return `${policy} is ${to} % ${end}`;
  if (from === '0.0') return `${policy} is at most ${to} % ${end}`;
  return `${policy} is ${from} to ${to} % ${end}`;
}

/** Cost ratios as what they are above 1, in per cent; null for what is not finite. */
export function ratioPercent([low, high]: readonly [number, number]): [
  low: number | null,
  high: number | null,
] {
  const percent = (ratio: number): number | null =>
    Number.isFinite(ratio) ? 100 * (ratio - 1) : null;
  return [percent(low), percent(high)];
}

/**
 * For each fingerprint: the fitted policies and the best hand-made one, in the mean over its memory
 * sizes.
 */
export function loadSentences(
  rows: readonly EvaluationRow[],
  { bestHandMade, policies }: Statistics,
): readonly { readonly fingerprint: string; readonly sentences: readonly string[] }[] {
  const fitted = new Set(policies.flatMap((one) => (one.fitted ? [one.policy] : [])));
  const said = new Set([...fitted, ...(bestHandMade === null ? [] : [bestHandMade])]);
  const names = [...new Set(rows.map(({ fingerprint }) => fingerprint))];
  return names.map((fingerprint) => {
    const own = rows.filter((row) => row.fingerprint === fingerprint && said.has(row.policy));
    const sizes = [...new Set(own.map(({ size }) => size))].join(', ');
    const { policies: ofLoad } = policyStatistics(own, { fitted, seed: 0 });
    const load = `${fingerprint} (memory ${sizes})`;
    return {
      fingerprint,
      sentences: ofLoad.map(({ policy, costRatio }) =>
        slowerSentence(policy, load, ratioPercent(costRatio)),
      ),
    };
  });
}
