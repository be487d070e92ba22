/*
 * A few terms that choose as a model does: least squares on the model's own scores, within
 * decisions, one term after the other, the one that explains most first.
 *
 *   terms   a feature, straight; or from its median on:  x  or  max(0, x − median)
 *   result  a sum of curves of two or three knots, constant beyond what was seen
 *
 * Two passes over the decisions, the first for medians and ends; memory as for least squares.
 */
import type { Feature } from '../../dataset/feature.ts';
import { highest } from '../../engine/candidates.ts';
import { InputError } from '../../support/assert.ts';
import { solveSymmetric } from '../../support/linearAlgebra.ts';
import { log2 } from '../../support/log2.ts';
import { Random } from '../../support/random.ts';
import { columnsOf } from '../agreement.ts';
import { CoMoments } from '../coMoments.ts';
import { finishModel } from '../fittedModel.ts';
import type { AdditivePart, Curve } from '../kinds/additive.ts';
import type { DecisionSource } from '../learner.ts';
import type { FittedModel, ModelOf } from '../model.ts';
import { inputOf } from '../modelInput.ts';
import { createModelScore } from '../modelScore.ts';
import { scaled } from '../scale.ts';

export interface Distilled {
  readonly model: ModelOf<AdditivePart>;
  /** Share of the model's differences between candidates that the terms describe. */
  readonly r2: number;
  /** Share of decisions where its choice has the model's highest score. */
  readonly agreement: number;
}

/** Lowest, middle and highest scaled value of each feature. */
type Ends = readonly [number, number, number];

const SAMPLE_ROWS = 65_536;

export async function distil(
  model: FittedModel,
  features: readonly Pick<Feature, 'id' | 'scale'>[],
  decisions: DecisionSource,
  termCount: number,
): Promise<Distilled> {
  const ends = await endsOf(features, decisions);
  const { moments, rows, decisionCount } = await scoreMoments(model, features, decisions, ends);
  const { terms, slopes, r2 } = chooseTerms(moments, termCount);
  const curves = model.features.flatMap((input, i): readonly Curve[] => {
    const straight = terms.indexOf(2 * i);
    const bent = terms.indexOf(2 * i + 1);
    if (straight < 0 && bent < 0) return [];
    const heightAt = (x: number): number =>
      (straight < 0 ? 0 : slopes[straight] * x) +
      (bent < 0 ? 0 : slopes[bent] * Math.max(0, x - ends[i][1]));
    const own = bent < 0 ? [ends[i][0], ends[i][2]] : ends[i];
    const knots = own.filter((knot, k) => k === 0 || knot > own[k - 1]);
    const start = heightAt(knots[0]);
    return [{ ...inputOf(input), knots, values: knots.map((knot) => heightAt(knot) - start) }];
  });
  if (curves.length === 0) {
    throw new InputError('the model scores all candidates alike', 'there is nothing to distil');
  }
  const part: AdditivePart = { kind: 'additive', features: curves, intercept: 0 };
  const { learner, options, provenance } = model;
  const target = `${termCount} terms for the score of: ${model.target}`;
  const fit = { rows, decisions: decisionCount, r2 };
  const head = { learner, options, target, provenance };
  const distilled = await finishModel(head, part, fit, decisions);
  return { model: distilled, r2, agreement: await agreementOf(model, distilled, decisions) };
}

async function endsOf(
  features: readonly Pick<Feature, 'id' | 'scale'>[],
  decisions: DecisionSource,
): Promise<readonly Ends[]> {
  const random = new Random(1);
  const samples = features.map(() => new Float64Array(SAMPLE_ROWS));
  let seen = 0;
  for await (const batch of decisions()) {
    const columns = columnsOf(batch, features);
    const log2Frames = log2(batch.frames);
    for (let row = 0; row < batch.page.length; row++) {
      const place = seen < SAMPLE_ROWS ? seen : random.below(seen + 1);
      seen++;
      if (place >= SAMPLE_ROWS) continue;
      for (let i = 0; i < features.length; i++) {
        samples[i][place] = scaled(columns[i][row], features[i].scale, log2Frames);
      }
    }
  }
  const count = Math.min(seen, SAMPLE_ROWS);
  return samples.map((sample): Ends => {
    const sorted = sample.subarray(0, count).sort();
    return [sorted[0], sorted[count >> 1], sorted[count - 1]];
  });
}

/** Moments of the terms of every feature, then of the model's score. */
async function scoreMoments(
  model: FittedModel,
  features: readonly Pick<Feature, 'id' | 'scale'>[],
  decisions: DecisionSource,
  ends: readonly Ends[],
): Promise<{ readonly moments: CoMoments; readonly rows: number; readonly decisionCount: number }> {
  const width = 2 * features.length + 1;
  const moments = new CoMoments(width);
  const scorer = createModelScore(model);
  let rows = new Float64Array(0);
  let scores = new Float64Array(0);
  let rowCount = 0;
  let decisionCount = 0;
  for await (const batch of decisions()) {
    const columns = columnsOf(batch, features);
    const log2Frames = log2(batch.frames);
    for (let decision = 0; decision + 1 < batch.firstRow.length; decision++) {
      const first = batch.firstRow[decision];
      const count = batch.firstRow[decision + 1] - first;
      if (scores.length < count) {
        scores = new Float64Array(count);
        rows = new Float64Array(count * width);
      }
      scorer.score(columns, first, count, batch.frames, scores);
      for (let row = 0; row < count; row++) {
        for (let i = 0; i < features.length; i++) {
          const raw = scaled(columns[i][first + row], features[i].scale, log2Frames);
          const [low, middle, high] = ends[i];
          const x = Math.min(high, Math.max(low, raw));
          rows[row * width + 2 * i] = x;
          rows[row * width + 2 * i + 1] = Math.max(0, x - middle);
        }
        rows[row * width + width - 1] = scores[row];
      }
      moments.addDecision(rows, count);
      rowCount += count;
      decisionCount++;
    }
  }
  return { moments, rows: rowCount, decisionCount };
}

interface Chosen {
  readonly terms: readonly number[];
  readonly slopes: Float64Array;
  /** Of the variance. */
  readonly left: number;
}

/** Forward selection: every step adds the term that leaves least. */
function chooseTerms(
  { within, width }: CoMoments,
  termCount: number,
): { readonly terms: readonly number[]; readonly slopes: Float64Array; readonly r2: number } {
  const target = width - 1;
  const variance = within[target * width + target];
  let best: Chosen = { terms: [], slopes: new Float64Array(0), left: variance };
  while (best.terms.length < termCount) {
    let next = best;
    for (let term = 0; term < target; term++) {
      if (best.terms.includes(term)) continue;
      const terms = [...best.terms, term];
      const matrix = Float64Array.from(
        terms.flatMap((i) => terms.map((j) => within[i * width + j])),
      );
      const right = Float64Array.from(terms, (i) => within[i * width + target]);
      const slopes = solveSymmetric(matrix, right);
      const left = right.reduce((rest, x, i) => rest - x * slopes[i], variance);
      if (left < next.left * (1 - 1e-9)) next = { terms, slopes, left };
    }
    if (next === best) break;
    best = next;
  }
  const r2 = variance === 0 ? 0 : 1 - best.left / variance;
  return { terms: best.terms, slopes: best.slopes, r2 };
}

/** Share of decisions where the other's choice has the model's highest score. */
export async function agreementOf(
  model: FittedModel,
  other: FittedModel,
  decisions: DecisionSource,
): Promise<number> {
  const [a, b] = [createModelScore(model), createModelScore(other)];
  let scores = new Float64Array(0);
  let others = new Float64Array(0);
  let agreed = 0;
  let decisionCount = 0;
  for await (const batch of decisions()) {
    const columnsA = columnsOf(batch, model.features);
    const columnsB = columnsOf(batch, other.features);
    for (let decision = 0; decision + 1 < batch.firstRow.length; decision++) {
      const first = batch.firstRow[decision];
      const count = batch.firstRow[decision + 1] - first;
      if (scores.length < count) {
        scores = new Float64Array(count);
        others = new Float64Array(count);
      }
      a.score(columnsA, first, count, batch.frames, scores);
      b.score(columnsB, first, count, batch.frames, others);
      if (scores[highest(others, count)] === scores[highest(scores, count)]) agreed++;
      decisionCount++;
    }
  }
  return agreed / decisionCount;
}
