/*
 * What a kernel sees of the past without being told of each reference: accessed bits, read and
 * cleared once in an interval.
 *
 *   intervals   … 5 4 3 2 1 now
 *   accessed      0 1 0 0 0 0        history 0b010000, idle for 4 intervals
 *
 * An interval is two references a frame.
 */
import { type Frame, type FrameTable, NONE } from '../../engine/frameTable.ts';
import type { FeatureContext, Tracker } from '../feature.ts';

export class SampledBits implements Tracker {
  readonly #frames: FrameTable;
  /** Sixteen intervals of each frame, the last one in the highest bit. */
  readonly history: Uint16Array;
  readonly #seeSet: ((frame: Frame) => void)[] = [];

  static readonly interval = (frameCount: number): number => 2 * frameCount;

  static create({ frames }: FeatureContext): SampledBits {
    return new SampledBits(frames);
  }

  constructor(frames: FrameTable) {
    this.#frames = frames;
    this.history = new Uint16Array(frames.frameCount);
  }

  /** Has `see` called with each frame whose bit is found set, before it is cleared. */
  onSet(see: (frame: Frame) => void): void {
    this.#seeSet.push(see);
  }

  onLoad(frame: Frame): void {
    this.history[frame] = 0;
  }

  onInterval(): void {
    const { pageOf, referenced, frameCount } = this.#frames;
    for (let frame = 0; frame < frameCount; frame++) {
      if (pageOf[frame] === NONE) continue;
      this.history[frame] = (this.history[frame] >>> 1) | (referenced[frame] << 15);
      if (referenced[frame] === 0) continue;
      for (const see of this.#seeSet) see(frame);
    }
    referenced.fill(0);
  }

  /** Whole intervals since an accessed bit was found set; 0: it is set now. */
  idle(frame: Frame): number {
    if (this.#frames.referenced[frame] === 1) return 0;
    return Math.clz32(this.history[frame]) - 15;
  }

  /** In how many of the last sixteen intervals, and this one, it was accessed. */
  active(frame: Frame): number {
    let count = this.#frames.referenced[frame];
    for (let bits: number = this.history[frame]; bits !== 0; bits &= bits - 1) count++;
    return count;
  }
}
