/*
 * Which gaps are decided before the packing is solved, and which of these decisions prices refute.
 *
 * Pages reused soon are kept by any sensible schedule: those whose LRU reuse distance is at most a
 * share of the frames. Fixing them leaves 1 to 20 % of the gaps. Once prices are known, a decision
 * is refuted when the other one would be cheaper at these prices; refuted ones are opened and the
 * packing solved again (column generation), until none is left. Then the prices prove as much on
 * the whole string as they do on the packing.
 */
import type { Prices } from '../engine/machine.ts';
import type { Certificate } from './certificate.ts';
import { PRICE_SCALE } from './certificate.ts';
import { type GapTable, NO_EPOCH } from './gaps.ts';
import { Decision, type Packing } from './packing.ts';

/** A difference in cost that is not noise. */
const EPSILON = 1e-6;

/** Keeps gaps whose page comes back within `distance` distinct pages; leaves the others open. */
export function keepShortGaps(
  gaps: GapTable,
  reuseDistance: Int32Array,
  distance: number,
): Uint8Array {
  const decisions = new Uint8Array(gaps.gapCount);
  for (let gap = 0; gap < gaps.gapCount; gap++) {
    // Gaps without a read at their end have no reuse distance.
    const isShort = gaps.mustRead[gap] === 1 && reuseDistance[gaps.end[gap]] <= distance;
    if (isShort) decisions[gap] = Decision.Kept;
  }
  return decisions;
}

/** Kept and lost shares this near to 1 and 0 are clear … */
const CLEAR_SHARE = 0.995;
/** … when the rent is this much below or above what the gap is worth. */
const CLEAR_MARGIN = 0.2;

/**
 * Decides the gaps of a packing of which a first solution leaves no doubt; only those are kept that
 * a schedule rounded from it keeps too (`keeps`), so that together they fit. Where it was wrong the
 * next prices refute it. On sqlite at 10 % it takes 109,189 open gaps to 66,356.
 */
export function decideClear(
  gaps: GapTable,
  decisions: Uint8Array,
  packing: Packing,
  prices: Float64Array,
  kept: Float64Array,
  keeps: Uint8Array,
  costs: Prices,
): void {
  const rentBefore = new Float64Array(packing.segmentCount + 1);
  for (let segment = 0; segment < packing.segmentCount; segment++) {
    rentBefore[segment + 1] = rentBefore[segment] + prices[segment];
  }
  for (let i = 0; i < packing.gapCount; i++) {
    const gap = packing.gapOf[i];
    const rent = rentBefore[packing.last[i]] - rentBefore[packing.first[i]];
    const worth = packing.reward[i] + (gaps.epoch[gap] === NO_EPOCH ? 0 : costs.pageOutCost);
    if (keeps[i] === 1 && kept[i] > CLEAR_SHARE && rent < (1 - CLEAR_MARGIN) * packing.reward[i]) {
      decisions[gap] = Decision.Kept;
    } else if (kept[i] < 1 - CLEAR_SHARE && rent > (1 + CLEAR_MARGIN) * worth) {
      decisions[gap] = Decision.Lost;
    }
  }
}

/** Opens every decision that costs more than its contrary at the prices; returns how many. */
export function openRefuted(
  gaps: GapTable,
  decisions: Uint8Array,
  certificate: Certificate,
  referenceCount: number,
  prices: Prices,
): number {
  const { gapCount, epochCount, epoch, mustRead } = gaps;
  const rent = gapRents(gaps, certificate, referenceCount);
  const readCost = (gap: number): number => (mustRead[gap] === 1 ? prices.pageInCost : 0);
  // Of each epoch: the best at these prices whole and broken, and broken with what is decided.
  const whole = new Float64Array(epochCount);
  const broken = new Float64Array(epochCount).fill(prices.pageOutCost);
  const brokenAsDecided = new Float64Array(epochCount).fill(prices.pageOutCost);
  const hasLost = new Uint8Array(epochCount);
  for (let gap = 0; gap < gapCount; gap++) {
    const own = epoch[gap];
    if (own === NO_EPOCH) continue;
    const least = Math.min(rent[gap], readCost(gap));
    whole[own] += rent[gap];
    broken[own] += least;
    if (decisions[gap] === Decision.Open) brokenAsDecided[own] += least;
    else {
      if (decisions[gap] === Decision.Lost) hasLost[own] = 1;
      brokenAsDecided[own] += decisions[gap] === Decision.Kept ? rent[gap] : readCost(gap);
    }
  }
  let opened = 0;
  for (let gap = 0; gap < gapCount; gap++) {
    if (decisions[gap] === Decision.Open) continue;
    const own = epoch[gap];
    let better: number = rent[gap] > readCost(gap) ? Decision.Lost : Decision.Kept;
    let saves = Math.abs(rent[gap] - readCost(gap));
    if (own !== NO_EPOCH) {
      const asDecided =
        hasLost[own] === 1 ? brokenAsDecided[own] : Math.min(whole[own], brokenAsDecided[own]);
      if (whole[own] <= broken[own]) better = Decision.Kept;
      saves = asDecided - Math.min(whole[own], broken[own]);
    }
    if (better === decisions[gap] || saves <= EPSILON) continue;
    decisions[gap] = Decision.Open;
    opened++;
  }
  return opened;
}

/** Σλ over each gap, in units of cost. */
function gapRents(gaps: GapTable, { ticks, prices }: Certificate, referenceCount: number) {
  const sumBefore = new Float64Array(referenceCount + 1);
  let next = 0;
  for (let tick = 0; tick < referenceCount; tick++) {
    const price = next < ticks.length && ticks[next] === tick ? prices[next++] : 0;
    sumBefore[tick + 1] = sumBefore[tick] + price / PRICE_SCALE;
  }
  const rent = new Float64Array(gaps.gapCount);
  for (let gap = 0; gap < gaps.gapCount; gap++) {
    rent[gap] = sumBefore[gaps.end[gap]] - sumBefore[gaps.start[gap]];
  }
  return rent;
}

/**
 * A packing's prices where they belong on the string. It is their running sum that is rounded, to a
 * multiple of `grain` (in units of 2⁻²⁰), so that every rent stays right within a grain while prices
 * that were spread thin are gathered: on perl at 5 % a grain of 1/16 leaves 223,539 of 1,259,030
 * prices, and the bound where it was.
 */
export function toCertificate(packing: Packing, prices: Float64Array, grain = 1): Certificate {
  const ticks: number[] = [];
  const units: number[] = [];
  let sum = 0;
  let rounded = 0;
  for (let segment = 0; segment < packing.segmentCount; segment++) {
    sum += prices[segment] * PRICE_SCALE;
    const now = Math.round(sum / grain) * grain;
    if (now <= rounded) continue;
    ticks.push(packing.tickOf[segment]);
    units.push(now - rounded);
    rounded = now;
  }
  return { ticks: Int32Array.from(ticks), prices: Float64Array.from(units) };
}
