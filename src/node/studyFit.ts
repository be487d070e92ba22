/*
 * What a study judges by: the decisions of its fingerprints, labelled, and one model a fold.
 *
 *   labels/NAME-STATES.parquet ─► models/…-fold-1-round-0.json ─► … ─► …-tuned.json
 *       one a fingerprint  ▲                  │
 *                          └───── rounds ─────┘
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Fold } from '../dataset/split.ts';
import { frameSizeText } from '../evaluation/frameSizes.ts';
import type { TunedOptions } from '../evaluation/tuned.ts';
import { assert, InputError } from '../support/assert.ts';
import { modelPolicyName, readModel, writeModel } from './modelFile.ts';
import { keyOf, policyIdentity } from './resultStore.ts';
import type { StudyInput, StudyRun } from './studyRun.ts';
import { tuneOptions } from './studyTune.ts';
import { trainFiles } from './trainFiles.ts';

/** Files of labelled decisions by fingerprint, one for each policy whose states are labelled. */
export async function labelAll(
  run: StudyRun,
  inputs: readonly StudyInput[],
): Promise<Map<string, string[]>> {
  const { states } = run.study;
  await mkdir(join(run.output, 'labels'), { recursive: true });
  const total = inputs.length * states.length;
  let done = 0;
  run.onProgress('label', done, total);
  const files = await Promise.all(
    inputs.map((input) => {
      const ofInput = states.map(async (statesOf) => {
        const file = await labelOne(run, input, statesOf, fileName(statesOf));
        run.onProgress('label', ++done, total);
        return file;
      });
      return Promise.all(ofInput);
    }),
  );
  // In the order of the inputs, whichever was done first.
  return new Map(inputs.map(({ name }, i) => [name, files[i]]));
}

/** The file of decisions in the states that `statesOf` visits; made unless it is there. */
async function labelOne(
  { study, output, pool }: StudyRun,
  { path, name, digest, sizes }: StudyInput,
  statesOf: string,
  title: string,
): Promise<string> {
  const { candidates, maxDecisions, seed, features, window, split, splitAt } = study;
  // Nothing behind the border is looked at, be it to label what is before it.
  const share = split === 'later-in-time' ? splitAt : undefined;
  const asked = {
    sizes: sizes.map(frameSizeText),
    candidates,
    maxDecisions,
    seed,
    features,
    window,
    share,
  };
  const identity = await policyIdentity(statesOf);
  const key = keyOf(['label', digest, identity ?? statesOf, asked]);
  const file = join(output, 'labels', `${fileName(name)}-${title}-${key}.parquet`);
  if (identity !== undefined && existsSync(file)) return file;
  const inputs = [path];
  const what = { sizes, statesOf, candidates, maxDecisions, seed, features, window, share };
  const request = { inputs, ...what, output: file };
  await pool.run({ kind: 'label', request } as const);
  return file;
}

/** What the fingerprints of a fold are judged by. */
export interface FittedFold {
  /** Names of those it is for. */
  readonly test: readonly string[];
  readonly model: string;
  /** Absent: no options were tried. */
  readonly tuned: TunedOptions | undefined;
}

export async function fitAll(
  run: StudyRun,
  folds: readonly Fold[],
  inputs: readonly StudyInput[],
  labels: ReadonlyMap<string, readonly string[]>,
): Promise<readonly FittedFold[]> {
  const { rounds, tune } = run.study;
  await mkdir(join(run.output, 'models'), { recursive: true });
  const isTuned = Object.keys(tune).length > 0;
  const total = folds.length * (1 + rounds + (isTuned ? 1 : 0));
  let done = 0;
  run.onProgress('fit', done, total);
  const inputsOf = ({ train }: Fold): StudyInput[] =>
    inputs.filter(({ name }) => train.includes(name));
  const models = await Promise.all(
    folds.map(async (fold, i) => {
      const { train, test } = fold;
      if (train.length === 0) {
        throw new InputError(
          'a study needs two fingerprints: one to fit on, another to judge by',
          'add one to the list, of another family',
        );
      }
      const isApart = !test.some((name) => train.includes(name));
      const isLater = run.study.split === 'later-in-time';
      assert(isApart || isLater, 'nothing is judged by what it was fitted on');
      let files = inputsOf(fold).flatMap(({ name }) => labels.get(name) ?? []);
      let model = await fitOne(run, files, i, 0);
      run.onProgress('fit', ++done, total);
      for (let round = 1; round <= rounds; round++) {
        // Only the newest states: older ones, kept, took back some of what the round had brought.
        const title = `fold-${i + 1}-round-${round}`;
        const statesOf = modelPolicyName(model, run.study.policyOptions);
        const labelling = inputsOf(fold).map((input) => labelOne(run, input, statesOf, title));
        files = await Promise.all(labelling);
        model = await fitOne(run, files, i, round);
        run.onProgress('fit', ++done, total);
      }
      return model;
    }),
  );
  const fitted: FittedFold[] = [];
  for (const [i, fold] of folds.entries()) {
    const { test } = fold;
    const model = models[i];
    if (!isTuned) {
      fitted.push({ test, model, tuned: undefined });
      continue;
    }
    // One after the other, for each holds fingerprints in memory.
    const tuned = await tuneOptions(run, inputsOf(fold), model);
    fitted.push({ test, model: await withTuned(model, tuned), tuned });
    run.onProgress('fit', ++done, total);
  }
  return fitted;
}

/** The model with what it is best run with, beside it; what is scored by is the same. */
async function withTuned(model: string, { chosen }: TunedOptions): Promise<string> {
  const path = model.replace(/\.json$/, `-tuned-${keyOf(['tune', chosen])}.json`);
  const { provenance, ...rest } = await readModel(model);
  await writeModel(path, { ...rest, provenance: { ...provenance, tuned: chosen } });
  return path;
}

/** The model of a fold; fitted unless it is there. */
async function fitOne(
  { study, output }: StudyRun,
  files: readonly string[],
  fold: number,
  round: number,
): Promise<string> {
  const { learner, learnerOptions: options, features, families } = study;
  const control = study.control === 'none' ? undefined : study.control;
  const contents = files.map((file) => basename(file));
  const parts = ['train', contents, learner, options, features, families];
  const key = keyOf(control === undefined ? parts : [...parts, control]);
  const path = join(output, 'models', `${learner}-fold-${fold + 1}-round-${round}-${key}.json`);
  // A file of the user's may be another by now, and so may the decisions in its states.
  const identities = await Promise.all(study.states.map((state) => policyIdentity(state)));
  if (identities.includes(undefined) || !existsSync(path)) {
    const asked = { inputs: files, learner, options, features, families };
    const request = control === undefined ? asked : { ...asked, control };
    await writeModel(path, await trainFiles(request));
  }
  return path;
}

/** What may stand in the name of a file. */
function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').slice(0, 60);
}
