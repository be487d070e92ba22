/*
 * The best schedule found of a fingerprint whose order moves with its faults.
 *
 *   run under a first policy ──► order ──► optimum of that order ──► run under its schedule ──┐
 *                                  ▲                                                          │
 *                                  └──────────────── the order it led to ◄────────────────────┘
 *
 * A schedule made for one order is run on another, so a round may be worse than the one before; it
 * mostly settles, and may as well go in circles. The best round is kept. What can be claimed:
 *
 *   upper end   this run exists: on this machine, under the schedule named
 *   lower end   no schedule of the fingerprint costs less, on whatever machine (everySchedule.ts)
 *   own order   the bracket of the order that the best run led to: of that order alone
 *
 * Nothing says that the upper end is the least on this machine, unless it meets the lower end.
 */
import { costOf, type ElasticMachine, type Prices } from '../engine/machine.ts';
import type { PolicySpec } from '../engine/policy.ts';
import { type ElasticRun, type Outcome, simulate } from '../engine/simulate.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import type { Order } from '../fingerprint/order.ts';
import { assert } from '../support/assert.ts';
import { devik } from './devik.ts';
import { boundEverySchedule, type ScheduleBound } from './everySchedule.ts';
import { min } from './min.ts';
import { computeOptimum, devikWeight, type Optimum, type OptimumOptions } from './optimum.ts';
import { planPolicy } from './plan.ts';

/** One run. */
export interface Round {
  /** `min`, `devik`, `plan`, or the id of the first policy. */
  readonly policy: string;
  readonly cost: number;
  readonly completionNs: number;
  /** Of the order it led to; undefined where it was not looked for. */
  readonly order: Bracket | undefined;
}

/** What the references in one order cost at least, and at most at the best. */
export interface Bracket {
  readonly lowerBound: number;
  readonly upperBound: number;
}

export interface ElasticOptimum extends ScheduleBound {
  readonly frameCount: number;
  readonly prices: Prices;
  /** A run costs this much: `rounds[best]`. */
  readonly upperBound: number;
  /** The two ends meet. */
  readonly exact: boolean;
  readonly best: number;
  readonly outcome: Outcome;
  readonly rounds: readonly Round[];
  /** The last run led to the order its schedule was made for. */
  readonly isSettled: boolean;
}

export interface ElasticOptions extends Pick<OptimumOptions, 'frameCount' | 'prices'> {
  readonly machine: ElasticMachine;
  /** Runs first; one that does not look into the future. */
  readonly first: PolicySpec;
  readonly seed: number;
  /** Stops with the best so far; the result then depends on the machine it is computed on. */
  readonly seconds?: number;
  /** Milliseconds on any steady clock; needed with `seconds`. */
  readonly now?: () => number;
  readonly onProgress?: (lowerBound: number, upperBound: number, stage: string) => void;
}

/** Runs under a schedule, at most. Of the prototypes most settled within a dozen. */
const SCHEDULES_MAX = 15;

export async function computeElasticOptimum(
  fingerprint: Fingerprint,
  options: ElasticOptions,
): Promise<ElasticOptimum> {
  const { frameCount, prices, machine, seed, onProgress } = options;
  const { isLate, timeLeft } = startClock(options);
  const bound = await boundEverySchedule(fingerprint, { frameCount, prices, timeLeft });
  const rounds: Round[] = [];
  /** Of each order that a run has led to. */
  const brackets = new Map<string, Bracket>();
  let run: ElasticRun = { frameCount, machine, seed, policy: options.first };
  let best = 0;
  let bestOutcome: Outcome | undefined;
  let digest = '';
  let isSettled = false;
  for (;;) {
    const outcome = simulate(fingerprint, run);
    const cost = costOf(outcome.counts, prices);
    if (bestOutcome === undefined || cost < rounds[best].cost) {
      best = rounds.length;
      bestOutcome = outcome;
    }
    const before = digest;
    digest = digestOf(outcome.order);
    isSettled = digest === before;
    const round = { policy: run.policy.id, cost, completionNs: outcome.completionNs };
    const known = brackets.get(digest);
    rounds.push({ ...round, order: known });
    onProgress?.(bound.lowerBound, rounds[best].cost, `round ${rounds.length}`);
    if (known !== undefined || rounds.length > SCHEDULES_MAX || isLate()) break;
    const { references } = outcome.order;
    const optimum = await computeOptimum(references, { frameCount, prices, ...timeLeft() });
    const order = { lowerBound: optimum.lowerBound, upperBound: optimum.upperBound };
    brackets.set(digest, order);
    rounds[rounds.length - 1] = { ...round, order };
    if (rounds[best].cost <= bound.lowerBound) break;
    run = { frameCount, machine, seed, ...scheduleOf(optimum), order: outcome.order };
  }
  const upperBound = rounds[best].cost;
  // Bounds are added up in different orders; a hair between equals is no contradiction.
  const hair = 1e-9 * Math.max(1, upperBound);
  assert(bound.lowerBound <= upperBound + hair, 'no run is below the bound of every schedule');
  const exact = upperBound - bound.lowerBound <= hair;
  return {
    ...bound,
    lowerBound: exact ? upperBound : bound.lowerBound,
    frameCount,
    prices,
    upperBound,
    exact,
    best,
    outcome: bestOutcome,
    rounds,
    isSettled,
  };
}

/** What the time limit leaves to each step. */
interface Clock {
  isLate(): boolean;
  /** Half of what is left for whoever asks, so that something is left for the next. */
  timeLeft(): Pick<OptimumOptions, 'seconds' | 'now'>;
}

function startClock({ seconds, now }: Pick<ElasticOptions, 'seconds' | 'now'>): Clock {
  if (seconds === undefined || now === undefined) {
    return { isLate: () => false, timeLeft: () => ({}) };
  }
  const endMs = now() + 1000 * seconds;
  return {
    isLate: () => now() > endMs,
    timeLeft: () => ({ now, seconds: Math.max(0.1, (endMs - now()) / 2000) }),
  };
}

/** The best schedule of an order, as a policy. */
function scheduleOf(optimum: Optimum): Pick<ElasticRun, 'policy' | 'options'> {
  const { plan, frameCount, prices, upperMethod } = optimum;
  if (plan !== undefined) return { policy: planPolicy(plan, frameCount) };
  if (upperMethod === min.id) return { policy: min };
  return { policy: devik, options: { weight: devikWeight(prices) } };
}

/** Whose action made each reference, and what was given back when, is all of an order; 64 bits. */
function digestOf({ sequences, rows, references: { releases } }: Order): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  const add = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ value ^ (high >>> 15), 0x85ebca6b);
  };
  for (let tick = 0; tick < sequences.length; tick++) {
    add(sequences[tick]);
    add(rows[tick]);
  }
  for (const column of [releases?.ticks, releases?.firstPage, releases?.pages])
    column?.forEach(add);
  return `${low >>> 0}:${high >>> 0}`;
}
