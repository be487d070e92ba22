/*
 * Learning relaxed Belady, with a line instead of trees: while it runs, learn from what has been
 * seen when a page will be used next, and evict, of a sample, the one predicted farthest.
 *                                            (after Song, Berger, Li & Lloyd 2020)
 *
 *   now and then, of some page   ── features ──►  waits for its next use, in memory or out of it
 *   used, or too long not used   ── distance ──►  w ← w + rate · error · x / (1 + x·x)
 *   at an eviction               ── w·x of a sample, the greatest leaves
 *
 *   x: 1, recency, last gap, gap before, uses      logarithms to base 2, times in memories
 *
 * Beyond four memories all distances are alike: that is the relaxed Belady boundary. The line is
 * fitted by normalised least mean squares (Nagumo & Noda 1967), so that no row need be kept.
 *
 * Per reference: a subtraction and three writes; each 1/16 memory a sample. Per eviction: 32 draws
 * and lines. Metadata: 16 bytes a frame, and at most 64 samples of 48 bytes.
 * Differs from the source: boosted trees of forty features, fitted anew now and then, are a line of
 * four and a constant, fitted all the time; the window is counted in memories; what was known of a
 * page is forgotten when it leaves. Written from the abstract and from memory.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { log2 } from '../support/log2.ts';
import type { Random } from '../support/random.ts';

const FEATURES = 5;
/** Samples taken while a memory's worth of references goes by. */
const SAMPLES_PER_MEMORY = 16;

export const policy = definePolicy({
  id: 'lrb',
  title: 'Learning relaxed Belady, linear',
  source: 'after Song, Berger, Li & Lloyd, NSDI 2020',
  observes: 'every-reference',
  cost: {
    bytesPerFrame: 16,
    perReference: 'two differences kept, and now and then a step of the fit',
    perEviction: '32 draws and lines of five features',
  },
  /** Frames looked at; memories in the window; the step of the fit. */
  defaults: { samples: 32, window: 4, rate: 0.05 },
  create: (context, { samples, window, rate }) =>
    new Lrb(
      context,
      wholeOption('samples', samples, 1, 65_536),
      wholeOption('window', window, 1, 1024),
      numberOption('rate', rate, 0, 1),
    ),
});

class Lrb implements ReplacementPolicy {
  readonly #frames: FrameTable;
  readonly #random: Random;
  readonly #samples: number;
  readonly #rate: number;
  readonly #windowTicks: number;
  readonly #log2Frames: number;
  /** By frame, in references: the last gap between uses and the one before; 0: none yet. */
  readonly #gap: Int32Array;
  readonly #gapBefore: Int32Array;
  readonly #usedAt: Int32Array;
  readonly #weights = new Float64Array(FEATURES);
  readonly #x = new Float64Array(FEATURES);
  /** Samples that wait, in order of time: a ring. Its rows hold their features one after another. */
  readonly #waiting: Float64Array;
  readonly #waitingSince: Int32Array;
  /** The page it is of; −1: it has been learnt from. */
  readonly #waitingPage: Int32Array;
  #oldest = 0;
  #next = 0;
  readonly #rows: number;
  /** By page: the row of the ring that waits for it; −1: none. */
  readonly #rowOf: Int32Array;
  readonly #every: number;

  constructor(
    { frames, pageCount, random }: PolicyContext,
    samples: number,
    window: number,
    rate: number,
  ) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#random = random;
    this.#samples = samples;
    this.#rate = rate;
    this.#windowTicks = window * frameCount;
    this.#log2Frames = log2(frameCount);
    this.#gap = new Int32Array(frameCount);
    this.#gapBefore = new Int32Array(frameCount);
    this.#usedAt = new Int32Array(frameCount);
    this.#every = Math.max(1, Math.floor(frameCount / SAMPLES_PER_MEMORY));
    this.#rows = Math.ceil(this.#windowTicks / this.#every) + 2;
    this.#waiting = new Float64Array(this.#rows * FEATURES);
    this.#waitingSince = new Int32Array(this.#rows);
    this.#waitingPage = new Int32Array(this.#rows).fill(-1);
    this.#rowOf = new Int32Array(pageCount).fill(-1);
  }

  onLoad(frame: Frame, tick: Tick): void {
    this.#gap[frame] = 0;
    this.#gapBefore[frame] = 0;
    this.#usedAt[frame] = tick;
    this.#pass(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#gapBefore[frame] = this.#gap[frame];
    this.#gap[frame] = tick - this.#usedAt[frame];
    this.#usedAt[frame] = tick;
    this.#pass(frame, tick);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    const { frameCount } = this.#frames;
    const isWhole = frameCount <= this.#samples;
    const count = isWhole ? frameCount : this.#samples;
    let [victim, farthest] = [0, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < count; i++) {
      const frame = isWhole ? i : this.#random.below(frameCount);
      this.#describe(frame, tick);
      const distance = this.#predict();
      if (distance > farthest) [victim, farthest] = [frame, distance];
    }
    return victim;
  }

  onFree(): void {}

  onInterval(): void {}

  /** Learns of the page just used and of those too long not used, and now and then samples one. */
  #pass(used: Frame, tick: Tick): void {
    const { pageOf, frameCount } = this.#frames;
    const known = this.#rowOf[pageOf[used]];
    if (known >= 0) this.#learn(known, tick);
    while (
      this.#oldest !== this.#next &&
      tick - this.#waitingSince[this.#oldest] >= this.#windowTicks
    ) {
      if (this.#waitingPage[this.#oldest] >= 0) this.#learn(this.#oldest, tick);
      this.#oldest = (this.#oldest + 1) % this.#rows;
    }
    if (tick % this.#every !== 0) return;
    const frame = this.#random.below(frameCount);
    const page = pageOf[frame];
    if (page === NONE || this.#rowOf[page] >= 0) return;
    this.#describe(frame, tick);
    const row = this.#next;
    this.#next = (this.#next + 1) % this.#rows;
    this.#waiting.set(this.#x, row * FEATURES);
    this.#waitingSince[row] = tick;
    this.#waitingPage[row] = page;
    this.#rowOf[page] = row;
  }

  /** The page of a waiting sample is used at `tick`, or will not be before. */
  #learn(row: number, tick: Tick): void {
    const x = this.#x;
    for (let i = 0; i < FEATURES; i++) x[i] = this.#waiting[row * FEATURES + i];
    const since = tick - this.#waitingSince[row];
    const isFar = since >= this.#windowTicks;
    const target = log2(1 + (isFar ? 2 * this.#windowTicks : since)) - this.#log2Frames;
    const error = target - this.#predict();
    let square = 1;
    for (let i = 0; i < FEATURES; i++) square += x[i] * x[i];
    const step = (this.#rate * error) / square;
    for (let i = 0; i < FEATURES; i++) this.#weights[i] += step * x[i];
    this.#rowOf[this.#waitingPage[row]] = -1;
    this.#waitingPage[row] = -1;
  }

  #describe(frame: Frame, tick: Tick): void {
    const x = this.#x;
    x[0] = 1;
    x[1] = this.#inMemories(tick - this.#usedAt[frame]);
    x[2] = this.#inMemories(this.#gap[frame] === 0 ? 2 * this.#windowTicks : this.#gap[frame]);
    const before = this.#gapBefore[frame];
    x[3] = this.#inMemories(before === 0 ? 2 * this.#windowTicks : before);
    x[4] = log2(1 + this.#frames.useCount[frame]);
  }

  #inMemories(ticks: number): number {
    return log2(1 + ticks) - this.#log2Frames;
  }

  #predict(): number {
    let sum = 0;
    for (let i = 0; i < FEATURES; i++) sum += this.#weights[i] * this.#x[i];
    return sum;
  }
}
