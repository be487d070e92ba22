import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Loss } from '../../src/learning/losses.ts';
import { list, logistic, pairs, squares } from '../../src/learning/losses.ts';

const convex = { logistic, pairs, list };
const LOSSES = { squares, ...convex };

/** A few candidates with labels among which are equals; the logistic loss has 0 and 1 only. */
const decision = fc
  .integer({ min: 1, max: 7 })
  .chain((count) =>
    fc.tuple(
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: count, maxLength: count }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: count, maxLength: count }),
    ),
  );

function labelsFor(loss: Loss, labels: readonly number[]): Float32Array {
  return Float32Array.from(labels, (label) => (loss === logistic ? label & 1 : label));
}

function evaluate(loss: Loss, scores: readonly number[], labels: Float32Array) {
  const slopes = new Float64Array(scores.length);
  const curvatures = new Float64Array(scores.length);
  const given = Float64Array.from(scores);
  const value = loss.ofDecision(given, labels, 0, scores.length, slopes, curvatures);
  return { value, slopes, curvatures };
}

const STEP = 0.02;
const moved = (scores: readonly number[], i: number, by: number): number[] =>
  scores.map((score, k) => (k === i ? score + by : score));

describe('a loss', () => {
  for (const [name, loss] of Object.entries(LOSSES)) {
    it(`of ${name} has the slopes of its finite differences`, () => {
      fc.assert(
        fc.property(decision, ([scores, raw]) => {
          const labels = labelsFor(loss, raw);
          const { slopes } = evaluate(loss, scores, labels);
          for (let i = 0; i < scores.length; i++) {
            const above = evaluate(loss, moved(scores, i, STEP), labels).value;
            const below = evaluate(loss, moved(scores, i, -STEP), labels).value;
            // Our logarithm is good to 3·10⁻⁶, and divided by the step.
            expect(Math.abs((above - below) / (2 * STEP) - slopes[i])).toBeLessThan(4e-3);
          }
        }),
        { seed: 3, numRuns: 150 },
      );
    });

    it(`of ${name} has the curvatures of the differences of its slopes`, () => {
      fc.assert(
        fc.property(decision, ([scores, raw]) => {
          const labels = labelsFor(loss, raw);
          const { curvatures } = evaluate(loss, scores, labels);
          for (let i = 0; i < scores.length; i++) {
            const above = evaluate(loss, moved(scores, i, STEP), labels).slopes[i];
            const below = evaluate(loss, moved(scores, i, -STEP), labels).slopes[i];
            expect(Math.abs((above - below) / (2 * STEP) - curvatures[i])).toBeLessThan(1e-3);
          }
        }),
        { seed: 4, numRuns: 150 },
      );
    });
  }

  for (const [name, loss] of Object.entries(convex)) {
    it(`of ${name} has the whole second derivative of the differences of its slopes`, () => {
      fc.assert(
        fc.property(decision, ([scores, raw]) => {
          const labels = labelsFor(loss, raw);
          const count = scores.length;
          const hessian = new Float64Array(count * count);
          loss.hessian(Float64Array.from(scores), labels, 0, count, hessian);
          for (let i = 0; i < count; i++) {
            const above = evaluate(loss, moved(scores, i, STEP), labels).slopes;
            const below = evaluate(loss, moved(scores, i, -STEP), labels).slopes;
            for (let j = 0; j < count; j++) {
              const difference = (above[j] - below[j]) / (2 * STEP);
              expect(Math.abs(difference - hessian[j * count + i])).toBeLessThan(1e-3);
            }
          }
        }),
        { seed: 5, numRuns: 100 },
      );
    });
  }

  it('of pairs and lists does not change when all scores rise', () => {
    const labels = Float32Array.of(0, 2, 1, 2);
    for (const loss of [pairs, list]) {
      const here = evaluate(loss, [0.5, -1, 2, 0], labels).value;
      expect(evaluate(loss, [10.5, 9, 12, 10], labels).value).toBeCloseTo(here, 4);
    }
  });

  it('of lists is least where the scores have the spread of the labels', () => {
    const labels = Float32Array.of(0, 1, 2, 3);
    const { slopes } = evaluate(list, [0, 2, 4, 6], labels);
    expect(Math.max(...slopes.map(Math.abs))).toBeLessThan(1e-12);
  });
});
