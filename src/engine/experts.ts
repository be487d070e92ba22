/*
 * Policies in the shadow of a memory: each has a memory of its own of the same size, in which it
 * rules alone over the same references, and is judged by its faults there.
 *
 *   references ──► memory        ◄── whoever asks: which pages would the best of them not hold?
 *             ├──► LRU's own     faults, the older counting less ──► leader
 *             └──► LIRS's own
 *
 * A page that the leader has let go is one that may go: evicting only such pages, a memory drifts
 * towards the leader's (set-dueling, Qureshi et al. 2007, with whole memories instead of sampled
 * sets). Once it has seen the reference that needs a frame, each holds a page that the memory does
 * not, so there is always one that may go.
 *
 * Per reference: that of each expert. An exit is not told to them: pages of the dead age as others.
 */
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { type Frame, NONE } from './frameTable.ts';
import { Memory } from './memory.ts';
import type { PolicyContext, PolicySpec, ReplacementPolicy } from './policy.ts';
import { numberOption } from './policyOptions.ts';

/** What experts know of what they judge. */
export type ExpertContext = Pick<
  PolicyContext,
  'frames' | 'pages' | 'random' | 'sequenceAt' | 'signatureAt' | 'writeAt'
>;

export interface ExpertOptions {
  /** In this many references for each frame a fault comes to count 1/e of what it did. */
  readonly horizon: number;
  /** Another one leads when its faults are below this share of the leader's. */
  readonly margin: number;
}

export function checkExpertOptions({ horizon, margin }: ExpertOptions): void {
  numberOption('horizon', horizon, 1, 1e6);
  numberOption('margin', margin, 0, 1);
}

interface Expert {
  readonly memory: Memory;
  readonly policy: ReplacementPolicy;
  /** References between two calls of `onInterval`; 0: never. */
  readonly interval: number;
  /** Frames of the watched memory whose page it does not hold; the longest first. */
  readonly absent: FrameList;
}

/** Beyond this all counts are scaled down. */
const WEIGHT_MAX = 1e100;

export class Experts {
  readonly #pageOf: Int32Array;
  readonly #writeAt: PolicyContext['writeAt'];
  readonly #experts: readonly Expert[];
  /** The frame of each page in the memory that is watched. */
  readonly #frameOf: Int32Array;
  readonly #faults: Float64Array;
  /** What a fault counts now: it grows instead of all older ones decaying. */
  #weight = 1;
  readonly #growth: number;
  readonly #margin: number;
  #leader = 0;
  /** The last reference they have seen. */
  #tick: Tick = NONE;

  /** Specs that observe the future, or use the pager, are not possible. */
  constructor(
    context: ExpertContext,
    specs: readonly PolicySpec[],
    { horizon, margin }: ExpertOptions,
  ) {
    checkExpertOptions({ horizon, margin });
    const { frames, pages } = context;
    this.#pageOf = frames.pageOf;
    this.#writeAt = (tick) => context.writeAt(tick);
    this.#frameOf = new Int32Array(pages.kinds.length).fill(NONE);
    this.#faults = new Float64Array(specs.length);
    this.#growth = 1 + 1 / (horizon * frames.frameCount);
    this.#margin = margin;
    this.#experts = specs.map((spec) => this.#hire(spec, context));
  }

  /** The row of the one with the fewest faults lately. */
  get leader(): number {
    return this.#leader;
  }

  /** Whether expert `i` does not hold the page in `frame`. */
  isAbsent(i: number, frame: Frame): boolean {
    return this.#experts[i].absent.has(frame);
  }

  /** Frames whose page the leader does not hold, the longest first; to be read only. */
  get permitted(): FrameList {
    return this.#experts[this.#leader].absent;
  }

  /** The faults of expert `i`, the older counting less; comparable at the same tick. */
  faults(i: number): number {
    return this.#faults[i];
  }

  /** The reference at `tick`, before a victim is chosen for it; told again by the calls below. */
  refer(page: Page, tick: Tick): void {
    if (tick === this.#tick) return;
    this.#tick = tick;
    this.#weight *= this.#growth;
    if (this.#weight > WEIGHT_MAX) this.#rescale();
    const write = this.#writeAt(tick);
    for (let i = 0; i < this.#experts.length; i++) {
      const { memory, policy, interval, absent } = this.#experts[i];
      if (interval > 0 && tick % interval === 0) policy.onInterval(tick);
      if (memory.frameOf(page) === NONE) {
        this.#faults[i] += this.#weight;
        const frame = this.#frameOf[page];
        if (frame !== NONE) absent.remove(frame);
      }
      memory.touch(page, write, tick);
    }
  }

  /** At each fault: who leads from now on. */
  elect(): void {
    const faults = this.#faults;
    let best = 0;
    for (let i = 1; i < faults.length; i++) if (faults[i] < faults[best]) best = i;
    if (faults[best] < this.#margin * faults[this.#leader]) this.#leader = best;
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#pageOf[frame];
    this.refer(page, tick);
    this.#frameOf[page] = frame;
  }

  onReference(frame: Frame, tick: Tick): void {
    this.refer(this.#pageOf[frame], tick);
  }

  onFree(frame: Frame): void {
    this.#frameOf[this.#pageOf[frame]] = NONE;
    for (const { absent } of this.#experts) if (absent.has(frame)) absent.remove(frame);
  }

  #hire(spec: PolicySpec, context: ExpertContext): Expert {
    const { pages } = context;
    const { frameCount } = context.frames;
    const memory = new Memory(pages, frameCount);
    const policy = spec.create(
      {
        ...context,
        frames: memory.frames,
        pager: memory,
        pageCount: pages.kinds.length,
        // Each draws as it would if it ruled this run alone.
        random: context.random.copy(),
        nextUse: undefined,
      },
      spec.defaults,
    );
    const absent = new FrameList(frameCount);
    memory.attach(policy, spec, (victim) => {
      const frame = this.#frameOf[memory.frames.pageOf[victim]];
      if (frame !== NONE) absent.pushBack(frame);
    });
    return { memory, policy, interval: spec.interval?.(frameCount, spec.defaults) ?? 0, absent };
  }

  #rescale(): void {
    for (let i = 0; i < this.#faults.length; i++) this.#faults[i] /= this.#weight;
    this.#weight = 1;
  }
}
