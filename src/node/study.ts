/*
 * The whole loop: label, fit, evaluate.
 *
 *   fingerprints ─► labels/NAME-STATES.parquet ─► models/FOLD.json ─► cells/ ─► gaps.{json,csv,txt}
 *                      one a fingerprint  ▲         │ one a fold      optima/   pareto.csv
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
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldsOf } from '../dataset/split.ts';
import { type ClosedStatistics, closedStatistics } from '../evaluation/closedStatistics.ts';
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import { framesMinOf } from '../evaluation/filterLimit.ts';
import { type ParetoRow, paretoRows } from '../evaluation/pareto.ts';
import type { LeftOutCell, PartRow } from '../evaluation/part.ts';
import { policyStatistics, type Statistics } from '../evaluation/statistics.ts';
import type { TunedFold } from '../evaluation/tuned.ts';
import { evaluationCsv, partCsv } from '../report/csv.ts';
import { failureList, gapTable, partTable } from '../report/gapTable.ts';
import { paretoCsv, paretoTable } from '../report/paretoTable.ts';
import { loadSentences } from '../report/sentences.ts';
import {
  closedTable,
  partNote,
  statisticsTable,
  summaryTable,
  tunedTables,
} from '../report/statisticsTable.ts';
import { assert, InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { sweepAbandoned, writeAtomically } from './atomicWrite.ts';
import { evaluateFingerprints, type PolicyLine, requireNewName } from './evaluate.ts';
import { evaluatePart } from './evaluatePart.ts';
import { readFingerprint } from './fingerprintFile.ts';
import { modelPolicyName } from './modelFile.ts';
import { fittedLabels, resolveNamedPolicy } from './namedPolicy.ts';
import { expandPolicies } from './policyNames.ts';
import { runningCosts } from './runningCosts.ts';
import { tellingCells } from './studyCells.ts';
import { checkTraining } from './studyChecks.ts';
import type { Study } from './studyFile.ts';
import { type FittedFold, fitAll, labelAll } from './studyFit.ts';
import { isFolder, writeStudyRecord } from './studyRecord.ts';
import {
  judging,
  type StudyCells,
  type StudyInput,
  type StudyRun,
  uncountedShare,
} from './studyRun.ts';
import { programVersion } from './version.ts';

/** What was found, as values and as text. */
interface Judged {
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

interface Findings extends Judged {
  /** Quality beside cost. */
  readonly pareto: readonly ParetoRow[];
  /** What was tried for each fold; empty when nothing was. */
  readonly tuned: readonly TunedFold[];
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
  await checkTraining(study);
  if (output === '' || (existsSync(output) && !isFolder(output))) {
    throw new InputError(`"${output}" is no folder to write a study to`, 'name a new folder');
  }
  sweepAbandoned(folders.map((folder) => join(output, folder)));
  const { inputs, leftOut } =
    study.window === undefined
      ? { inputs: whole, leftOut: [] }
      : await tellingCells(judging(run, 'choose cells'), study, whole);
  const names = inputs.map(({ name }) => name);
  const isLater = study.split === 'later-in-time';
  // Later in time one model is fitted on the first parts of all and judged by their rests.
  const folds = isLater
    ? [{ train: names, test: names }]
    : foldsOf(names, study.folds, study.families);
  // Threads judge hand-made policies when there is nothing to label, and while models are fitted.
  const labelling = labelAll(run, inputs);
  const fitting = labelling.then((files) => fitAll(run, folds, inputs, files));
  const { seed, prices, name: title, policyOptions, families } = study;
  const ownLines = fittedLines(study, async (name) => fitIn(await fitting, name));
  const [own, untuned] = ownLines.map(({ label }) => label);
  const lines = [
    ...policies.map((policy) => ({ label: policy, policyFor: () => policy })),
    ...ownLines,
  ];
  // Models that the study is given are as fitted as its own.
  const givenModels = [...fittedLabels(given)];
  const fitted = new Set([...ownLines.map(({ label }) => label), ...givenModels]);
  const judge = isLater || study.window !== undefined ? judgePart : judgeUnseen;
  const judgement = judge(run, { inputs, leftOut }, lines, fitted);
  // Of several mistakes the first stage's is told, whichever was found first.
  for (const stage of [fitting, judgement]) stage.catch(() => {});
  const labels = await labelling;
  const fits = await fitting;
  const judged = await judgement;
  const pareto = paretoRows(judged.statistics.policies, await runningCosts(lines, judged.rows));
  const tuned = fits.flatMap((fit) =>
    fit.tuned === undefined ? [] : [{ fingerprints: fit.test, ...fit.tuned }],
  );
  const summary = [judged.summary, paretoTable(pareto), ...tunedTables(tuned)].join('\n\n');
  const findings = { ...judged, pareto, tuned, summary };
  const tables = await writeTables(run, findings);
  const record = await writeStudyRecord(output, {
    format: 'evictlab-study',
    version: 2,
    program: `evictlab ${programVersion()}`,
    study: title,
    seed,
    prices,
    effort: run.effort,
    fitted: own,
    ...(untuned !== undefined && { untuned }),
    policyOptions,
    models: givenModels,
    families,
    ...(isLater && { splitAt: study.splitAt }),
    ...(study.window !== undefined && { window: study.window, warmUp: study.warmUp }),
    fingerprints: inputs.map(({ name, digest, path }) => {
      const { model, tuned } = fitIn(fits, name);
      const options = tuned === undefined ? {} : { tuned: tuned.chosen };
      return { name, digest, path, model, ...options, labels: labels.get(name) ?? [] };
    }),
  });
  return {
    ...findings,
    labels: [...labels.values()].flat(),
    models: [...new Set(inputs.map(({ name }) => fitIn(fits, name).model))],
    tables: [...tables, record],
  };
}

/** The fit of the fold in which a fingerprint is held out. */
function fitIn(fits: readonly FittedFold[], name: string): FittedFold {
  const fit = fits.find(({ test }) => test.includes(name));
  assert(fit !== undefined, 'every fingerprint is held out once');
  return fit;
}

/** The policy of each fold's model, and beside it the same as it was before it was tuned. */
function fittedLines(
  { learner, control, policyOptions, tune }: Study,
  fitFor: (name: string) => Promise<FittedFold>,
): PolicyLine[] {
  const label = control === 'none' ? learner : `${learner}-${control}`;
  const policyFor = async (name: string): Promise<string> => {
    const { model, tuned } = await fitFor(name);
    return modelPolicyName(model, { ...policyOptions, ...tuned?.chosen });
  };
  if (Object.keys(tune).length === 0) return [{ label, policyFor }];
  const untuned = async (name: string): Promise<string> =>
    modelPolicyName((await fitFor(name)).model, policyOptions);
  return [
    { label, policyFor },
    { label: `${label}-untuned`, policyFor: untuned },
  ];
}

/** Fingerprints that the model was not fitted on, beside their optimum. */
async function judgeUnseen(
  run: StudyRun,
  { inputs }: StudyCells,
  lines: readonly PolicyLine[],
  fitted: ReadonlySet<string>,
): Promise<Judged> {
  const { study, output } = run;
  const { families, seed } = study;
  const { rows, failures } = await evaluateFingerprints({
    ...judging(run, 'evaluate'),
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
): Promise<Judged> {
  const { families, seed, window } = run.study;
  const { rows, failures } = await evaluatePart({
    ...judging(run, 'evaluate'),
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

async function writeTables({ study, output }: StudyRun, findings: Findings): Promise<string[]> {
  const { name, seed, prices } = study;
  const { rows, failures, leftOut, pareto, tuned, statistics } = findings;
  const { summary, cells, csv, sentences } = findings;
  const version = programVersion();
  const found = { statistics, pareto, rows, failures, leftOut, tuned };
  const json = { study: name, version, seed, prices, ...found };
  const said = sentences.length === 0 ? [] : [sentences.join('\n')];
  const text = [cells, summary, ...said, ...failureList(failures)];
  const contents = {
    'gaps.json': `${JSON.stringify(json, null, 1)}\n`,
    'gaps.csv': csv,
    'pareto.csv': paretoCsv(pareto),
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
