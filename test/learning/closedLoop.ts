/*
 * How much of the gap between LRU and MIN a fitted policy closes on programs it has never seen:
 * one program is held out, a model is fitted on the decisions of the others and plugged back into
 * the engine on the one held out. Round 0 is fitted on the states of a given policy, round r on
 * states that the policies of the rounds before visited (DAgger, Ross et al., AISTATS 2011).
 */
import { join } from 'node:path';
import type { DecisionTable } from '../../src/dataset/decisionTable.ts';
import { labelDecisions } from '../../src/dataset/recorder.ts';
import { foldsOf } from '../../src/dataset/split.ts';
import { computeNextUse, type NextUse } from '../../src/engine/nextUse.ts';
import type { PolicyOptions, PolicySpec } from '../../src/engine/policy.ts';
import { replay } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { learnedPolicy } from '../../src/learning/learnedPolicy.ts';
import type { FittedModel } from '../../src/learning/model.ts';
import { min } from '../../src/optimal/min.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { readTrace } from '../support/traces.ts';
import { FEATURES, fit } from './decisions.ts';

/** A program at one memory size, and what the two ends of its gap cost. */
export interface Case {
  readonly program: string;
  readonly frameCount: number;
  readonly references: ReferenceString;
  readonly nextUse: NextUse;
  readonly lruPageIns: number;
  readonly minPageIns: number;
}

export interface Recipe {
  /** Round 0 visits the states of these. */
  readonly statesOf: readonly PolicySpec[];
  /** Later rounds: on their own states only, or on those of all rounds. */
  readonly keepsOlderStates: boolean;
  readonly rounds: number;
  /** Of the learner. */
  readonly options: Readonly<Record<string, number>>;
}

export interface Closure {
  /** Share of the gap that is closed, at least −1 a case: its mean and its median over cases. */
  readonly mean: number;
  readonly median: number;
  /** Cases with over 2 % more page-ins than LRU has. */
  readonly worse: number;
  readonly cases: number;
}

/** Where the window of a captured program begins: past its start-up, near the middle. */
const WINDOW_START: Readonly<Record<string, number>> = {
  cc1: 1_500_000,
  gitlog: 800_000,
  perl: 1_500_000,
  pyast: 1_500_000,
  sort: 0,
  sqlite: 1_500_000,
  xz: 1_000_000,
};

export const PROGRAMS: readonly string[] = Object.keys(WINDOW_START);

/**
 * Windows of at most `length` references of captured programs, at percentages of the pages in them.
 * Sizes below 64 frames are left out, for the captures are filtered (see their README), and so are
 * gaps too small to divide by.
 */
export function readCases(
  folder: string,
  programs: readonly string[],
  percents: readonly number[],
  length: number,
): readonly Case[] {
  return programs.flatMap((program) => {
    const whole = readTrace(join(folder, 'programs', `${program}.pages.zst`));
    const references = windowOf(whole, WINDOW_START[program], length);
    const nextUse = computeNextUse(references);
    return percents.flatMap((percent) => {
      const frameCount = Math.floor((references.pageCount * percent) / 100);
      if (frameCount < 64) return [];
      const run = { frameCount, seed: 1, nextUse };
      const lruPageIns = replay(references, { ...run, policy: lru }).pageIns;
      const minPageIns = replay(references, { ...run, policy: min }).pageIns;
      if (lruPageIns - minPageIns < Math.max(200, 0.02 * minPageIns)) return [];
      return [{ program, frameCount, references, nextUse, lruPageIns, minPageIns }];
    });
  });
}

function windowOf(string: ReferenceString, start: number, length: number): ReferenceString {
  const numbers = new Map<number, number>();
  const pages = string.pages.slice(start, start + length).map((page) => {
    const number = numbers.get(page) ?? numbers.size;
    numbers.set(page, number);
    return number;
  });
  const kinds = string.kinds.slice(0, numbers.size);
  const writes = string.writes.slice(start, start + length);
  return { ...string, pages, writes, pageCount: numbers.size, kinds };
}

/** The models of each round, by the program they have not seen. */
export async function fitHeldOut(
  cases: readonly Case[],
  recipe: Recipe,
): Promise<readonly ReadonlyMap<string, FittedModel>[]> {
  const label = (one: Case, policy: PolicySpec, seed: number): DecisionTable =>
    labelDecisions(one.references, {
      fingerprint: one.program,
      digest: 'none',
      policy,
      frameCount: one.frameCount,
      seed,
      nextUse: one.nextUse,
      features: FEATURES,
      candidates: 24,
      maxDecisions: 500,
    });
  const start = new Map(
    cases.map((one) => [one, recipe.statesOf.map((policy) => label(one, policy, 7))]),
  );
  const models = Array.from({ length: recipe.rounds + 1 }, () => new Map<string, FittedModel>());
  const programs = [...new Set(cases.map((one) => one.program))];
  for (const { train, test } of foldsOf(programs, 'leave-one-out')) {
    const seen = cases.filter((one) => train.includes(one.program));
    let tables = seen.flatMap((one) => start.get(one)!);
    for (let round = 0; round <= recipe.rounds; round++) {
      const model = await fit(tables, recipe.options);
      models[round].set(test[0], model);
      if (round === recipe.rounds) break;
      const own = seen.map((one) => label(one, learnedPolicy(model, FEATURES), 8 + round));
      tables = recipe.keepsOlderStates ? [...tables, ...own] : own;
    }
  }
  return models;
}

/** How the models do on the programs they have not seen. */
export function closureOf(
  cases: readonly Case[],
  models: ReadonlyMap<string, FittedModel>,
  options: PolicyOptions = {},
): Closure {
  const closures = cases.map(({ program, references, frameCount, lruPageIns, minPageIns }) => {
    const policy = learnedPolicy(models.get(program)!, FEATURES);
    const { pageIns } = replay(references, { frameCount, policy, options, seed: 3 });
    const closed = (lruPageIns - pageIns) / (lruPageIns - minPageIns);
    return { closed: Math.max(-1, closed), isWorse: pageIns > 1.02 * lruPageIns };
  });
  const sorted = closures.map(({ closed }) => closed).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return {
    mean: sorted.reduce((a, b) => a + b) / sorted.length,
    median: (sorted[middle] + sorted[(sorted.length - 1) >> 1]) / 2,
    worse: closures.filter(({ isWorse }) => isWorse).length,
    cases: closures.length,
  };
}
