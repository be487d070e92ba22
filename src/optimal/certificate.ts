/*
 * The certificate of a lower bound: a price λ(t) ≥ 0 for a frame over the reference at t.
 *
 * Between two uses of a page lies a gap; keeping the page over it rents a frame at every tick
 * inside, P = Σ λ. There are k − 1 frames to rent at each tick (the page in use has the k-th), so
 * for any prices at all, whoever found them,
 *
 *   L(λ) = first reads − (k − 1)·Σλ + Σ over gaps of min(P, R)
 *                                   + Σ over dirty epochs of min(Σ P, W + Σ min(P, R))
 *
 * is at most the cost of every schedule (Lagrange; Beckmann et al., APOCS 2020, for the model). A
 * dirty epoch runs from a write of a page to its next write: kept whole it pays its rent, broken it
 * pays one page-out W and for each gap the rent or a page-in R. A gap whose page has no content yet
 * (anonymous, unwritten) costs nothing to lose. After the last use there is nothing to read back.
 *
 * This file shares nothing with the solver. All numbers are whole multiples of 2⁻²⁰, added exactly
 * in doubles, so a bug elsewhere can loosen the bound but never make it false.
 */
import type { Prices } from '../engine/machine.ts';
import { PageKind, type ReferenceString } from '../fingerprint/fingerprint.ts';
import { InputError } from '../support/assert.ts';

/** Units of price in 1. */
export const PRICE_SCALE = 2 ** 20;

/** Prices that are not 0. */
export interface Certificate {
  /** Strictly ascending, 0 … referenceCount − 1. */
  readonly ticks: Int32Array;
  /** Whole numbers above 0, in units of 2⁻²⁰. */
  readonly prices: Float64Array;
}

/** Prices everywhere 0: a valid certificate, of the first reads alone. */
export const EMPTY_CERTIFICATE: Certificate = {
  ticks: new Int32Array(0),
  prices: new Float64Array(0),
};

/**
 * L(λ), exactly: no schedule of `references` on `frameCount` frames costs less. One pass; 25 bytes
 * a page. A certificate with a price that is negative, fractional or out of order is refused. Minus
 * infinity where the sums are too large to be exact.
 */
export function certifiedLowerBound(
  references: ReferenceString,
  frameCount: number,
  costs: Prices,
  certificate: Certificate,
): number {
  checkCertificate(certificate, references.pages.length);
  const { pages, writes, pageCount, kinds, releases } = references;
  const { ticks, prices } = certificate;
  // Rounded down, which can only lower the bound.
  const pageIn = Math.floor(costs.pageInCost * PRICE_SCALE);
  const pageOut = Math.floor(costs.pageOutCost * PRICE_SCALE);
  const isSeen = new Uint8Array(pageCount);
  /** 1 once the page has been written: its present epoch is in the two sums. */
  const isInEpoch = new Uint8Array(pageCount);
  /** Σλ just after the page's last use. */
  const rentSince = new Float64Array(pageCount);
  const rentOfEpoch = new Float64Array(pageCount);
  const costIfBroken = new Float64Array(pageCount);
  let total = 0;
  let rent = 0;
  let nextPrice = 0;
  let row = 0;

  /** The epoch ends: kept whole or broken, whichever is less. */
  const closeEpoch = (page: number): void => {
    total += Math.min(rentOfEpoch[page], pageOut + costIfBroken[page]);
    isInEpoch[page] = 0;
  };
  /** Nothing is read back after the last use, but a dirty page must stay to be spared. */
  const closeTail = (page: number): void => {
    if (isInEpoch[page] === 0) return;
    rentOfEpoch[page] += rent - rentSince[page];
    closeEpoch(page);
  };

  for (let tick = 0; tick < pages.length; tick++) {
    while (releases !== undefined && row < releases.ticks.length && releases.ticks[row] === tick) {
      const last = releases.firstPage[row + 1];
      for (let i = releases.firstPage[row]; i < last; i++) closeTail(releases.pages[i]);
      row++;
    }
    const page = pages[tick];
    if (isSeen[page] === 0) {
      isSeen[page] = 1;
      if (kinds[page] === PageKind.File) total += pageIn;
    } else {
      const gapRent = rent - rentSince[page];
      if (isInEpoch[page] === 1) {
        rentOfEpoch[page] += gapRent;
        costIfBroken[page] += Math.min(gapRent, pageIn);
      } else if (kinds[page] === PageKind.File) total += Math.min(gapRent, pageIn);
    }
    if (writes[tick] === 1) {
      if (isInEpoch[page] === 1) closeEpoch(page);
      isInEpoch[page] = 1;
      rentOfEpoch[page] = 0;
      costIfBroken[page] = 0;
    }
    if (nextPrice < ticks.length && ticks[nextPrice] === tick) rent += prices[nextPrice++];
    rentSince[page] = rent;
  }
  // Releases after the last reference.
  for (; releases !== undefined && row < releases.ticks.length; row++) {
    const last = releases.firstPage[row + 1];
    for (let i = releases.firstPage[row]; i < last; i++) closeTail(releases.pages[i]);
  }
  for (let page = 0; page < pageCount; page++) {
    if (isInEpoch[page] === 0) continue;
    if (costs.chargeFinal) total += pageOut + costIfBroken[page];
    else closeTail(page);
  }
  const scaled = total - (frameCount - 1) * rent;
  // Sums of whole numbers are exact below 2⁵³; what is larger proves nothing.
  if (!(total < 2 ** 53 && (frameCount - 1) * rent < 2 ** 53)) return Number.NEGATIVE_INFINITY;
  return scaled / PRICE_SCALE;
}

function checkCertificate({ ticks, prices }: Certificate, referenceCount: number): void {
  const refuse = (what: string): never => {
    throw new InputError(`not a certificate: ${what}`, 'compute the optimum again');
  };
  if (ticks.length !== prices.length) refuse('as many prices as ticks are needed');
  let before = -1;
  for (let i = 0; i < ticks.length; i++) {
    if (!(ticks[i] > before && ticks[i] < referenceCount)) refuse(`tick ${ticks[i]} out of order`);
    if (!(prices[i] > 0 && Number.isSafeInteger(prices[i]))) refuse(`price ${prices[i]}`);
    before = ticks[i];
  }
}

/**
 * Every schedule costs a whole multiple of the greatest common measure of the two costs, so a lower
 * bound may be raised to the next one. Unchanged where no measure above 10⁻³ is found.
 */
export function raiseToLattice(bound: number, costs: Prices): number {
  for (let parts = 1; parts <= 1000; parts++) {
    const pageIn = costs.pageInCost * parts;
    const pageOut = costs.pageOutCost * parts;
    if (!Number.isInteger(pageIn) || !Number.isInteger(pageOut)) continue;
    const measure = greatestCommonDivisor(pageIn, pageOut) / parts;
    if (measure === 0) return 0;
    // A hair less than the quotient, lest its rounding carry it over a whole number.
    return Math.max(bound, Math.ceil((bound / measure) * (1 - 1e-12)) * measure);
  }
  return bound;
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
