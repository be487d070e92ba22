/*
 * Two policies, eviction by eviction. Each runs by itself; then the first runs again with the
 * second as its shadow, so that every decision of the first is also the second's to make, in the
 * same state:
 *
 *   same pages    how often both memories, each in its own run, held the same pages just before
 *   same victim   how often the second, in the first's place, would have evicted the same page
 *   rank          how many pages in memory are used later than the victim: 0 for the farthest
 *   regret        what the victim costs more than the best choice, at the prices of a certificate
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { costOf, type Prices } from '../engine/machine.ts';
import type { FaultCounts } from '../engine/memory.ts';
import type { NextUse } from '../engine/nextUse.ts';
import { replay } from '../engine/replay.ts';
import type { Page, ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
import type { PriceRegrets } from '../optimal/regret.ts';
import { InputError } from '../support/assert.ts';
import { withShadow } from './shadow.ts';
import type { NamedPolicy } from './simulation.ts';
import { victimRank } from './victimRank.ts';

export interface ComparisonRun {
  /** Whose evictions are looked at. */
  readonly policy: NamedPolicy;
  /** What they are compared with. */
  readonly other: NamedPolicy;
  readonly frameCount: number;
  readonly prices: Prices;
  readonly seed: number;
  readonly nextUse: NextUse;
  /** Undefined: nothing is said of regret. */
  readonly regrets: PriceRegrets | undefined;
  /** How many decisions that differ are listed. */
  readonly listed: number;
}

/** What one policy's run cost by itself. */
export interface ComparedPolicy extends FaultCounts {
  readonly policy: string;
  readonly cost: number;
}

/** A page that was, or would have been, evicted. */
export interface Choice {
  readonly page: Page;
  readonly dirty: boolean;
  /** References until it is used again; null when never. */
  readonly distance: number | null;
  readonly regret: number | null;
}

/** A decision on which the two differ. */
export interface Difference {
  readonly tick: Tick;
  /** The page a frame is needed for. */
  readonly wanted: Page;
  readonly victim: Choice;
  readonly others: Choice;
}

export interface Comparison {
  readonly policies: readonly [ComparedPolicy, ComparedPolicy];
  /** Evictions of the first policy; everything below is of these. */
  readonly decisions: number;
  readonly samePages: number;
  readonly sameVictim: number;
  /** Means over the decisions; null without any, and of regret without prices. */
  readonly meanRank: number | null;
  readonly meanRegret: number | null;
  readonly totalRegret: number | null;
  /** Decisions whose victim had no regret. */
  readonly withoutRegret: number | null;
  /** The first ones. */
  readonly differences: readonly Difference[];
}

/** Below this a regret is the rounding of prices. */
const NO_REGRET = 1e-3;

export function comparePolicies(references: ReferenceString, run: ComparisonRun): Comparison {
  const { policy, other, regrets, listed, nextUse } = run;
  const [mine, theirs] = [runAlone(references, policy, run), runAlone(references, other, run)];
  let decisions = 0;
  let sameVictim = 0;
  let rankSum = 0;
  let regretSum = 0;
  let withoutRegret = 0;
  const differences: Difference[] = [];

  const observe = (frames: FrameTable, victim: Frame, shadows: Frame, tick: Tick): void => {
    decisions++;
    const least = regrets?.least(frames, tick) ?? 0;
    const regretOf = (frame: Frame): number =>
      regrets === undefined ? 0 : regrets.excess(frames, frame, tick) - least;
    const regret = regretOf(victim);
    regretSum += regret;
    if (regret < NO_REGRET) withoutRegret++;
    rankSum += victimRank(frames, nextUse, victim);
    if (victim === shadows) {
      sameVictim++;
      return;
    }
    if (differences.length >= listed) return;
    const choice = (frame: Frame): Choice => {
      const next = nextUse.next[frames.lastUsedAt[frame]];
      return {
        page: frames.pageOf[frame],
        dirty: frames.dirty[frame] === 1,
        distance: next === nextUse.referenceCount ? null : next - tick,
        regret: regrets === undefined ? null : regretOf(frame),
      };
    };
    const wanted = references.pages[tick];
    differences.push({ tick, wanted, victim: choice(victim), others: choice(shadows) });
  };
  const { frameCount, seed } = run;
  const shadowed = withShadow(policy, other, seed, observe);
  replay(references, { frameCount, policy: shadowed, seed, nextUse });
  // A shadow changes nothing, so both runs are the same unless chance is.
  if (decisions !== mine.counts.evictions) {
    throw new InputError(
      `the policy "${policy.label}" is not deterministic: two runs evicted differently often`,
      'let it draw from `random` of its context, which is seeded, and nowhere else',
    );
  }

  const hasRegret = regrets !== undefined;
  return {
    policies: [comparedPolicy(policy, mine, run), comparedPolicy(other, theirs, run)],
    decisions,
    samePages: countSamePages(references, mine.evictedAt, theirs.evictedAt),
    sameVictim,
    meanRank: decisions === 0 ? null : rankSum / decisions,
    meanRegret: hasRegret && decisions > 0 ? regretSum / decisions : null,
    totalRegret: hasRegret ? regretSum : null,
    withoutRegret: hasRegret ? withoutRegret : null,
    differences,
  };
}

interface LoggedRun {
  readonly counts: FaultCounts;
  /** The page evicted at each reference, −1 for none. */
  readonly evictedAt: Int32Array;
}

function runAlone(
  references: ReferenceString,
  { spec, options }: NamedPolicy,
  { frameCount, seed, nextUse }: ComparisonRun,
): LoggedRun {
  const evictedAt = new Int32Array(references.pages.length).fill(-1);
  const counts = replay(references, {
    frameCount,
    policy: spec,
    options,
    seed,
    nextUse,
    observe:
      ({ frames }) =>
      (victim, _wanted, tick) => {
        evictedAt[tick] = frames.pageOf[victim];
      },
  });
  return { counts, evictedAt };
}

function comparedPolicy(
  { label }: NamedPolicy,
  { counts }: LoggedRun,
  { prices }: ComparisonRun,
): ComparedPolicy {
  const pageOuts = counts.pageOuts + (prices.chargeFinal ? counts.dirtyAtEnd : 0);
  return { policy: label, ...counts, pageOuts, cost: costOf(counts, prices) };
}

/** Of the evictions of the first run, those before which both runs held the same pages. */
function countSamePages(
  { pages, pageCount, releases }: ReferenceString,
  first: Int32Array,
  second: Int32Array,
): number {
  /** Bit 0: in the first memory; bit 1: in the second. */
  const where = new Uint8Array(pageCount);
  let differing = 0;
  const put = (page: Page, memories: number): void => {
    const isInOne = (bits: number): number => (bits === 1 || bits === 2 ? 1 : 0);
    differing += isInOne(memories) - isInOne(where[page]);
    where[page] = memories;
  };
  let same = 0;
  let row = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    while (releases !== undefined && row < releases.ticks.length && releases.ticks[row] === tick) {
      const last = releases.firstPage[row + 1];
      for (let i = releases.firstPage[row]; i < last; i++) put(releases.pages[i], 0);
      row++;
    }
    if (first[tick] >= 0) {
      if (differing === 0) same++;
      put(first[tick], where[first[tick]] & 2);
    }
    if (second[tick] >= 0) put(second[tick], where[second[tick]] & 1);
    put(pages[tick], 3);
  }
  return same;
}
