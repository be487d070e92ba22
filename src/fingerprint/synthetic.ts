/*
 * Reference strings made by rule: the shapes on which replacement policies are told apart.
 *
 *   loop    0 1 2 3 0 1 2 3 0 1 2 3      scan    0 1 2 3 4 5 6 7 8 …
 *   zigzag  0 1 2 3 2 1 0 1 2 3 2 1      stairs  0 1 0 1 0 1 2 3 0 1 2 3 …
 *   zipf    the page of rank r with probability ∝ 1/rᵅ
 *   phases  for a while uniform over a few neighbouring pages, then over a few others
 *   mixed   all of these at once, each on pages of its own, in proportion to a weight
 *
 * One sequence, backed by a file so that a first touch is a page-in, unless anonymous=1. Options
 * and seed decide every bit: only + − × ÷ and square roots are used, which all machines round
 * alike.
 */
import { InputError } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import { nearest } from '../support/text.ts';
import { FingerprintBuilder } from './builder.ts';
import type { Fingerprint } from './fingerprint.ts';

export type SyntheticOptions = Readonly<Record<string, number>>;

/** The page of the next reference, each time it is called. */
type Walk = () => number;

export interface SyntheticSpec {
  readonly title: string;
  /** Every option there is. */
  readonly defaults: SyntheticOptions;
  /** `options` are laid over the defaults; throws an InputError for those that cannot be. */
  generate(options: SyntheticOptions, seed: number): Fingerprint;
}

interface Shape {
  readonly title: string;
  readonly defaults: SyntheticOptions;
  /** Endless; draws from `random`. */
  walk(options: SyntheticOptions, random: Random): Walk;
  /** How many references there are; absent: the option `references`. */
  length?(options: SyntheticOptions): number;
}

/** Options of every shape: the share of writes, and whether the pages are anonymous. */
const COMMON: SyntheticOptions = { writes: 0.2, anonymous: 0 };

/** A string of more would not fit the engine's ticks, or the patience of anyone. */
const REFERENCES_MAX = 10 ** 9;
const PAGES_MAX = 10 ** 8;
const BATCH_REFERENCES = 4096;

const SHAPES = {
  loop: {
    title: 'the same pages in the same order, round after round',
    defaults: { pages: 1000, rounds: 100 },
    walk: ({ pages }) => {
      let next = 0;
      return () => next++ % pages;
    },
    length: ({ pages, rounds }) => pages * rounds,
  },
  scan: {
    title: 'every page once',
    defaults: { pages: 100_000 },
    walk: () => {
      let next = 0;
      return () => next++;
    },
    length: ({ pages }) => pages,
  },
  zigzag: {
    title: 'forwards, backwards, forwards …',
    defaults: { pages: 1000, rounds: 100 },
    walk: ({ pages }) => {
      const period = Math.max(1, 2 * (pages - 1));
      let next = 0;
      return () => {
        const place = next++ % period;
        return Math.min(place, period - place);
      };
    },
    length: ({ pages, rounds }) => pages * rounds,
  },
  stairs: {
    title: 'a loop over more and more pages, and then over few again',
    defaults: { pages: 1000, steps: 10, rounds: 5, references: 100_000 },
    walk: ({ pages, steps, rounds }) => {
      let step = 1;
      let next = 0;
      return () => {
        const width = Math.ceil((pages * step) / steps);
        const page = next % width;
        if (++next === width * rounds) {
          next = 0;
          step = (step % steps) + 1;
        }
        return page;
      };
    },
  },
  zipf: {
    title: 'independent draws, page of rank r with probability ∝ 1/r^alpha',
    defaults: { pages: 10_000, references: 100_000, alpha: 1 },
    walk: zipf,
  },
  phases: {
    title: 'working sets: uniform over some neighbouring pages, then over others',
    defaults: { pages: 10_000, references: 100_000, working: 500, phase: 10_000 },
    walk: ({ pages, working, phase }, random) => {
      const width = Math.min(working, pages);
      let first = 0;
      let left = 0;
      return () => {
        if (left-- === 0) {
          left = phase - 1;
          first = random.below(pages - width + 1);
        }
        return first + random.below(width);
      };
    },
  },
  mixed: {
    title: 'loop, scan, zigzag, stairs, zipf and phases interleaved by weight',
    defaults: {
      pages: 2000,
      references: 100_000,
      loop: 1,
      scan: 1,
      zigzag: 1,
      stairs: 1,
      zipf: 4,
      phases: 2,
    },
    walk: mixed,
  },
} as const satisfies Record<string, Shape>;

/** All generators, by name. */
export const SYNTHETIC: Readonly<Record<string, SyntheticSpec>> = Object.fromEntries(
  Object.entries(SHAPES).map(([id, shape]) => [id, specOf(id, shape)]),
);

/** The fingerprint of `zipf:pages=1000,references=100000,alpha=1`, or of just `zipf`. */
export function generate(spec: string, seed: number): Fingerprint {
  const colon = spec.indexOf(':');
  const id = colon < 0 ? spec : spec.slice(0, colon);
  if (!Object.hasOwn(SYNTHETIC, id)) {
    throw unknown(`synthetic workload ${JSON.stringify(id)}`, id, Object.keys(SYNTHETIC));
  }
  const settings = colon < 0 ? [] : spec.slice(colon + 1).split(',');
  const options: Record<string, number> = {};
  for (const setting of settings) {
    const [, name, value] = /^([^=]*)=(\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(setting) ?? [];
    if (name === undefined) {
      throw new InputError(
        `synthetic ${id}: ${JSON.stringify(setting)} is no setting.`,
        'write name=number, separated by commas, as in zipf:pages=1000,alpha=1',
      );
    }
    if (Object.hasOwn(options, name)) {
      throw new InputError(`synthetic ${id}: ${name} is given twice.`, 'leave one of them');
    }
    // Defined, not assigned: a name is whatever the user wrote.
    Object.defineProperty(options, name, { value: Number(value), enumerable: true });
  }
  return SYNTHETIC[id].generate(options, seed);
}

function specOf(id: string, shape: Shape): SyntheticSpec {
  const defaults = { ...shape.defaults, ...COMMON };
  return {
    title: shape.title,
    defaults,
    generate(options, seed) {
      const given = { ...defaults, ...options };
      for (const name of Object.keys(given)) checkOption(id, name, given[name], defaults);
      const referenceCount = shape.length?.(given) ?? given.references;
      if (referenceCount > REFERENCES_MAX) {
        throw new InputError(
          `synthetic ${id}: ${referenceCount} references are too many.`,
          `the most is ${REFERENCES_MAX}`,
        );
      }
      return build(id, shape, given, { referenceCount, seed });
    },
  };
}

function build(
  id: string,
  shape: Shape,
  options: SyntheticOptions,
  { referenceCount, seed }: { referenceCount: number; seed: number },
): Fingerprint {
  const settings = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const builder = new FingerprintBuilder({
    name: `synthetic-${id}`,
    backing: options.anonymous === 1 ? 'anonymous' : 'file',
    origin: { source: `synthetic:${id}:${settings.join(',')}`, seed: String(seed) },
  });
  const sequence = builder.declare(id, referenceCount);
  const random = new Random(seed);
  const walk = shape.walk(options, random);
  const batch = {
    highs: new Uint32Array(BATCH_REFERENCES),
    lows: new Uint32Array(BATCH_REFERENCES),
    writes: new Uint8Array(BATCH_REFERENCES),
  };
  for (let made = 0; made < referenceCount; ) {
    const count = Math.min(BATCH_REFERENCES, referenceCount - made);
    for (let i = 0; i < count; i++) {
      const page = walk();
      batch.highs[i] = Math.floor(page / 2 ** 32);
      batch.lows[i] = page;
      batch.writes[i] = random.unit() < options.writes ? 1 : 0;
    }
    builder.referencePages(sequence, batch, count);
    made += count;
  }
  return builder.finish();
}

function checkOption(id: string, name: string, value: number, defaults: SyntheticOptions): void {
  if (!Object.hasOwn(defaults, name)) {
    throw unknown(`option ${JSON.stringify(name)} of synthetic ${id}`, name, Object.keys(defaults));
  }
  const isWhole = Number.isInteger(value);
  const isWeight = id === 'mixed' && Object.hasOwn(SHAPES, name);
  let range = `a whole number from 1 to ${PAGES_MAX}`;
  let isValid = isWhole && value >= 1 && value <= PAGES_MAX;
  if (name === 'writes') {
    range = 'a share from 0 to 1';
    isValid = value >= 0 && value <= 1;
  } else if (name === 'anonymous') {
    range = '0 or 1';
    isValid = value === 0 || value === 1;
  } else if (name === 'alpha') {
    range = 'a number from 0 to 8';
    isValid = value >= 0 && value <= 8;
  } else if (name === 'references') {
    range = `a whole number from 1 to ${REFERENCES_MAX}`;
    isValid = isWhole && value >= 1 && value <= REFERENCES_MAX;
  } else if (isWeight) {
    range = 'a whole number from 0 to 1000';
    isValid = isWhole && value >= 0 && value <= 1000;
  }
  if (!isValid) {
    throw new InputError(`synthetic ${id}: ${name}=${value} is not possible.`, `give ${range}`);
  }
}

function zipf({ pages, alpha }: SyntheticOptions, random: Random): Walk {
  const cumulative = new Float64Array(pages);
  let total = 0;
  for (let page = 0; page < pages; page++) {
    total += 1 / power(page + 1, alpha);
    cumulative[page] = total;
  }
  // Where to look: what draws of the share b ÷ pages and more begin with.
  const begins = new Int32Array(pages + 1);
  for (let b = 0, page = 0; b <= pages; b++) {
    while (page < pages - 1 && cumulative[page] <= (b / pages) * total) page++;
    begins[b] = page;
  }
  return () => {
    const unit = random.unit();
    const draw = unit * total;
    // One further on both sides, for products are rounded.
    const share = Math.floor(unit * pages);
    let low = begins[Math.max(0, share - 1)];
    let high = begins[Math.min(pages, share + 2)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle] > draw) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function mixed(options: SyntheticOptions, random: Random): Walk {
  const parts: { walk: Walk; shift: number; end: number }[] = [];
  // A part's pages are those whose number, divided by the number of parts, leaves its place: so
  // that none meets another, not even the scan, which never ends.
  let weightSum = 0;
  for (const [id, shape] of Object.entries(SHAPES)) {
    const weight = options[id] ?? 0;
    if (weight === 0) continue;
    weightSum += weight;
    const part = { ...shape.defaults, pages: options.pages };
    parts.push({ walk: shape.walk(part, random), shift: parts.length, end: weightSum });
  }
  if (parts.length === 0) {
    throw new InputError('synthetic mixed: every weight is 0.', 'give one of them at least 1');
  }
  return () => {
    const draw = random.below(weightSum);
    const part = parts.find(({ end }) => draw < end)!;
    return part.walk() * parts.length + part.shift;
  };
}

/**
 * base^exponent, for 1 ≤ base and 0 ≤ exponent, the fraction to 32 bits. Math.pow is left to each
 * machine to round; multiplication and square root are not.
 */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let i = Math.floor(exponent); i > 0; i--) result *= base;
  let root = base;
  for (let rest = exponent % 1, bit = 1; rest > 0 && bit <= 32; bit++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest >= 1) {
      result *= root;
      rest -= 1;
    }
  }
  return result;
}

function unknown(what: string, name: string, names: readonly string[]): InputError {
  const meant = nearest(name, names);
  const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean ${meant}?`;
  return new InputError(`there is no ${what}.`, hint);
}
