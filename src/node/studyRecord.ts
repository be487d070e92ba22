/*
 * What a study was: `study.json` beside its tables, so that a report can be made of the folder
 * alone. Paths are relative to the folder; nothing of the machine or the time is in it.
 */
import { existsSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Prices } from '../engine/machine.ts';
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import type { ParetoRow } from '../evaluation/pareto.ts';
import type { Window } from '../fingerprint/window.ts';
import type { Effort } from '../optimal/optimum.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { readText } from './readText.ts';

export interface RecordedFingerprint {
  readonly name: string;
  readonly digest: string;
  /** A file, or `synthetic:…`. */
  readonly path: string;
  /** The model it was judged by. */
  readonly model: string;
  /** Options of the fitted policy that were tried; absent: none were. */
  readonly tuned?: Readonly<Record<string, number>>;
  /** Decisions on it, in the states of each policy labelled. */
  readonly labels: readonly string[];
}

export interface StudyRecord {
  readonly format: 'evictlab-study';
  readonly version: 2;
  /** Name and version of the program. */
  readonly program: string;
  readonly study: string;
  readonly seed: number;
  readonly prices: Prices;
  readonly effort: Effort;
  /** The label of the fitted policy in the rows. */
  readonly fitted: string;
  /** The label of the same policy without what was tuned; absent: nothing was. */
  readonly untuned?: string;
  /** Options of the fitted policy. */
  readonly policyOptions: Readonly<Record<string, number>>;
  /** Labels of the models it was given, fitted elsewhere. */
  readonly models: readonly string[];
  /** So much of each fingerprint was fitted on, the rest judged; absent: others were judged. */
  readonly splitAt?: number;
  /** So much of each fingerprint was labelled and judged; absent: all of it. */
  readonly window?: Window;
  /** Of a window so much was run before counting began. */
  readonly warmUp?: number;
  /** Of fingerprints, by name; absent in records of programs that did not keep them. */
  readonly families?: Readonly<Record<string, string>>;
  readonly fingerprints: readonly RecordedFingerprint[];
}

/** The whole of a finished study; paths are as seen from where the program runs. */
export interface FinishedStudy {
  readonly record: StudyRecord;
  readonly rows: readonly EvaluationRow[];
  readonly failures: readonly FailedCell[];
  /** Quality beside cost; empty in folders of programs that did not have it. */
  readonly pareto: readonly ParetoRow[];
}

const RECORD = 'study.json';
const RESULT_BYTES_MAX = 2 ** 28;

/** A folder is a study's: a fingerprint is a file. */
export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

export async function writeStudyRecord(folder: string, record: StudyRecord): Promise<string> {
  const fingerprints = record.fingerprints.map((one) => ({
    ...one,
    path: fromFolder(folder, one.path),
    model: fromFolder(folder, one.model),
    labels: one.labels.map((path) => fromFolder(folder, path)),
  }));
  const path = join(folder, RECORD);
  const text = `${JSON.stringify({ ...record, fingerprints }, null, 1)}\n`;
  await writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(text)));
  return path;
}

export async function readFinishedStudy(folder: string): Promise<FinishedStudy> {
  const path = join(folder, RECORD);
  if (!existsSync(path) || !existsSync(join(folder, 'gaps.json'))) {
    throw new InputError(
      `${folder}: the study is not finished`,
      'run `evictlab study` again; it does only what is missing',
    );
  }
  const record = (await readJson(path)) as StudyRecord;
  if (record.format !== 'evictlab-study' || record.version !== 2) {
    throw new InputError(`${path}: not a study of this version`, 'run `evictlab study` again');
  }
  if (record.splitAt !== undefined || record.window !== undefined) {
    const what = record.splitAt === undefined ? 'windows' : 'what comes later in time';
    throw new InputError(
      `${folder}: its study judges ${what}, beside no optimum a report could show`,
      'read gaps.txt there, or gaps.json and gaps.csv',
    );
  }
  const gaps = (await readJson(join(folder, 'gaps.json'))) as Pick<FinishedStudy, 'rows'> &
    Partial<FinishedStudy>;
  const fingerprints = record.fingerprints.map((one) => ({
    ...one,
    path: toHere(folder, one.path),
    model: toHere(folder, one.model),
    labels: one.labels.map((label) => toHere(folder, label)),
  }));
  // Absent from results of a program that did not go on after a failure.
  const { rows, failures = [], pareto = [] } = gaps;
  return { record: { ...record, fingerprints }, rows, failures, pareto };
}

/** Written whole or not at all by this program. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(path, RESULT_BYTES_MAX));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`${path}: ${error.message}`, 'run `evictlab study` again');
  }
}

const isPath = (input: string): boolean => !input.startsWith('synthetic:');

function fromFolder(folder: string, path: string): string {
  return isPath(path) ? relative(resolve(folder), resolve(path)) : path;
}

function toHere(folder: string, path: string): string {
  return isPath(path) ? join(folder, path) : path;
}
