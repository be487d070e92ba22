/*
 * A polynomial of degree two in standardised features:
 *
 *   z_i   = (scaled value − mean) ÷ deviation, kept between −CLIP and CLIP
 *   score = intercept + Σ coefficient · z_i  or  coefficient · z_i · z_j        (i = j: a square)
 *
 * Squares run away where nobody measured, hence the clip. Cost a candidate: two multiplications a
 * term.
 */
import { log2 } from '../../support/log2.ts';
import { fieldsOf, indexBelow, list, number, wrong } from '../modelFields.ts';
import { inputsFrom, type StandardInput, standardFields } from '../modelInput.ts';
import type { ModelScore } from '../modelScore.ts';
import { scaled } from '../scale.ts';

/** In deviations; of normal values 6 in 100,000 are beyond. */
export const CLIP = 4;

/** coefficient · the product of one or two standardised features. */
export interface ProductTerm {
  /** Places in `features`, ascending. */
  readonly of: readonly [number] | readonly [number, number];
  readonly coefficient: number;
}

export interface PolynomialPart {
  readonly kind: 'polynomial';
  readonly features: readonly StandardInput[];
  readonly intercept: number;
  readonly terms: readonly ProductTerm[];
}

export const POLYNOMIAL_FIELDS = ['features', 'intercept', 'terms'] as const;

export function checkPolynomial(
  root: Readonly<Record<(typeof POLYNOMIAL_FIELDS)[number], unknown>>,
): PolynomialPart {
  const features = inputsFrom(root.features, ['mean', 'deviation'], standardFields);
  const intercept = number(root.intercept, 'intercept');
  let bound = Math.abs(intercept);
  const terms = list(root.terms, 'terms', (item, where): ProductTerm => {
    const fields = fieldsOf(item, where, ['of', 'coefficient']);
    const of = list(fields.of, `${where}.of`, (place, at) =>
      indexBelow(features.length, place, at),
    );
    if (of.length !== 1 && of.length !== 2) throw wrong(`${where}.of`, 'is not one place or two');
    const coefficient = number(fields.coefficient, `${where}.coefficient`);
    bound += Math.abs(coefficient) * CLIP * CLIP;
    if (!Number.isFinite(bound)) throw wrong(`${where}.coefficient`, 'makes scores overflow');
    return { of: of.length === 1 ? [of[0]] : [of[0], of[1]], coefficient };
  });
  return { kind: 'polynomial', features, intercept, terms };
}

/** A standardised value, clipped. */
export function clipped(z: number): number {
  return z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

export function polynomialScore({ features, intercept, terms }: PolynomialPart): ModelScore {
  const width = features.length;
  const scales = features.map(({ scale }) => scale);
  const means = Float64Array.from(features, ({ mean }) => mean);
  const deviations = Float64Array.from(features, ({ deviation }) => deviation);
  // A single feature is multiplied by the 1 behind the others.
  const left = Int32Array.from(terms, ({ of }) => of[0]);
  const right = Int32Array.from(terms, ({ of }) => of[1] ?? width);
  const coefficients = Float64Array.from(terms, ({ coefficient }) => coefficient);
  const z = new Float64Array(width + 1);
  z[width] = 1;
  return {
    score(values, first, count, frames, out) {
      const log2Frames = log2(frames);
      for (let row = 0; row < count; row++) {
        for (let i = 0; i < width; i++) {
          const value = scaled(values[i][first + row], scales[i], log2Frames);
          z[i] = clipped((value - means[i]) / deviations[i]);
        }
        let sum = intercept;
        for (let t = 0; t < left.length; t++) sum += coefficients[t] * (z[left[t]] * z[right[t]]);
        out[row] = sum;
      }
    },
  };
}
