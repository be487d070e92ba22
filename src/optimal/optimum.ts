/*
 * The best possible cost of a reference string on a number of frames, and how sure we are of it.
 *
 * Page-ins alone (page-outs free): MIN, exact. With page-outs priced the problem is NP-hard, so the
 * answer is a bracket: a schedule that exists, replayed to count it, and a bound that no schedule
 * can beat, proved by a certificate. `exact` when the two meet, as on real strings they mostly do.
 *
 *   rules        MIN and devik's rule: two schedules
 *   restriction  gaps short by LRU are kept, the rest packed
 *   solution     the first-order method; then, where the packing is small enough, HiGHS on those
 *                gaps that are not clear yet
 *   both         prices → certificate → lower bound; shares → plan → replay → upper bound
 *   again        decisions the prices refute are opened, until none is or the bracket is closed
 */
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import { computeNextUse, type NextUse } from '../engine/nextUse.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import {
  type Certificate,
  certifiedLowerBound,
  EMPTY_CERTIFICATE,
  PRICE_SCALE,
  raiseToLattice,
} from './certificate.ts';
import { devik } from './devik.ts';
import { deriveGaps, type GapTable } from './gaps.ts';
import { solvePacking } from './linearProgram.ts';
import { min } from './min.ts';
import { Decision, type Packing, packGaps } from './packing.ts';
import { emptyPlan, markLetGo, type Plan, planPolicy } from './plan.ts';
import { PrimalDual } from './primalDual.ts';
import { decideClear, keepShortGaps, openRefuted, toCertificate } from './restriction.ts';
import { reuseDistances } from './reuseDistance.ts';
import { roundToSchedule, scheduleCost } from './rounding.ts';

/**
 * rules: the two rules and the simplest bound, milliseconds. full: a tight bracket, seconds to
 * minutes. exact: also asks for whole numbers where the relaxation is fractional; small strings.
 */
export type Effort = 'rules' | 'full' | 'exact';

export interface Optimum {
  readonly frameCount: number;
  readonly prices: Prices;
  /** No schedule costs less. */
  readonly lowerBound: number;
  /** What proves it: `certificate`, `min` (page-ins), `page-outs` besides, or `integer-programme`. */
  readonly lowerMethod: string;
  /** A schedule with this cost exists: `schedule` counts it. */
  readonly upperBound: number;
  /** Whose schedule it is: `min`, `devik` or `plan`. */
  readonly upperMethod: string;
  /** The two bounds meet. */
  readonly exact: boolean;
  readonly schedule: FaultCounts;
  /** The schedule itself; undefined where a rule's is the best. */
  readonly plan: Plan | undefined;
  /** Prices that prove the best certified bound; without any where none were looked for. */
  readonly certificate: Certificate;
  /** The fewest page-ins any schedule can have; exact (MIN). */
  readonly minPageIns: number;
}

export interface OptimumOptions {
  readonly frameCount: number;
  readonly prices: Prices;
  readonly effort?: Effort;
  /** Stops with the best bracket so far; the result then depends on the machine. */
  readonly seconds?: number;
  /** Milliseconds on any steady clock; needed with `seconds`. */
  readonly now?: () => number;
  /** Shared between calls over the same string; computed when absent. */
  readonly nextUse?: NextUse;
  /** What an earlier run found for the same string, frames and prices; checked, not believed. */
  readonly known?: Pick<Optimum, 'certificate' | 'plan'>;
  /** More open gaps than these go to the first-order method; 0 sends all. Measured when absent. */
  readonly linearProgramGaps?: number;
  /** Called when the bracket has narrowed, or a stage begins. */
  readonly onProgress?: (lowerBound: number, upperBound: number, stage: string) => void;
}

/** Relative error of a few sums and products in doubles, and no more: prices may differ by 10⁶. */
const ROUNDING = 2 ** -48;
/** Reuse distances up to this share of the frames are kept at first. */
const KEEP_SHARE = 0.8;
/** Above so many open gaps the first-order method takes over from HiGHS (27 s, 0.8 GB at 123,287). */
const LINEAR_PROGRAM_GAPS = 160_000;
/** Up to so many gaps HiGHS needs no help. */
const SMALL_GAPS = 5_000;
/** Iterations of the first-order method before HiGHS: they settle about half of the gaps. */
const ITERATIONS_BEFORE = 800;
/** Rents by the first-order method are right within this share of a page-in's cost. */
const GRAIN = 1 / 16;
/** Iterations between two looks at the clock. */
const CHUNK = 40;
/** Work of the first-order method: gaps × iterations, about 45 ns each. */
const FIRST_ORDER_WORK = 1.6e9;
const ITERATIONS_MIN = 400;
const ITERATIONS_MAX = 4000;
/** Rounds of opening refuted decisions. */
const ROUNDS_MAX = 12;
/** Share by which rewards are perturbed for the solution that gets rounded. */
const PERTURBATION = 0.05;

export async function computeOptimum(
  references: ReferenceString,
  options: OptimumOptions,
): Promise<Optimum> {
  const bracket = new Bracket(references, options);
  bracket.tryRules();
  if (options.known !== undefined) bracket.tryKnown(options.known);
  else if (!bracket.isClosed && options.effort !== 'rules') await bracket.solve();
  return bracket.result();
}

/** As `computeOptimum` with effort `rules` and nothing known, at once. */
export function optimumByRules(references: ReferenceString, options: OptimumOptions): Optimum {
  const bracket = new Bracket(references, options);
  bracket.tryRules();
  return bracket.result();
}

/** The bracket while it closes. */
class Bracket {
  readonly #references: ReferenceString;
  readonly #options: OptimumOptions;
  readonly #nextUse: NextUse;
  readonly #deadline: number;
  #lowerBound = 0;
  #lowerMethod = 'certificate';
  #upperBound = Number.POSITIVE_INFINITY;
  #upperMethod = '';
  #schedule: FaultCounts | undefined;
  #plan: Plan | undefined;
  #certificate: Certificate = EMPTY_CERTIFICATE;
  /** The prices of the last solution, whether or not they prove more than those before. */
  #certificateNow: Certificate = EMPTY_CERTIFICATE;
  #certifiedBound = Number.NEGATIVE_INFINITY;
  #minPageIns = 0;

  constructor(references: ReferenceString, options: OptimumOptions) {
    const { pageInCost, pageOutCost } = options.prices;
    assert(pageInCost >= 0 && pageOutCost >= 0, 'prices are not negative');
    this.#references = references;
    this.#options = options;
    this.#nextUse = options.nextUse ?? computeNextUse(references);
    const { seconds, now } = options;
    this.#deadline =
      seconds === undefined || now === undefined
        ? Number.POSITIVE_INFINITY
        : now() + 1000 * seconds;
  }

  get isClosed(): boolean {
    return this.#lowerBound >= this.#upperBound;
  }

  /** MIN and devik's rule from above; from below MIN's page-ins and the page-outs nobody escapes. */
  tryRules(): void {
    const { frameCount, prices } = this.#options;
    const { pageInCost, pageOutCost, chargeFinal } = prices;
    // Neither rule draws random numbers: any seed will do.
    const run = { frameCount, nextUse: this.#nextUse, seed: 0 };
    const minCounts = replay(this.#references, { ...run, policy: min });
    this.#minPageIns = minCounts.pageIns;
    this.#offerSchedule(minCounts, min.id, undefined);
    const pageOuts = mustBeWritten(this.#references, frameCount, chargeFinal);
    const method = pageOuts > 0 && pageOutCost > 0 ? 'min + page-outs' : 'min';
    this.#offerBound(pageInCost * minCounts.pageIns + pageOutCost * pageOuts, method);
    if (this.isClosed) return;
    const options = { weight: devikWeight(prices) };
    const counts = replay(this.#references, { ...run, policy: devik, options });
    this.#offerSchedule(counts, devik.id, undefined);
    this.#progress('rules');
  }

  tryKnown({ certificate, plan }: Pick<Optimum, 'certificate' | 'plan'>): void {
    this.#offerCertificate(certificate);
    if (plan !== undefined) this.#offerPlan(plan);
  }

  async solve(): Promise<void> {
    const { frameCount, prices, effort } = this.#options;
    const gaps = deriveGaps(this.#references, this.#nextUse, prices);
    const distances = reuseDistances(this.#references);
    const distance = Math.floor(KEEP_SHARE * frameCount);
    const decisions = keepShortGaps(gaps, distances, distance);
    await this.#solveRestricted(gaps, decisions);
    if (effort === 'exact' && !this.isClosed) await this.#solveInteger(gaps);
  }

  result(): Optimum {
    const { frameCount, prices } = this.#options;
    assert(this.#schedule !== undefined, 'a schedule was tried');
    // Bounds are added up in different orders; a hair between equals is no contradiction.
    const hair = ROUNDING * this.#upperBound;
    assert(this.#lowerBound <= this.#upperBound + hair, 'no schedule is below the lower bound');
    const lowerBound = Math.min(this.#lowerBound, this.#upperBound);
    return {
      frameCount,
      prices,
      lowerBound: this.#upperBound - lowerBound <= hair ? this.#upperBound : lowerBound,
      lowerMethod: this.#lowerMethod,
      upperBound: this.#upperBound,
      upperMethod: this.#upperMethod,
      exact: this.#upperBound - lowerBound <= hair,
      schedule: this.#schedule,
      plan: this.#plan,
      certificate: this.#certificate,
      minPageIns: this.#minPageIns,
    };
  }

  /** The first-order method to see where things stand, then HiGHS on what is not yet clear. */
  async #solveRestricted(gaps: GapTable, decisions: Uint8Array): Promise<void> {
    const { linearProgramGaps = LINEAR_PROGRAM_GAPS } = this.#options;
    const packing = this.#pack(gaps, decisions);
    if (packing.gapCount > Math.min(SMALL_GAPS, linearProgramGaps)) {
      const isLarge = packing.gapCount > linearProgramGaps;
      const solver = this.#solveFirstOrder(gaps, decisions, packing, isLarge);
      if (this.isClosed || this.#isLate() || isLarge) return;
      const { bestPrices, kept } = solver;
      const keeps = roundToSchedule(packing, kept);
      decideClear(gaps, decisions, packing, bestPrices, kept, keeps, this.#options.prices);
      this.#openRefuted(gaps, decisions);
    }
    await this.#solveInRounds(gaps, decisions);
  }

  /** Solve, certify, round; open what the prices refute; again. */
  async #solveInRounds(gaps: GapTable, decisions: Uint8Array): Promise<void> {
    for (let round = 1; round <= ROUNDS_MAX && !this.isClosed && !this.#isLate(); round++) {
      const packing = this.#pack(gaps, decisions);
      this.#progress(`round ${round}: ${packing.gapCount} gaps`);
      const solution = await solvePacking(packing, this.#timeLeft());
      if (solution === undefined) {
        if (!this.#isLate()) this.#solveFirstOrder(gaps, decisions, packing, true);
        return;
      }
      this.#certificateNow = toCertificate(packing, solution.prices);
      this.#offerCertificate(this.#certificateNow);
      this.#offerKept(gaps, decisions, packing, roundToSchedule(packing, solution.kept));
      if (this.#openRefuted(gaps, decisions) === 0) return;
    }
  }

  /** Certificates and schedules are made on the way; the solver still has its prices and shares. */
  #solveFirstOrder(
    gaps: GapTable,
    decisions: Uint8Array,
    packing: Packing,
    isLast: boolean,
  ): PrimalDual {
    const solver = new PrimalDual(packing);
    const budget = Math.round(FIRST_ORDER_WORK / packing.gapCount);
    const iterations = isLast
      ? Math.min(ITERATIONS_MAX, Math.max(ITERATIONS_MIN, budget))
      : ITERATIONS_BEFORE;
    const { pageInCost } = this.#options.prices;
    const grain = Math.max(1, Math.floor(GRAIN * pageInCost * PRICE_SCALE));
    const runFor = (count: number): void => {
      const until = solver.iterations + count;
      while (solver.iterations < until && !this.#isLate()) solver.iterate(CHUNK);
      this.#certificateNow = toCertificate(packing, solver.bestPrices, grain);
      this.#offerCertificate(this.#certificateNow);
      this.#offerKept(gaps, decisions, packing, roundToSchedule(packing, solver.kept));
      this.#progress(`${solver.iterations} iterations on ${packing.gapCount} gaps`);
    };
    runFor(isLast ? 0.7 * iterations : iterations);
    if (isLast && !this.isClosed) {
      // Twice and more for the bound, the rest with perturbed rewards for the schedule.
      solver.perturb(PERTURBATION, new Random(1));
      runFor(0.3 * iterations);
    }
    return solver;
  }

  #pack(gaps: GapTable, decisions: Uint8Array): Packing {
    const { prices, frameCount } = this.#options;
    return packGaps(gaps, decisions, this.#references.pages.length, frameCount, prices);
  }

  #openRefuted(gaps: GapTable, decisions: Uint8Array): number {
    const n = this.#references.pages.length;
    return openRefuted(gaps, decisions, this.#certificateNow, n, this.#options.prices);
  }

  /** Nothing decided beforehand, whole numbers asked for: HiGHS's word for the optimum. */
  async #solveInteger(gaps: GapTable): Promise<void> {
    const open = new Uint8Array(gaps.gapCount);
    const packing = this.#pack(gaps, open);
    this.#progress(`whole numbers: ${packing.gapCount} gaps`);
    const solution = await solvePacking(packing, { integer: true, ...this.#timeLeft() });
    if (solution === undefined) return;
    const keeps = Uint8Array.from(solution.kept, Math.round);
    this.#offerKept(gaps, open, packing, keeps);
    this.#offerBound(gaps.constantCost + scheduleCost(packing, keeps), 'integer-programme');
  }

  #offerCertificate(certificate: Certificate): void {
    const { frameCount, prices } = this.#options;
    const bound = certifiedLowerBound(this.#references, frameCount, prices, certificate);
    if (bound <= this.#certifiedBound) return;
    this.#certifiedBound = bound;
    this.#certificate = certificate;
    this.#offerBound(raiseToLattice(bound, prices), 'certificate');
  }

  /**
   * Replays the plan that keeps what is kept. All else it lets go: gaps decided or found lost, and
   * those that are in no table because losing them costs nothing.
   */
  #offerKept(gaps: GapTable, decisions: Uint8Array, packing: Packing, keeps: Uint8Array): void {
    const isLost = Uint8Array.from(decisions, (decision) => (decision === Decision.Lost ? 1 : 0));
    for (let i = 0; i < packing.gapCount; i++) isLost[packing.gapOf[i]] = 1 - keeps[i];
    const { next } = this.#nextUse;
    const plan = emptyPlan(next.length);
    let gap = 0;
    for (let tick = 0; tick < next.length; tick++) {
      const isListed = gap < gaps.gapCount && gaps.start[gap] === tick + 1;
      // Between two ticks in a row there is nothing to let go for.
      const letsGo = isListed ? isLost[gap] === 1 : next[tick] !== tick + 1;
      if (letsGo) markLetGo(plan, tick);
      if (isListed) gap++;
    }
    this.#offerPlan(plan);
  }

  /** Replays the plan: its claim is what it then costs. */
  #offerPlan(plan: Plan): void {
    const { frameCount } = this.#options;
    const policy = planPolicy(plan, frameCount);
    const run = { frameCount, policy, nextUse: this.#nextUse, seed: 0 };
    const counts = replay(this.#references, run);
    this.#offerSchedule(counts, policy.id, plan);
  }

  #offerSchedule(counts: FaultCounts, method: string, plan: Plan | undefined): void {
    const cost = costOf(counts, this.#options.prices);
    if (cost >= this.#upperBound) return;
    this.#upperBound = cost;
    this.#upperMethod = method;
    this.#schedule = counts;
    this.#plan = plan;
  }

  #offerBound(bound: number, method: string): void {
    if (bound <= this.#lowerBound && this.#lowerBound > 0) return;
    this.#lowerBound = Math.max(0, bound);
    this.#lowerMethod = method;
  }

  #progress(stage: string): void {
    this.#options.onProgress?.(this.#lowerBound, this.#upperBound, stage);
  }

  #isLate(): boolean {
    return this.#options.now !== undefined && this.#options.now() > this.#deadline;
  }

  #timeLeft(): { seconds?: number } {
    const { now } = this.#options;
    if (now === undefined || this.#deadline === Number.POSITIVE_INFINITY) return {};
    return { seconds: Math.max(0.1, (this.#deadline - now()) / 1000) };
  }
}

/** The weight of a page-out in devik's rule that says what the prices say. */
export function devikWeight({ pageInCost, pageOutCost }: Prices): number {
  return pageInCost > 0 ? pageOutCost / pageInCost : 1;
}

/** Pages that every schedule writes out at least once (with `chargeFinal`: or pays for at the end). */
function mustBeWritten(
  references: ReferenceString,
  frameCount: number,
  chargeFinal: boolean,
): number {
  const { pages, writes, pageCount, releases } = references;
  const isWritten = new Uint8Array(pageCount);
  for (let tick = 0; tick < pages.length; tick++) isWritten[pages[tick]] |= writes[tick];
  if (releases !== undefined) for (const page of releases.pages) isWritten[page] = 0;
  const writtenPages = isWritten.reduce((sum, bit) => sum + bit, 0);
  return chargeFinal ? writtenPages : Math.max(0, writtenPages - frameCount);
}
