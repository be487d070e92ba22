/*
 * A sum of curves, one a feature, each straight between its knots and constant outside:
 *
 *   curve    values[1] ┐    ·────          score = intercept + Σ curve(scaled value)
 *            values[0] ┘──·
 *                      knots[0] [1]
 *
 * (A generalised additive model: Hastie & Tibshirani 1986.) Cost a candidate: a search among a few
 * knots and a multiplication for each feature. A curve is a table one can read.
 */
import { log2 } from '../../support/log2.ts';
import { list, number, numbersOf, wrong } from '../modelFields.ts';
import { inputsFrom, type ModelInput } from '../modelInput.ts';
import type { ModelScore } from '../modelScore.ts';
import { scaled } from '../scale.ts';

export interface Curve extends ModelInput {
  /** Scaled values, ascending; at least one. */
  readonly knots: readonly number[];
  /** What the feature adds to the score at each knot. */
  readonly values: readonly number[];
}

export interface AdditivePart {
  readonly kind: 'additive';
  readonly features: readonly Curve[];
  readonly intercept: number;
}

export const ADDITIVE_FIELDS = ['features', 'intercept'] as const;

export function checkAdditive(
  root: Readonly<Record<'features' | 'intercept', unknown>>,
): AdditivePart {
  const features = inputsFrom(root.features, ['knots', 'values'], (fields, where) => {
    const knots = list(fields.knots, `${where}.knots`, number);
    const values = numbersOf(knots.length, fields.values, `${where}.values`);
    if (knots.length === 0) throw wrong(`${where}.knots`, 'is empty');
    for (let i = 1; i < knots.length; i++) {
      if (!(knots[i - 1] < knots[i])) throw wrong(`${where}.knots`, 'do not ascend');
      const slope = (values[i] - values[i - 1]) / (knots[i] - knots[i - 1]);
      if (!Number.isFinite(slope)) throw wrong(`${where}.values`, 'rise too steeply');
    }
    return { knots, values };
  });
  const intercept = number(root.intercept, 'intercept');
  const bound = features.reduce(
    (sum, { values }) => sum + Math.max(...values.map(Math.abs)),
    Math.abs(intercept),
  );
  // A point between two knots is off by rounding only.
  if (!Number.isFinite(2 * bound)) throw wrong('features', 'have values that make scores overflow');
  return { kind: 'additive', features, intercept };
}

/** The slope after each knot; 0 after the last. */
export function slopesOf({ knots, values }: Pick<Curve, 'knots' | 'values'>): Float64Array {
  return Float64Array.from(knots, (knot, i) =>
    i + 1 < knots.length ? (values[i + 1] - values[i]) / (knots[i + 1] - knot) : 0,
  );
}

export function additiveScore({ features, intercept }: AdditivePart): ModelScore {
  const scales = features.map(({ scale }) => scale);
  const knotsOf = features.map(({ knots }) => Float64Array.from(knots));
  const valuesOf = features.map(({ values }) => Float64Array.from(values));
  const slopes = features.map(slopesOf);
  return {
    score(values, first, count, frames, out) {
      const log2Frames = log2(frames);
      out.fill(intercept, 0, count);
      for (let i = 0; i < scales.length; i++) {
        const column = values[i];
        const scale = scales[i];
        const knots = knotsOf[i];
        const heights = valuesOf[i];
        const rises = slopes[i];
        const last = knots.length - 1;
        for (let row = 0; row < count; row++) {
          const x = scaled(column[first + row], scale, log2Frames);
          let k = 0;
          while (k < last && knots[k + 1] <= x) k++;
          out[row] += x <= knots[k] ? heights[k] : heights[k] + rises[k] * (x - knots[k]);
        }
      }
    },
  };
}
