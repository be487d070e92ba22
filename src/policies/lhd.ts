/*
 * LHD, least hit density: evict the page that will earn least for the time it takes up, as pages
 * like it have done so far.                        (Beckmann, Chen & Cidon, NSDI 2018)
 *
 *   of the pages of a class that have rested for `age` so far,
 *
 *                  those that were used again later                      Σ hits at later ages
 *      density = ────────────────────────────────────── = ─────────────────────────────────────────
 *                time they took up until use or eviction   Σ (hits + evictions) · (later age − age)
 *
 * A page's class is how soon it was used the last two times, in powers of two. Hits and evictions
 * are counted by class and age; now and then the densities are computed anew, from the oldest age
 * down, and the counts fade. Which pages live through a loop can only be learnt if some do, so that
 * a hundredth of the frames hold explorers, which are spared.
 *
 * Per reference: two counters. Per eviction: 32 random frames, or all where there are no more.
 * Every 16 references a frame: a sum over the 16 × 2,048 counts, at most. Metadata: 10 bytes a
 * frame, and 768 KiB at most.
 * Differs from the source: sizes are left out, and with them the newcomers it always looks at and
 * the classes by application; the unit of age is fixed at a 64th of the frames, rounded up to a
 * power of two, where it is adapted there, and ages end at 32 times the frames; densities are
 * computed by the frame, not every 2²⁰ references, for shorter strings; a newcomer is made an
 * explorer, no page at a later use.
 */
import type { Frame } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { wholeOption } from '../engine/policyOptions.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import type { Random } from '../support/random.ts';

export const policy = definePolicy({
  id: 'lhd',
  title: 'LHD, hit density of 32 samples',
  source: 'Beckmann, Chen & Cidon, NSDI 2018',
  observes: 'every-reference',
  readsHistory: false,
  interval: (frameCount, { interval }) =>
    wholeOption('interval', interval, 0, 2 ** 30) || REFERENCES_PER_FRAME * frameCount,
  cost: {
    bytesPerFrame: 10,
    perReference: 'two counters; at intervals a sum over all ages',
    perEviction: '32 draws and look-ups',
  },
  /** Frames looked at, and references between two computations; 0: 16 a frame. */
  defaults: { samples: 32, interval: 0 },
  create: (context, { samples }) => new Lhd(context, wholeOption('samples', samples, 1, 65_536)),
});

const REFERENCES_PER_FRAME = 16;
const CLASSES = 16;
/** Units of age in as many references as there are frames, and in the longest age, at most. */
const UNITS_PER_MEMORY = 64;
const AGES = 2048;
/** What remains of the counts at each computation. */
const FADING = 0.9;
/** Fewer events than this say nothing. */
const LEAST_EVENTS = 1e-5;
/** One of this many newcomers is an explorer while there is room for one. */
const EXPLORER_ODDS = 32;
const EXPLORER_SHARE = 0.01;

class Lhd implements ReplacementPolicy {
  readonly #frameCount: number;
  readonly #random: Random;
  readonly #samples: number;
  /** Ages are in units of 2 to the `#unitShift` references; `#ages` − 1 stands for all above. */
  readonly #unitShift: number;
  readonly #ages: number;
  /** Class by the sum of a page's last two ages of use, 0 where that is `#ages` or more. */
  readonly #classBySum: Uint8Array;
  /** By class and age, fading. */
  readonly #hits: Float64Array;
  readonly #evictions: Float64Array;
  readonly #densities: Float64Array;
  readonly #usedAt: Int32Array;
  /** The age of the page at its last use; 0 until there is one. */
  readonly #lastAge: Int32Array;
  readonly #classOf: Uint8Array;
  readonly #isExplorer: Uint8Array;
  #explorersLeft: number;
  #isEvicting = false;

  constructor({ frames: { frameCount }, random }: PolicyContext, samples: number) {
    this.#frameCount = frameCount;
    this.#random = random;
    this.#samples = samples;
    this.#unitShift = Math.max(0, 32 - Math.clz32(Math.ceil(frameCount / UNITS_PER_MEMORY) - 1));
    this.#ages = Math.min(AGES, Math.ceil((frameCount * AGES) / UNITS_PER_MEMORY));
    this.#classBySum = Uint8Array.from({ length: this.#ages }, (_, sum) => this.#classFrom(sum));
    const size = CLASSES * this.#ages;
    this.#hits = new Float64Array(size);
    this.#evictions = new Float64Array(size);
    // Until something is known, the page that has rested longest leaves, classes told apart.
    this.#densities = Float64Array.from(
      { length: size },
      (_, i) => (1 + Math.floor(i / this.#ages)) / (1 + (i % this.#ages)),
    );
    this.#usedAt = new Int32Array(frameCount);
    this.#lastAge = new Int32Array(frameCount);
    this.#classOf = new Uint8Array(frameCount);
    this.#isExplorer = new Uint8Array(frameCount);
    this.#explorersLeft = Math.ceil(EXPLORER_SHARE * frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#usedAt[frame] = tick;
    this.#lastAge[frame] = 0;
    this.#classOf[frame] = 0;
    if (this.#explorersLeft === 0 || this.#random.below(EXPLORER_ODDS) > 0) return;
    this.#isExplorer[frame] = 1;
    this.#explorersLeft--;
  }

  onReference(frame: Frame, tick: Tick): void {
    const age = this.#ageOf(frame, tick);
    this.#hits[this.#classOf[frame] * this.#ages + age]++;
    const sum = age + this.#lastAge[frame];
    this.#classOf[frame] = sum < this.#ages ? this.#classBySum[sum] : 0;
    this.#lastAge[frame] = age;
    this.#usedAt[frame] = tick;
    this.#endExploring(frame);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    this.#isEvicting = true;
    const isWhole = this.#frameCount <= this.#samples;
    const count = isWhole ? this.#frameCount : this.#samples;
    let [victim, least] = [0, Number.POSITIVE_INFINITY];
    for (let i = 0; i < count; i++) {
      const frame = isWhole ? i : this.#random.below(this.#frameCount);
      const density = this.#densityOf(frame, tick);
      if (density < least) [victim, least] = [frame, density];
    }
    return victim;
  }

  onFree(frame: Frame, tick: Tick): void {
    const age = this.#ageOf(frame, tick);
    if (this.#isEvicting) this.#evictions[this.#classOf[frame] * this.#ages + age]++;
    this.#endExploring(frame);
    this.#isEvicting = false;
  }

  onInterval(tick: Tick): void {
    if (tick === 0) return;
    for (let i = 0; i < this.#hits.length; i++) {
      this.#hits[i] *= FADING;
      this.#evictions[i] *= FADING;
    }
    for (let first = 0; first < this.#hits.length; first += this.#ages) this.#model(first);
  }

  /** The densities of the class whose row begins at `first`. */
  #model(first: number): void {
    let hits = 0;
    let events = 0;
    // Adding up the events of all later ages at each age weighs each by how much later it is.
    let time = 0;
    for (let i = first + this.#ages - 1; i >= first; i--) {
      hits += this.#hits[i];
      events += this.#hits[i] + this.#evictions[i];
      time += events;
      this.#densities[i] = events > LEAST_EVENTS ? hits / time : 0;
    }
  }

  #densityOf(frame: Frame, tick: Tick): number {
    const age = this.#ageOf(frame, tick);
    // Nothing can be told of ages that are all counted as one.
    if (age === this.#ages - 1) return -1;
    // A density is at most 1, so that explorers come after all others.
    return this.#densities[this.#classOf[frame] * this.#ages + age] + 2 * this.#isExplorer[frame];
  }

  #ageOf(frame: Frame, tick: Tick): number {
    return Math.min(this.#ages - 1, (tick - this.#usedAt[frame]) >> this.#unitShift);
  }

  #endExploring(frame: Frame): void {
    this.#explorersLeft += this.#isExplorer[frame];
    this.#isExplorer[frame] = 0;
  }

  /** How often the sum can be doubled before it reaches the longest age. */
  #classFrom(sum: number): number {
    if (sum === 0) return CLASSES - 1;
    let doublings = 0;
    for (let age = sum; age < this.#ages && doublings < CLASSES - 1; age *= 2) doublings++;
    return doublings;
  }
}
