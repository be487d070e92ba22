/*
 * A doubly linked list of frames for each process, however many there are; a frame is in one list
 * at most.
 *
 *   owner 0   front ⇄ … ⇄ back        the front's previous and the back's next are NONE
 *   owner 1   front ⇄ … ⇄ back
 *
 * 12 bytes a frame, 8 a process.
 */
import { type Frame, NONE } from '../../engine/frameTable.ts';
import type { Sequence } from '../../fingerprint/fingerprint.ts';

export class OwnerLists {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #ownerOf: Int32Array;
  /** By owner; grow. */
  #front = new Int32Array(16).fill(NONE);
  #back = new Int32Array(16).fill(NONE);

  constructor(frameCount: number) {
    this.#next = new Int32Array(frameCount).fill(NONE);
    this.#previous = new Int32Array(frameCount).fill(NONE);
    this.#ownerOf = new Int32Array(frameCount);
  }

  /** The last frame of `owner`, or NONE. */
  back(owner: Sequence): Frame {
    return owner < this.#back.length ? this.#back[owner] : NONE;
  }

  pushFront(frame: Frame, owner: Sequence): void {
    if (owner >= this.#front.length) this.#grow(owner);
    const second = this.#front[owner];
    this.#ownerOf[frame] = owner;
    this.#previous[frame] = NONE;
    this.#next[frame] = second;
    if (second === NONE) this.#back[owner] = frame;
    else this.#previous[second] = frame;
    this.#front[owner] = frame;
  }

  /** Takes `frame` out of the list it is in. */
  remove(frame: Frame): void {
    const owner = this.#ownerOf[frame];
    const before = this.#previous[frame];
    const after = this.#next[frame];
    if (before === NONE) this.#front[owner] = after;
    else this.#next[before] = after;
    if (after === NONE) this.#back[owner] = before;
    else this.#previous[after] = before;
  }

  #grow(owner: Sequence): void {
    const grown = (column: Int32Array) => {
      const longer = new Int32Array(2 * (owner + 1)).fill(NONE);
      longer.set(column);
      return longer;
    };
    this.#front = grown(this.#front);
    this.#back = grown(this.#back);
  }
}
