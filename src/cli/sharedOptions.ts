/** Options that several commands have, each with what reads its value. */
import { type Prices, UNIT_PRICES } from '../engine/machine.ts';
import { framesMinOf, framesOn } from '../evaluation/filterLimit.ts';
import { type FrameSize, frameSizeText } from '../evaluation/frameSizes.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import type { Effort } from '../optimal/optimum.ts';
import { InputError } from '../support/assert.ts';
import { printNote } from './output.ts';

export const FRAMES = {
  kind: 'text',
  describe: 'memory in frames, or a share of the distinct pages: 64 or 5%,10%,20%,40%',
  required: true,
} as const;

export const BELOW_FILTER = {
  kind: 'flag',
  describe: 'also run with fewer frames than the capture is right for; results are too good',
  default: false,
} as const;

export const SEED = {
  kind: 'text',
  describe: 'whole number; the same seed gives the same result',
  default: '1',
} as const;

/** For the help of every command that takes policies. */
export const POLICY_DETAILS = `Policies: an id (see \`evictlab policies\`), id:option=value,option=value, \
model:FILE as \`evictlab train\` wrote it, plan:FILE as \`evictlab optimum\` did, or the path of a \
module that exports "policy"; wsclock:tau=auto and its like are a row for each of several τ. \
In a list, a comma begins a new policy unless an option=value follows it: \
lru,aging:interval=1000,clock are three.`;

export const THREADS = {
  kind: 'text',
  describe: 'worker threads (default one a processor); results do not depend on it',
} as const;

export const EFFORT = {
  kind: 'text',
  describe: 'of the optimum: rules (at once, wide bracket), full, or exact (small inputs)',
  default: 'full',
} as const;

export function parseEffort(text: string): Effort {
  if (text === 'rules' || text === 'full' || text === 'exact') return text;
  throw new InputError(`--effort ${text} is not known`, 'one of: rules full exact');
}

export const PRICES = {
  'page-in-cost': { kind: 'text', describe: 'cost of a page read', default: '1' },
  'page-out-cost': { kind: 'text', describe: 'cost of a page written', default: '1' },
  'charge-final': {
    kind: 'flag',
    describe: 'also charge the dirty pages still in memory at the end',
    default: false,
  },
} as const;

export function parseSeed(text: string): number {
  return parseWhole('--seed', text, 0);
}

/** A whole number of at least `min`. */
export function parseWhole(option: string, text: string, min: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new InputError(
      `${option} ${text}: not a whole number of at least ${min}`,
      `give digits only, as in ${option} ${Math.max(1, min)}`,
    );
  }
  return value;
}

export function parsePrices(values: {
  readonly 'page-in-cost': string;
  readonly 'page-out-cost': string;
  readonly 'charge-final': boolean;
}): Prices {
  return {
    ...UNIT_PRICES,
    pageInCost: parsePrice('--page-in-cost', values['page-in-cost']),
    pageOutCost: parsePrice('--page-out-cost', values['page-out-cost']),
    chargeFinal: values['charge-final'],
  };
}

/** Up to 10⁶ with at most six decimals: sums of costs stay exact enough to compare. */
const PRICE_MAX = 1e6;

function parsePrice(option: string, text: string): number {
  const price = Number(text);
  if (!/^\d+(\.\d{1,6})?$/.test(text) || price > PRICE_MAX) {
    throw new InputError(
      `${option} ${text}: not a price`,
      `give a number from 0 to ${PRICE_MAX}, with at most six decimals`,
    );
  }
  return price;
}

/** A memory size on one fingerprint. */
export interface MemorySize {
  readonly frames: number;
  /** As the user wrote it: `64` or `10%`. */
  readonly size: string;
  /**
   * The frames to run with, no more than there are pages: further ones are never used, and nobody
   * should have to find memory for them.
   */
  readonly usedFrames: number;
  /** The frames from which on the capture is right, where these are fewer. */
  readonly belowFilter?: number;
}

/** The sizes on a fingerprint of so many pages; says so when one holds all of them. */
export function memorySizes(
  sizes: readonly FrameSize[],
  fingerprint: Pick<Fingerprint, 'name' | 'filter'>,
  options: { readonly pageCount: number; readonly belowFilter: boolean },
): MemorySize[] {
  const { pageCount } = options;
  const framesMin = Math.min(framesMinOf(fingerprint), pageCount);
  return framesOn(fingerprint, sizes, options).map((frameCount, i) => {
    const isBelow = frameCount < framesMin;
    if (isBelow) noteBelowFilter(frameCount, framesMin);
    const size = frameSizeText(sizes[i]);
    if (frameCount >= pageCount) {
      printNote(`--frames ${size} holds all ${pageCount} pages: nothing need ever leave`);
    }
    return {
      frames: frameCount,
      size,
      usedFrames: Math.max(1, Math.min(frameCount, pageCount)),
      ...(isBelow && { belowFilter: framesMin }),
    };
  });
}

function noteBelowFilter(frames: number, framesMin: number): void {
  printNote(`${frames} frames are fewer than the capture is right for, ${framesMin}: too good`);
}
