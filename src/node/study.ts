/*
 * The whole loop: label, fit, evaluate.
 *
 *   fingerprints ─► labels/NAME-STATES.parquet ─► models/FOLD.json ─► cells/ ─► gaps.{json,csv,txt}
 *                      one a fingerprint            one a fold        optima/
 *
 * A fingerprint is always judged by a model fitted on others. Each file carries in its name the digest
 * of everything it depends on, and is written whole or not at all, so a study that was interrupted, or
 * is run again, does only what is missing, and ends in the same bytes.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fold, foldsOf } from '../dataset/split.ts';
import type { EvaluationRow } from '../evaluation/evaluation.ts';
import { frameSizeText } from '../evaluation/frameSizes.ts';
import { type PolicySummary, summarize } from '../evaluation/summary.ts';
import type { Effort } from '../optimal/optimum.ts';
import { evaluationCsv } from '../report/csv.ts';
import { gapTable, summaryTable } from '../report/gapTable.ts';
import { assert, InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { evaluateFingerprints } from './evaluate.ts';
import { readFingerprint } from './fingerprintFile.ts';
import type { JobPool } from './jobPool.ts';
import { writeModel } from './modelFile.ts';
import { keyOf, policyIdentity, ResultStore } from './resultStore.ts';
import type { Study } from './studyFile.ts';
import { trainFiles } from './trainFiles.ts';
import { programVersion } from './version.ts';

export interface StudyRun {
  readonly study: Study;
  /** Folder for everything made. */
  readonly output: string;
  readonly pool: JobPool;
  readonly effort: Effort;
  readonly onProgress: (stage: string, done: number, total: number) => void;
}

export interface StudyResult {
  readonly rows: readonly EvaluationRow[];
  readonly summaries: readonly PolicySummary[];
  /** Paths of everything made. */
  readonly labels: readonly string[];
  readonly models: readonly string[];
  readonly tables: readonly string[];
}

/** Optima that come with the program. */
const BUNDLED_OPTIMA = fileURLToPath(new URL('../../datasets/optima/', import.meta.url));

interface Input {
  readonly path: string;
  readonly name: string;
  readonly digest: string;
}

export async function runStudy(run: StudyRun): Promise<StudyResult> {
  const { study, output } = run;
  const inputs = await readInputs(study);
  const labels = await labelAll(run, inputs);
  const folds = foldsOf(
    inputs.map(({ name }) => name),
    study.folds,
    study.families,
  );
  const models = await fitAll(run, folds, labels);
  const rows = await evaluateFingerprints({
    inputs: inputs.map(({ path }) => path),
    lines: [
      ...study.policies.map((policy) => ({ label: policy, policyFor: () => policy })),
      { label: study.learner, policyFor: (name) => `model:${models.modelFor(name)}` },
    ],
    sizes: study.sizes,
    prices: study.prices,
    seed: study.seed,
    effort: run.effort,
    pool: run.pool,
    optimaFolders: [join(output, 'optima'), BUNDLED_OPTIMA],
    store: new ResultStore(join(output, 'cells')),
    onProgress: (done, total) => run.onProgress('evaluate', done, total),
  });
  const summaries = summarize(rows);
  const tables = await writeTables(run, rows, summaries);
  return { rows, summaries, labels: [...labels.values()].flat(), models: models.paths, tables };
}

async function readInputs({ fingerprints, seed }: Study): Promise<Input[]> {
  const inputs: Input[] = [];
  for (const path of fingerprints) {
    const { fingerprint, digest } = await readFingerprint(path, seed);
    inputs.push({ path, name: fingerprint.name, digest });
  }
  return inputs;
}

/** Files of labelled decisions by fingerprint, one for each policy whose states are labelled. */
async function labelAll(
  { study, output, pool, onProgress }: StudyRun,
  inputs: readonly Input[],
): Promise<Map<string, string[]>> {
  const folder = join(output, 'labels');
  await mkdir(folder, { recursive: true });
  const { sizes, states, candidates, maxDecisions, seed } = study;
  const total = inputs.length * states.length;
  let done = 0;
  const paths = await Promise.all(
    inputs.flatMap(({ path, name, digest }) =>
      states.map(async (statesOf) => {
        const asked = { sizes: sizes.map(frameSizeText), candidates, maxDecisions, seed };
        const key = keyOf(['label', digest, await policyIdentity(statesOf), asked]);
        const file = join(folder, `${fileName(name)}-${fileName(statesOf)}-${key}.parquet`);
        if (!existsSync(file)) {
          const request = {
            inputs: [path],
            sizes,
            statesOf,
            candidates,
            maxDecisions,
            seed,
            output: file,
          };
          await pool.run({ kind: 'label', request } as const);
        }
        onProgress('label', ++done, total);
        return [name, file] as const;
      }),
    ),
  );
  const byName = new Map<string, string[]>(inputs.map(({ name }) => [name, []]));
  for (const [name, file] of paths) byName.get(name)?.push(file);
  return byName;
}

interface FittedFolds {
  readonly paths: readonly string[];
  /** The model fitted without the fingerprint of this name. */
  modelFor(name: string): string;
}

async function fitAll(
  { study, output, onProgress }: StudyRun,
  folds: readonly Fold[],
  labels: ReadonlyMap<string, readonly string[]>,
): Promise<FittedFolds> {
  const folder = join(output, 'models');
  await mkdir(folder, { recursive: true });
  const modelOf = new Map<string, string>();
  for (const [i, { train, test }] of folds.entries()) {
    if (train.length === 0) {
      throw new InputError(
        'a study needs two fingerprints: one to fit on, another to judge by',
        'add one to the list, of another family',
      );
    }
    assert(
      !test.some((name) => train.includes(name)),
      'nothing is judged by what it was fitted on',
    );
    const inputs = train.flatMap((name) => labels.get(name) ?? []);
    const { learner, learnerOptions: options, features } = study;
    const contents = inputs.map((input) => basename(input));
    const key = keyOf(['train', contents, learner, options, features]);
    const held = fileName(test.length === 1 ? test[0] : `fold-${i + 1}`);
    const path = join(folder, `${learner}-without-${held}-${key}.json`);
    if (!existsSync(path)) {
      await writeModel(path, await trainFiles({ inputs, learner, options, features }));
    }
    for (const name of test) modelOf.set(name, path);
    onProgress('fit', i + 1, folds.length);
  }
  return {
    paths: [...new Set(modelOf.values())],
    modelFor(name) {
      const path = modelOf.get(name);
      assert(path !== undefined, 'every fingerprint is held out once');
      return path;
    },
  };
}

async function writeTables(
  { study, output }: StudyRun,
  rows: readonly EvaluationRow[],
  summaries: readonly PolicySummary[],
): Promise<string[]> {
  const { name, seed, prices } = study;
  const json = { study: name, version: programVersion(), seed, prices, summaries, rows };
  const contents = {
    'gaps.json': `${JSON.stringify(json, null, 1)}\n`,
    'gaps.csv': evaluationCsv(rows),
    'gaps.txt': `${gapTable(rows)}\n\n${summaryTable(summaries)}\n`,
  };
  const paths: string[] = [];
  for (const [file, text] of Object.entries(contents)) {
    const path = join(output, file);
    await writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(text)));
    paths.push(path);
  }
  return paths;
}

/** What may stand in the name of a file. */
function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').slice(0, 60);
}
