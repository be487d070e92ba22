/** What a fitted model looks at, on the decisions of one load it was not fitted on. */
import {
  partialDependence,
  permutationImportance,
  type RowScorer,
} from '../evaluation/influence.ts';
import type { FittedModel } from '../learning/model.ts';
import { createModelScore } from '../learning/modelScore.ts';
import type { Figure } from '../report/figure.ts';
import { influenceFigure } from '../report/figures/influence.ts';
import { readDecisions } from './decisionFile.ts';
import { readModel } from './modelFile.ts';

export interface InfluenceRequest {
  readonly id: string;
  readonly title: string;
  /** The model's file. */
  readonly path: string;
  /** A Parquet file of decisions. */
  readonly labels: string;
  readonly seed: number;
}

/** Of each memory size: about 20,000 in all, where a tenth as many show the same two digits. */
const ROWS_OF_SIZE_MAX = 5000;

/** Undefined where there is no decision. */
export async function influenceFigureOf(request: InfluenceRequest): Promise<Figure | undefined> {
  const { id, title, seed } = request;
  const model = await readModel(request.path);
  const rows = await readRows(request.labels, model);
  if (rows.sizes.length === 0) return undefined;
  const score = scorerOf(model, rows.sizes);
  const importance = permutationImportance(score, rows.columns, seed);
  return influenceFigure({
    id,
    title,
    target: model.target,
    features: model.features.map(({ id: feature, unit, scale }, i) => ({
      feature,
      unit,
      isLog: scale !== 'linear',
      importance: importance[i],
      dependence: partialDependence(score, rows.columns, i),
    })),
  });
}

/** Rows in a row that are of one memory size. */
interface SizeRows {
  readonly frames: number;
  readonly count: number;
}

interface SampledRows {
  /** Raw values, a column a feature of the model. */
  readonly columns: readonly Float32Array[];
  readonly sizes: readonly SizeRows[];
}

async function readRows(labels: string, { features }: FittedModel): Promise<SampledRows> {
  const values = features.map((): number[] => []);
  const sizes = new Map<number, number>();
  for await (const { frames, features: columns, featureIds, page } of readDecisions(labels)) {
    const taken = sizes.get(frames) ?? 0;
    const count = Math.min(ROWS_OF_SIZE_MAX - taken, page.length);
    features.forEach(({ id }, i) => {
      const column = columns[featureIds.indexOf(id)];
      for (let row = 0; row < count; row++) values[i].push(column[row]);
    });
    if (count > 0) sizes.set(frames, taken + count);
  }
  return {
    columns: values.map((column) => Float32Array.from(column)),
    sizes: [...sizes].map(([frames, count]) => ({ frames, count })),
  };
}

/** A file of decisions has those of one size together. */
function scorerOf(model: FittedModel, sizes: readonly SizeRows[]): RowScorer {
  const scorer = createModelScore(model);
  return (columns) => {
    const scores = new Float64Array(columns[0].length);
    let first = 0;
    for (const { frames, count } of sizes) {
      scorer.score(columns, first, count, frames, scores.subarray(first));
      first += count;
    }
    return scores;
  };
}
