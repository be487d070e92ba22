/*
 * Integer scoring: what a kernel could do without floating point.
 *
 *   value ──► steps: 2^STEP_BITS to a doubling, the bits below the leading one (Mitchell 1962)
 *   linear     Σ weight · steps                    weights of WEIGHT_BITS bits and a sign
 *   additive   Σ table[steps]                      a 16-bit entry a step between the outer knots
 *
 * Mitchell's logarithm is up to 0.09 too small between powers of two. Fractions of counts are
 * dropped; what is linear has 2^STEP_BITS steps to the unit. Trees and nets: distil them first.
 */
import type { FeatureScale } from '../../dataset/feature.ts';
import { highest } from '../../engine/candidates.ts';
import { assert, InputError } from '../../support/assert.ts';
import { columnsOf } from '../agreement.ts';
import { type AdditivePart, slopesOf } from '../kinds/additive.ts';
import { type LinearPart, weightsOf } from '../kinds/linear.ts';
import type { DecisionSource } from '../learner.ts';
import type { FittedModel } from '../model.ts';
import { createModelScore, type ModelScore } from '../modelScore.ts';

/** Eight steps to a doubling: scores in steps of half a doubling already lose little. */
export const STEP_BITS = 3;
const WEIGHT_BITS = 8;
const ENTRY_MAX = 2 ** 15 - 1;
/** Of a table: 128 doublings of the largest value. */
const STEPS_MAX = 2 ** 10;

/** The integers themselves: what is summed over the features. */
export type QuantisedPart =
  | { readonly kind: 'linear'; readonly weights: Int32Array }
  /** A table begins at its low step; steps outside have its first or last entry. */
  | {
      readonly kind: 'additive';
      readonly lows: readonly number[];
      readonly tables: readonly Int16Array[];
    };

export interface Quantised {
  readonly part: QuantisedPart;
  /** Integers; the same order as the model's scores, but for rounding. */
  readonly score: ModelScore;
  /** What a unit of the model's score is. */
  readonly unit: number;
  /** Of weights or tables. */
  readonly bytes: number;
}

/** log2(1 + value) in steps, by shifts; of a whole number, for others of what is before the point. */
export function stepsOf(value: number): number {
  const n = (1 + value) >>> 0;
  const exponent = 31 - Math.clz32(n);
  const below = exponent >= STEP_BITS ? n >>> (exponent - STEP_BITS) : n << (STEP_BITS - exponent);
  return (exponent << STEP_BITS) + (below & ((1 << STEP_BITS) - 1));
}

function seenSteps(value: number, scale: FeatureScale, frameSteps: number): number {
  if (scale === 'linear') return Math.floor(value * (1 << STEP_BITS));
  return scale === 'log2' ? stepsOf(value) : stepsOf(value) - frameSteps;
}

export function quantise(model: FittedModel): Quantised {
  switch (model.kind) {
    case 'linear':
      return quantiseLinear(model);
    case 'additive':
      return quantiseAdditive(model);
    default:
      throw new InputError(
        `a model of kind ${model.kind} has no integer form`,
        'distil it first: --distil TERMS',
      );
  }
}

function quantiseLinear(model: LinearPart): Quantised {
  const { weights } = weightsOf(model);
  const most = weights.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const factor = most === 0 ? 1 : (2 ** WEIGHT_BITS - 1) / most;
  const whole = Int32Array.from(weights, (weight) => Math.round(weight * factor));
  const scales = model.features.map(({ scale }) => scale);
  return {
    part: { kind: 'linear', weights: whole },
    unit: factor * 2 ** STEP_BITS,
    bytes: 2 * whole.length,
    score: {
      score(values, first, count, frames, out) {
        const frameSteps = stepsOf(frames - 1);
        out.fill(0, 0, count);
        for (let i = 0; i < whole.length; i++) {
          for (let row = 0; row < count; row++) {
            out[row] += whole[i] * seenSteps(values[i][first + row], scales[i], frameSteps);
          }
        }
      },
    },
  };
}

function quantiseAdditive({ features }: AdditivePart): Quantised {
  const most = features.reduce((a, { values }) => Math.max(a, ...values.map(Math.abs)), 0);
  const unit = most === 0 ? 1 : ENTRY_MAX / most;
  const scales = features.map(({ scale }) => scale);
  const lows = features.map(({ knots }) => Math.floor(knots[0] * 2 ** STEP_BITS));
  const tables = features.map(({ knots, values }, i) => {
    const high = Math.ceil(knots[knots.length - 1] * 2 ** STEP_BITS);
    const slopes = slopesOf({ knots, values });
    const length = Math.min(STEPS_MAX, high - lows[i] + 1);
    return Int16Array.from({ length }, (_, step) => {
      const x = (lows[i] + step) / 2 ** STEP_BITS;
      let k = 0;
      while (k + 1 < knots.length && knots[k + 1] <= x) k++;
      const rest = Math.max(0, x - knots[k]);
      return Math.round(unit * (values[k] + slopes[k] * rest));
    });
  });
  return {
    part: { kind: 'additive', lows, tables },
    unit,
    bytes: tables.reduce((sum, { length }) => sum + 2 * length, 0),
    score: {
      score(values, first, count, frames, out) {
        const frameSteps = stepsOf(frames - 1);
        out.fill(0, 0, count);
        for (let i = 0; i < tables.length; i++) {
          const own = tables[i];
          for (let row = 0; row < count; row++) {
            const step = seenSteps(values[i][first + row], scales[i], frameSteps) - lows[i];
            out[row] += own[step < 0 ? 0 : step < own.length ? step : own.length - 1];
          }
        }
      },
    },
  };
}

export interface QuantisationError {
  /** Root mean square, in units of the score, of what candidates of one decision differ by. */
  readonly rms: number;
  /** Share of decisions where the choice by integers has the model's highest score. */
  readonly agreement: number;
}

export async function quantisationError(
  model: FittedModel,
  quantised: Quantised,
  decisions: DecisionSource,
): Promise<QuantisationError> {
  const scorer = createModelScore(model);
  let exact = new Float64Array(0);
  let whole = new Float64Array(0);
  let squares = 0;
  let rowCount = 0;
  let agreed = 0;
  let decisionCount = 0;
  for await (const batch of decisions()) {
    const columns = columnsOf(batch, model.features);
    for (let decision = 0; decision + 1 < batch.firstRow.length; decision++) {
      const first = batch.firstRow[decision];
      const count = batch.firstRow[decision + 1] - first;
      if (exact.length < count) {
        exact = new Float64Array(count);
        whole = new Float64Array(count);
      }
      scorer.score(columns, first, count, batch.frames, exact);
      quantised.score.score(columns, first, count, batch.frames, whole);
      if (exact[highest(exact, count)] === exact[highest(whole, count)]) agreed++;
      let mean = 0;
      for (let i = 0; i < count; i++) mean += (whole[i] / quantised.unit - exact[i]) / count;
      for (let i = 0; i < count; i++) {
        squares += (whole[i] / quantised.unit - exact[i] - mean) ** 2;
      }
      rowCount += count;
      decisionCount++;
    }
  }
  assert(decisionCount > 0, 'an error is measured on decisions');
  return { rms: Math.sqrt(squares / rowCount), agreement: agreed / decisionCount };
}
