/*
 * MQ: eight LRU queues by the logarithm of the uses, through which unused pages sink.
 *                                                        (Zhou, Philbin & Li, USENIX 2001)
 *
 *   queue 7   128 uses and more           ▲ used: to the newest end of the queue of its uses
 *     …                                   │
 *   queue 1   2–3 uses   oldest ─ … ─ newest
 *   queue 0   1 use      oldest ─ … ─ newest        ▼ unused for `lifetime`: one queue down
 *             └─► victim ─► ghosts, with their uses
 *
 * At each reference the oldest page of each queue sinks if it has not been used, or has not sunk,
 * for the lifetime. The victim is the oldest page of the lowest queue that has one; a ghost that
 * comes back goes on counting. Made for the buffers of a server, to whom the pages in constant use
 * never come, and others only after a long time.
 *
 * Per reference: one move between lists; queues are looked at only when a page in them is due. Per
 * eviction: one link, one ghost. Metadata: 16 bytes and 3 bits a frame, as many ghosts as frames.
 * Differs from the paper: the lifetime is given in references a frame, not derived from the most
 * frequent reuse distance; ghosts are as many as frames, not four times as many; a frame freed by
 * an exit leaves its queue and no ghost.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { FrameList } from '../support/frameList.ts';
import { LinkedLists } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'mq',
  title: 'MQ, 8 queues',
  source: 'Zhou, Philbin & Li, USENIX 2001',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 16.375,
    bytesPerGhost: 20,
    ghostsPerFrame: 1,
    perReference: 'one move between lists, and one for each page that sinks',
    perEviction: 'one link and one ghost',
    operations: { perReference: 12, perEviction: 20 },
  },
  /** References a frame, and ghosts as a multiple of the frames. */
  defaults: { lifetime: 1, ghosts: 1 },
  create: (context, { lifetime, ghosts }) => new Mq(context, lifetime, ghosts),
});

const QUEUES = 8;

class Mq implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: used or sunk last. */
  readonly #queues: LinkedLists;
  /** Pages; front: evicted last. */
  readonly #ghosts: FrameList;
  readonly #ghostCountMax: number;
  /** By page, kept while it is a ghost. */
  readonly #uses: Int32Array;
  /** By frame: when it sinks, unless it is used before. */
  readonly #dueAt: Float64Array;
  readonly #lifetime: number;
  /** No page is due before. */
  #nextDue: Tick = Number.POSITIVE_INFINITY;
  /** From the choice of a victim until it leaves. */
  #isEvicting = false;

  constructor({ frames, pageCount }: PolicyContext, lifetime: number, ghosts: number) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#queues = new LinkedLists(frameCount, QUEUES);
    this.#ghosts = new FrameList(pageCount);
    this.#ghostCountMax = Math.floor(frameCount * numberOption('ghosts', ghosts, 0, 100));
    this.#uses = new Int32Array(pageCount);
    this.#dueAt = new Float64Array(frameCount);
    this.#lifetime = Math.floor(frameCount * numberOption('lifetime', lifetime, 0, 1e6));
  }

  onLoad(frame: Frame, tick: Tick): void {
    const page = this.#frames.pageOf[frame];
    if (this.#ghosts.has(page)) this.#ghosts.remove(page);
    else this.#uses[page] = 0;
    this.#use(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#queues.remove(frame);
    this.#use(frame, tick);
  }

  chooseVictim(): Frame {
    this.#isEvicting = true;
    let queue = 0;
    while (this.#queues.length(queue) === 0) queue++;
    return this.#queues.back(queue);
  }

  onFree(frame: Frame): void {
    this.#queues.remove(frame);
    if (this.#isEvicting) {
      this.#ghosts.pushFront(this.#frames.pageOf[frame]);
      if (this.#ghosts.length > this.#ghostCountMax) this.#ghosts.remove(this.#ghosts.back);
    }
    this.#isEvicting = false;
  }

  onInterval(): void {}

  /** Counts a use of the page, puts it where that belongs, and lets others sink. */
  #use(frame: Frame, tick: Tick): void {
    const uses = ++this.#uses[this.#frames.pageOf[frame]];
    const queue = Math.min(31 - Math.clz32(uses), QUEUES - 1);
    this.#queues.pushFront(frame, queue);
    const dueAt = tick + this.#lifetime;
    this.#dueAt[frame] = dueAt;
    if (queue > 0 && dueAt < this.#nextDue) this.#nextDue = dueAt;
    if (this.#nextDue <= tick) this.#sink(tick);
  }

  /** The oldest page of each queue goes one down, if it is due. */
  #sink(tick: Tick): void {
    const queues = this.#queues;
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (let queue = 1; queue < QUEUES; queue++) {
      const oldest = queues.back(queue);
      if (oldest >= 0 && this.#dueAt[oldest] <= tick) {
        queues.moveToFront(oldest, queue - 1);
        this.#dueAt[oldest] = tick + 1 + this.#lifetime;
      }
    }
    for (let queue = 1; queue < QUEUES; queue++) {
      const oldest = queues.back(queue);
      if (oldest >= 0) this.#nextDue = Math.min(this.#nextDue, this.#dueAt[oldest]);
    }
  }
}
