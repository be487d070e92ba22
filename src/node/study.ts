/*
 * The whole loop: label, fit, evaluate.
 *
 *   fingerprints ─► labels/NAME-STATES.parquet ─► models/FOLD.json ─► cells/ ─► gaps.{json,csv,txt}
 *                      one a fingerprint  ▲         │ one a fold      optima/
 *                                         └─rounds──┘
 *
 * A fingerprint is always judged by a model fitted on others; or, later in time, by its later part,
 * which nothing of the fitting has looked at. With windows both are done on one of each, in the
 * cells that tell policies apart (studyCells.ts). With rounds, a fold's model is run on
 * the fingerprints it was fitted on, the decisions in the states it visits are labelled, and it is
 * fitted anew to those (DAgger; Ross, Gordon & Bagnell 2011). Each file carries in its name the
 * digest of everything it depends on, and is written whole or not at all, so a study that was
 * interrupted, or is run again, does only what is missing, and ends in the same bytes.
 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fold, foldsOf } from '../dataset/split.ts';
import { type ClosedStatistics, closedStatistics } from '../evaluation/closedStatistics.ts';
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import { framesMinOf } from '../evaluation/filterLimit.ts';
import { frameSizeText } from '../evaluation/frameSizes.ts';
import type { LeftOutCell, PartRow } from '../evaluation/part.ts';
import { policyStatistics, type Statistics } from '../evaluation/statistics.ts';
import type { Effort } from '../optimal/optimum.ts';
import { evaluationCsv, partCsv } from '../report/csv.ts';
import { failureList, gapTable, partTable } from '../report/gapTable.ts';
import { loadSentences } from '../report/sentences.ts';
import { closedTable, partNote, statisticsTable, summaryTable } from '../report/statisticsTable.ts';
import { assert, InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { sweepAbandoned, writeAtomically } from './atomicWrite.ts';
import { evaluateFingerprints, type PolicyLine, requireNewName } from './evaluate.ts';
import { evaluatePart } from './evaluatePart.ts';
import { readFingerprint } from './fingerprintFile.ts';
import type { JobPool } from './jobPool.ts';
import { modelPolicyName, writeModel } from './modelFile.ts';
import { fittedLabels, resolveNamedPolicy } from './namedPolicy.ts';
import { expandPolicies } from './policyNames.ts';
import { keyOf, policyIdentity, ResultStore } from './resultStore.ts';
import { type StudyCells, type StudyInput, tellingCells, uncountedShare } from './studyCells.ts';
import type { Study } from './studyFile.ts';
import { writeStudyRecord } from './studyRecord.ts';
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

/** What was found, as values and as text. */
interface Findings {
  readonly rows: readonly (EvaluationRow | PartRow)[];
  readonly failures: readonly FailedCell[];
  /** Cells that were not judged; none without windows. */
  readonly leftOut: readonly LeftOutCell[];
  readonly statistics: Statistics | ClosedStatistics;
  /** Over all cells, for people. */
  readonly summary: string;
  /** Every cell, for people. */
  readonly cells: string;
  readonly csv: string;
  /** One for each policy that matters and load; none where no optimum is known. */
  readonly sentences: readonly string[];
}

export interface StudyResult extends Findings {
  /** Paths of everything made. */
  readonly labels: readonly string[];
  readonly models: readonly string[];
  readonly tables: readonly string[];
}

/** Optima that come with the program. */
const BUNDLED_OPTIMA = fileURLToPath(new URL('../../datasets/optima/', import.meta.url));

export async function runStudy(run: StudyRun): Promise<StudyResult> {
  const { study, output } = run;
  const whole = await readInputs(study);
  const policies = await expandPolicies(study.policies);
  // A slip in a name is told now, not after hours of fitting.
  const given = await Promise.all(policies.map((policy) => resolveNamedPolicy(policy)));
  for (const policy of study.states) await resolveNamedPolicy(policy);
  const folders = ['.', 'labels', 'models', 'cells', 'optima'];
  sweepAbandoned(folders.map((folder) => join(output, folder)));
  const { inputs, leftOut } =
    study.window === undefined
      ? { inputs: whole, leftOut: [] }
      : await tellingCells(judging(run, 'choose cells'), study, whole);
  const labels = await labelAll(run, inputs);
  const names = inputs.map(({ name }) => name);
  const isLater = study.split === 'later-in-time';
  // Later in time one model is fitted on the first parts of all and judged by their rests.
  const folds = isLater
    ? [{ train: names, test: names }]
    : foldsOf(names, study.folds, study.families);
  const models = await fitAll(run, folds, inputs, labels);
  const { learner, seed, prices, name: title, policyOptions, families } = study;
  const lines = [
    ...policies.map((policy) => ({ label: policy, policyFor: () => policy })),
    {
      label: learner,
      policyFor: (name: string) => modelPolicyName(models.modelFor(name), policyOptions),
    },
  ];
  // Models that the study is given are as fitted as its own.
  const givenModels = [...fittedLabels(given)];
  const fitted = new Set([learner, ...givenModels]);
  const judge = isLater || study.window !== undefined ? judgePart : judgeUnseen;
  const findings = await judge(run, { inputs, leftOut }, lines, fitted);
  const tables = await writeTables(run, findings);
  const record = await writeStudyRecord(output, {
    format: 'evictlab-study',
    version: 2,
    program: `evictlab ${programVersion()}`,
    study: title,
    seed,
    prices,
    effort: run.effort,
    fitted: learner,
    policyOptions,
    models: givenModels,
    families,
    ...(isLater && { splitAt: study.splitAt }),
    ...(study.window !== undefined && { window: study.window, warmUp: study.warmUp }),
    fingerprints: inputs.map(({ name, digest, path }) => ({
      name,
      digest,
      path,
      model: models.modelFor(name),
      labels: labels.get(name) ?? [],
    })),
  });
  return {
    ...findings,
    labels: [...labels.values()].flat(),
    models: models.paths,
    tables: [...tables, record],
  };
}

/** Fingerprints that the model was not fitted on, beside their optimum. */
async function judgeUnseen(
  run: StudyRun,
  { inputs }: StudyCells,
  lines: readonly PolicyLine[],
  fitted: ReadonlySet<string>,
): Promise<Findings> {
  const { study, output } = run;
  const { families, seed } = study;
  const { rows, failures } = await evaluateFingerprints({
    ...judging(run),
    inputs: inputs.map(({ path }) => path),
    sizes: study.sizes,
    lines,
    effort: run.effort,
    equalResident: study.equalResident,
    optimaFolders: [join(output, 'optima'), BUNDLED_OPTIMA],
  });
  const statistics = policyStatistics(rows, { fitted, families, seed });
  return {
    rows,
    failures,
    leftOut: [],
    statistics,
    summary: [summaryTable(statistics), statisticsTable(statistics)].join('\n\n'),
    cells: gapTable(rows),
    csv: evaluationCsv(rows, failures),
    sentences: loadSentences(rows, statistics).flatMap((load) => load.sentences),
  };
}

/** Windows of fingerprints, or what comes behind the part that the model was fitted on. */
async function judgePart(
  run: StudyRun,
  { inputs, leftOut }: StudyCells,
  lines: readonly PolicyLine[],
  fitted: ReadonlySet<string>,
): Promise<Findings> {
  const { families, seed, window } = run.study;
  const { rows, failures } = await evaluatePart({
    ...judging(run),
    inputs,
    lines,
    window,
    share: uncountedShare(run.study),
  });
  const statistics = closedStatistics(rows, { fitted, families, seed });
  return {
    rows,
    failures,
    leftOut,
    statistics,
    summary: `${closedTable(statistics)}\n\n${partNote(run.study, leftOut)}`,
    cells: partTable(rows),
    csv: partCsv(rows, failures),
    sentences: [],
  };
}

/** What both ask for alike. */
function judging({ study, output, pool, onProgress }: StudyRun, stage = 'evaluate') {
  return {
    prices: study.prices,
    seed: study.seed,
    pool,
    store: new ResultStore(join(output, 'cells')),
    onProgress: (done: number, total: number) => onProgress(stage, done, total),
  };
}

/** Names, and digests, tell what a model was fitted on from what it is judged by. */
async function readInputs({ fingerprints, seed, families, sizes }: Study): Promise<StudyInput[]> {
  const inputs: StudyInput[] = [];
  for (const path of fingerprints) {
    const { fingerprint, digest } = await readFingerprint(path, seed);
    const { name } = fingerprint;
    requireNewName(
      path,
      name,
      inputs.map((input) => input.name),
    );
    const same = inputs.find((input) => input.digest === digest);
    if (same !== undefined) {
      throw new InputError(
        `the fingerprints "${same.name}" and "${name}" have the same content`,
        'leave one of them out: a model would be judged by what it was fitted on',
      );
    }
    inputs.push({ path, name, digest, sizes, framesMin: framesMinOf(fingerprint) });
  }
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(families).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, names);
    throw new InputError(
      `families names a fingerprint "${unknown}", which is not in the study`,
      meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`,
    );
  }
  return inputs;
}

/** Files of labelled decisions by fingerprint, one for each policy whose states are labelled. */
async function labelAll(
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

interface FittedFolds {
  readonly paths: readonly string[];
  /** The model fitted without the fingerprint of this name. */
  modelFor(name: string): string;
}

async function fitAll(
  run: StudyRun,
  folds: readonly Fold[],
  inputs: readonly StudyInput[],
  labels: ReadonlyMap<string, readonly string[]>,
): Promise<FittedFolds> {
  const { rounds } = run.study;
  await mkdir(join(run.output, 'models'), { recursive: true });
  const total = folds.length * (1 + rounds);
  let done = 0;
  run.onProgress('fit', done, total);
  const modelOf = new Map<string, string>();
  await Promise.all(
    folds.map(async ({ train, test }, i) => {
      if (train.length === 0) {
        throw new InputError(
          'a study needs two fingerprints: one to fit on, another to judge by',
          'add one to the list, of another family',
        );
      }
      const isApart = !test.some((name) => train.includes(name));
      const isLater = run.study.split === 'later-in-time';
      assert(isApart || isLater, 'nothing is judged by what it was fitted on');
      const trainInputs = inputs.filter(({ name }) => train.includes(name));
      let files = trainInputs.flatMap(({ name }) => labels.get(name) ?? []);
      let model = await fitOne(run, files, i, 0);
      run.onProgress('fit', ++done, total);
      for (let round = 1; round <= rounds; round++) {
        // Only the newest states: older ones, kept, took back some of what the round had brought.
        const title = `fold-${i + 1}-round-${round}`;
        const statesOf = modelPolicyName(model, run.study.policyOptions);
        const labelling = trainInputs.map((input) => labelOne(run, input, statesOf, title));
        files = await Promise.all(labelling);
        model = await fitOne(run, files, i, round);
        run.onProgress('fit', ++done, total);
      }
      for (const name of test) modelOf.set(name, model);
    }),
  );
  return {
    paths: [...new Set(inputs.map(({ name }) => modelOf.get(name) ?? ''))],
    modelFor(name) {
      const path = modelOf.get(name);
      assert(path !== undefined, 'every fingerprint is held out once');
      return path;
    },
  };
}

/** The model of a fold; fitted unless it is there. */
async function fitOne(
  { study, output }: StudyRun,
  files: readonly string[],
  fold: number,
  round: number,
): Promise<string> {
  const { learner, learnerOptions: options, features, families } = study;
  const contents = files.map((file) => basename(file));
  const key = keyOf(['train', contents, learner, options, features, families]);
  const path = join(output, 'models', `${learner}-fold-${fold + 1}-round-${round}-${key}.json`);
  if (!existsSync(path)) {
    const request = { inputs: files, learner, options, features, families };
    await writeModel(path, await trainFiles(request));
  }
  return path;
}

async function writeTables(
  { study, output }: StudyRun,
  { rows, failures, leftOut, statistics, summary, cells, csv, sentences }: Findings,
): Promise<string[]> {
  const { name, seed, prices } = study;
  const version = programVersion();
  const json = { study: name, version, seed, prices, statistics, rows, failures, leftOut };
  const said = sentences.length === 0 ? [] : [sentences.join('\n')];
  const text = [cells, summary, ...said, ...failureList(failures)];
  const contents = {
    'gaps.json': `${JSON.stringify(json, null, 1)}\n`,
    'gaps.csv': csv,
    'gaps.txt': `${text.join('\n\n')}\n`,
  };
  const paths: string[] = [];
  for (const [file, content] of Object.entries(contents)) {
    const path = join(output, file);
    await writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(content)));
    paths.push(path);
  }
  return paths;
}

/** What may stand in the name of a file. */
function fileName(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').slice(0, 60);
}
