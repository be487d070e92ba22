/*
 * The frame MIN would empty, kept ready while references pass: looking at every frame at every
 * decision took longer than all the rest of labelling.
 *
 *   costless   frames to lose for nothing: blank pages, clean ones never used again
 *   spent      dirty pages never used again
 *   live       ticks of the next uses; those that time has passed are below every live one
 *
 * A reference costs an insertion in a tree of bits, a decision a find-max. FarthestNextUse takes
 * the first come of equals, labels the lowest frame, so that they do not depend on history.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import type { NextUse } from '../engine/nextUse.ts';
import type { PolicySpec } from '../engine/policy.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { PositionSet } from '../support/positionSet.ts';

/** 4 bytes a page, 4 a frame, 1/8 a reference. */
export class OptimalVictims {
  readonly #frames: FrameTable;
  readonly #nextUse: NextUse;
  readonly #frameOf: Int32Array;
  readonly #nextUseOf: Int32Array;
  readonly #costless: PositionSet;
  readonly #spent: PositionSet;
  readonly #live: PositionSet;

  constructor(frames: FrameTable, nextUse: NextUse, pageCount: number) {
    this.#frames = frames;
    this.#nextUse = nextUse;
    this.#frameOf = new Int32Array(pageCount);
    this.#nextUseOf = new Int32Array(frames.frameCount);
    this.#costless = new PositionSet(frames.frameCount);
    this.#spent = new PositionSet(frames.frameCount);
    this.#live = new PositionSet(Math.max(1, nextUse.referenceCount));
  }

  /** The page in `frame` was loaded or used at `tick`. */
  use(frame: Frame, tick: Tick): void {
    const { pageOf, dirty, blank } = this.#frames;
    this.#costless.remove(frame);
    this.#spent.remove(frame);
    this.#frameOf[pageOf[frame]] = frame;
    const next = this.#nextUse.next[tick];
    this.#nextUseOf[frame] = next;
    const isUsedAgain = next < this.#nextUse.referenceCount;
    if (isUsedAgain) this.#live.insert(next);
    if (blank[frame] === 1 || (!isUsedAgain && dirty[frame] === 0)) this.#costless.insert(frame);
    else if (!isUsedAgain) this.#spent.insert(frame);
  }

  free(frame: Frame): void {
    this.#costless.remove(frame);
    this.#spent.remove(frame);
    const next = this.#nextUseOf[frame];
    if (next < this.#nextUse.referenceCount) this.#live.remove(next);
  }

  /**
   * The frame MIN evicts now, when all are occupied: first a page whose loss costs nothing now or
   * later (blank, or clean and never used again), then a dirty one never used again, then the one
   * used farthest ahead; the lowest frame among equals.
   */
  best(): Frame {
    const costless = this.#costless.next(0);
    if (costless >= 0) return costless;
    const spent = this.#spent.next(0);
    if (spent >= 0) return spent;
    const position = this.#live.max();
    const frame = this.#frameOf[this.#nextUse.pages[position]];
    assert(this.#nextUseOf[frame] === position, 'a live position is the next use of its frame');
    return frame;
  }
}

/** `policy`, with optimal victims that are told of everything that happens to it. */
export function withOptimalVictims(
  policy: PolicySpec,
  nextUse: NextUse,
  onCreated: (victims: OptimalVictims) => void,
): PolicySpec {
  assert(
    policy.observes === 'future' || policy.observes === 'every-reference',
    'it is told of every reference',
  );
  return {
    ...policy,
    create(context, options) {
      const inner = policy.create(context, options);
      const victims = new OptimalVictims(context.frames, nextUse, context.pageCount);
      onCreated(victims);
      return {
        onLoad(frame, tick) {
          victims.use(frame, tick);
          inner.onLoad(frame, tick);
        },
        onReference(frame, tick) {
          victims.use(frame, tick);
          inner.onReference(frame, tick);
        },
        chooseVictim: (wanted, tick) => inner.chooseVictim(wanted, tick),
        onFree(frame, tick) {
          victims.free(frame);
          inner.onFree(frame, tick);
        },
        onInterval: (tick) => inner.onInterval(tick),
      };
    },
  };
}
