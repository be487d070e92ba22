/** The frames of a memory as columns: row = frame, allocated once. */
import { assert } from '../support/assert.ts';

/** A row of the frame table. */
export type Frame = number;

/** Marks a frame without page and a page without frame. */
export const NONE = -1;

export interface FrameTable {
  readonly frameCount: number;
  /** The dense page held, NONE when free. */
  readonly pageOf: Int32Array;
  /** 1: differs from its copy on disk. */
  readonly dirty: Uint8Array;
  /** 1: an anonymous page never written: all zeros, so losing it costs nothing, now or later. */
  readonly blank: Uint8Array;
  /** 1: read ahead, and not used since. The engine clears it at the first use. */
  readonly ahead: Uint8Array;
  /**
   * The accessed bit: the engine sets it when a page is wanted and at each use, not when it is read
   * ahead; a policy may clear it.
   */
  readonly referenced: Uint8Array;
  /** Tick of the load. */
  readonly loadedAt: Int32Array;
  /** Tick of the last use; kept only where a policy or an observer of evictions reads it. */
  readonly lastUsedAt: Int32Array;
  /** Uses since the load, the load included; kept only as above. */
  readonly useCount: Int32Array;
}

export function createFrameTable(frameCount: number): FrameTable {
  assert(Number.isInteger(frameCount) && frameCount >= 1, 'a memory has at least one frame');
  return {
    frameCount,
    pageOf: new Int32Array(frameCount).fill(NONE),
    dirty: new Uint8Array(frameCount),
    blank: new Uint8Array(frameCount),
    ahead: new Uint8Array(frameCount),
    referenced: new Uint8Array(frameCount),
    loadedAt: new Int32Array(frameCount),
    lastUsedAt: new Int32Array(frameCount),
    useCount: new Int32Array(frameCount),
  };
}
