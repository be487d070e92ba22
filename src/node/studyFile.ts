/**
 * A study as YAML: what is to be compared on what. Every mistake in it is an InputError with its
 * place.
 */
import { dirname, isAbsolute, join } from 'node:path';
import type { CandidateCount } from '../dataset/decisionTable.ts';
import type { Prices } from '../engine/machine.ts';
import { type FrameSize, parseFrames } from '../evaluation/frameSizes.ts';
import type { JudgedPart } from '../evaluation/part.ts';
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { readText } from './readText.ts';

export interface Study extends JudgedPart {
  readonly name: string;
  /** Paths as seen from where the program runs, or `synthetic:…`. */
  readonly fingerprints: readonly string[];
  readonly sizes: readonly FrameSize[];
  readonly prices: Prices;
  readonly seed: number;
  /** Hand-made policies to show beside the fitted one. */
  readonly policies: readonly string[];
  /** Also beside the optimum of the frames used, for policies that keep some free. */
  readonly equalResident: boolean;
  /** Policies whose states are labelled. */
  readonly states: readonly string[];
  readonly candidates: CandidateCount;
  readonly maxDecisions: number | undefined;
  readonly learner: string;
  readonly learnerOptions: Readonly<Record<string, number>>;
  readonly features: readonly string[] | undefined;
  /** Of the fitted policy, as `model:FILE:option=value` has them. */
  readonly policyOptions: Readonly<Record<string, number>>;
  /** Values to try for options of the fitted policy, in closed loop on what a fold is fitted on. */
  readonly tune: Readonly<Record<string, readonly number[]>>;
  /** shuffled: labels have nothing to do with their rows, and the fitted policy must close nothing. */
  readonly control: 'none' | 'shuffled';
  /** How often the fit is repeated on the states its own last model visits (DAgger). */
  readonly rounds: number;
  /** Number of folds, or one fingerprint (or family) left out at a time. */
  readonly folds: number | 'leave-one-out';
  /** Fingerprints of one family are never on both sides of a fold. */
  readonly families: Readonly<Record<string, string>>;
}

const STUDY_BYTES_MAX = 2 ** 20;
/** Each is run in every cell that a fold is fitted on. */
const SETTINGS_MAX = 64;
const HINT = 'CONTRIBUTING.md shows a study line by line; datasets/default.yaml is one';

/** Reads and checks the file; paths in it are relative to it. */
export async function readStudy(path: string): Promise<Study> {
  const text = await readText(path, STUDY_BYTES_MAX);
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    const what = error instanceof Error ? error.message.split('\n')[0] : `${error}`;
    throw new InputError(`${path}: ${what}`, HINT);
  }
  const study = new Section(path, '', value);
  const fingerprints = study.texts('fingerprints').map((input) => fromFolder(dirname(path), input));
  const prices = study.section('prices');
  const label = study.section('label');
  const train = study.section('train');
  const window = study.section('window');
  const read: Study = {
    name: study.text('name'),
    fingerprints,
    sizes: parseFrames(study.texts('frames').join(',')),
    prices: {
      pageInCost: prices.number('page-in', 0, 1),
      pageOutCost: prices.number('page-out', 0, 1),
      chargeFinal: prices.flag('charge-final', false),
    },
    seed: study.whole('seed', 0, 1),
    policies: study.texts('policies'),
    equalResident: study.flag('equal-resident', false),
    states: label.texts('states', ['min']),
    candidates: label.wholeOrWord('candidates', 'all', 2, 16),
    maxDecisions: label.has('max-decisions') ? label.whole('max-decisions', 1, 1) : undefined,
    learner: train.text('learner', 'least-squares'),
    learnerOptions: train.section('options').numbers(),
    features: train.has('features') ? train.texts('features') : undefined,
    policyOptions: train.section('policy').numbers(),
    tune: train.section('tune').numberLists(),
    control: train.wordOf('control', ['none', 'shuffled']),
    rounds: train.whole('rounds', 0, 0),
    folds: study.wholeOrWord('folds', 'leave-one-out', 2, 'leave-one-out'),
    split: study.wordOf('split', ['unseen', 'later-in-time']),
    splitAt: study.share('split-at', 1 / 3),
    window: study.has('window')
      ? { references: window.whole('references', 1), from: window.share('from', 0) }
      : undefined,
    warmUp: window.share('warm-up', 0),
    families: study.section('families').words(),
  };
  for (const section of [study, prices, label, train, window]) section.refuseOthers();
  checkTune(read, train);
  if (read.window !== undefined) {
    if (study.has('equal-resident')) study.refuse('equal-resident', 'has no meaning with a window');
    if (read.warmUp === 1) window.refuse('warm-up', 'leaves nothing to be counted');
  }
  if (read.split === 'later-in-time') {
    if (window.has('warm-up')) {
      window.refuse('warm-up', 'has no meaning with split: later-in-time, which has split-at');
    }
    for (const key of ['folds', 'equal-resident']) {
      if (study.has(key)) study.refuse(key, 'has no meaning with split: later-in-time');
    }
    if (read.splitAt === 0 || read.splitAt === 1) {
      study.refuse('split-at', 'must be a share of the references, between 0 and 1');
    }
  } else if (study.has('split-at')) {
    study.refuse('split-at', 'is for split: later-in-time');
  }
  // It names the folder of the results, which is neither out/ nor what is around it.
  if (!/^(?!\.\.?$)[\w.-]+$/.test(read.name)) {
    study.refuse('name', 'must be letters, digits, dots or dashes, and not only . or ..');
  }
  return read;
}

function checkTune({ tune, policyOptions, split }: Study, train: Section): void {
  const values = Object.values(tune);
  if (values.length === 0) return;
  const both = Object.keys(tune).find((name) => Object.hasOwn(policyOptions, name));
  if (both !== undefined) train.refuse('tune', `has ${both}, which train.policy gives already`);
  const settings = values.reduce((product, list) => product * list.length, 1);
  if (settings > SETTINGS_MAX) {
    train.refuse('tune', `makes ${settings} settings; ${SETTINGS_MAX} are enough`);
  }
  if (split === 'later-in-time') {
    train.refuse('tune', 'would look at what is judged, with split: later-in-time');
  }
}

function fromFolder(folder: string, input: string): string {
  return input.startsWith('synthetic:') || isAbsolute(input) ? input : join(folder, input);
}

/** One mapping of the file, which knows where it is and what has been asked of it. */
class Section {
  readonly #file: string;
  readonly #place: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #asked = new Set<string>();

  constructor(file: string, place: string, value: unknown) {
    this.#file = file;
    this.#place = place;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      const what = place === '' ? 'is no study' : `${place} must be a mapping`;
      throw new InputError(`${file}: ${what}`, HINT);
    }
    this.#values = value as Readonly<Record<string, unknown>>;
  }

  has(key: string): boolean {
    this.#asked.add(key);
    return this.#values[key] !== undefined;
  }

  refuse(key: string, what: string): never {
    throw new InputError(`${this.#file}: ${this.#placeOf(key)} ${what}`, HINT);
  }

  text(key: string, absent?: string): string {
    if (!this.has(key)) return absent ?? this.refuse(key, 'is missing');
    const value = this.#values[key];
    return typeof value === 'string' || typeof value === 'number'
      ? `${value}`
      : this.refuse(key, 'must be a word');
  }

  /** A list, or one word for a list of one. */
  texts(key: string, absent?: readonly string[]): readonly string[] {
    if (!this.has(key)) return absent ?? this.refuse(key, 'is missing');
    const value = this.#values[key];
    const list = Array.isArray(value) ? value : [value];
    const isText = (item: unknown): boolean => typeof item === 'string' || typeof item === 'number';
    if (list.length === 0 || !list.every(isText)) this.refuse(key, 'must be a list of words');
    return list.map(String);
  }

  number(key: string, least: number, absent: number): number {
    if (!this.has(key)) return absent;
    const value = this.#values[key];
    return typeof value === 'number' && Number.isFinite(value) && value >= least
      ? value
      : this.refuse(key, `must be a number of at least ${least}`);
  }

  /** 0 to 1, as a number or a fraction of whole ones: 0.4, 1/3. */
  share(key: string, absent: number): number {
    if (!this.has(key)) return absent;
    const value = this.#values[key];
    const fraction = /^(\d+)\/(\d+)$/.exec(typeof value === 'string' ? value : '');
    const share = fraction === null ? value : Number(fraction[1]) / Number(fraction[2]);
    return typeof share === 'number' && share >= 0 && share <= 1
      ? share
      : this.refuse(key, 'must be a share, 0 to 1, such as 0.4 or 1/3');
  }

  whole(key: string, least: number, absent?: number): number {
    if (!this.has(key) && absent === undefined) this.refuse(key, 'is missing');
    const value = this.number(key, least, absent ?? least);
    return Number.isSafeInteger(value) ? value : this.refuse(key, 'must be a whole number');
  }

  wholeOrWord<Word extends string>(
    key: string,
    word: Word,
    least: number,
    absent: number | Word,
  ): number | Word {
    if (!this.has(key)) return absent;
    if (this.#values[key] === word) return word;
    const value = this.#values[key];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= least
      ? value
      : this.refuse(key, `must be "${word}" or a whole number of at least ${least}`);
  }

  /** One of `words`; absent: the first. */
  wordOf<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    if (!this.has(key)) return words[0];
    const word = words.find((candidate) => candidate === this.#values[key]);
    return word ?? this.refuse(key, `must be ${words.join(' or ')}`);
  }

  flag(key: string, absent: boolean): boolean {
    if (!this.has(key)) return absent;
    const value = this.#values[key];
    return typeof value === 'boolean' ? value : this.refuse(key, 'must be true or false');
  }

  /** An empty one when it is absent. */
  section(key: string): Section {
    return new Section(this.#file, this.#placeOf(key), this.has(key) ? this.#values[key] : {});
  }

  /** All of it, as numbers by name. */
  numbers(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.keys(this.#values).map((key) => [key, this.number(key, -Infinity, 0)]),
    );
  }

  /** All of it, as lists of different numbers by name; one number is a list of one. */
  numberLists(): Readonly<Record<string, readonly number[]>> {
    const listOf = (key: string): readonly number[] => {
      this.has(key);
      const list = [this.#values[key]].flat();
      const isNumber = (item: unknown): item is number => Number.isFinite(item);
      if (list.length > 0 && list.every(isNumber) && new Set(list).size === list.length) {
        return list;
      }
      return this.refuse(key, 'must be a list of different numbers');
    };
    return Object.fromEntries(Object.keys(this.#values).map((key) => [key, listOf(key)]));
  }

  words(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.keys(this.#values).map((key) => [key, this.text(key)]));
  }

  #placeOf(key: string): string {
    return this.#place === '' ? key : `${this.#place}.${key}`;
  }

  /** A key nobody asked for is a slip of the pen. */
  refuseOthers(): void {
    const other = Object.keys(this.#values).find((key) => !this.#asked.has(key));
    if (other === undefined) return;
    const meant = nearest(other, this.#asked);
    this.refuse(other, `is not known${meant === undefined ? '' : `: did you mean ${meant}?`}`);
  }
}
