/*
 * S3-FIFO: a small queue that most pages only pass through, a main queue, and a queue of ghosts.
 *                                                                      (Yang et al., SOSP 2023)
 *
 *   load ──► small, 1/10 of memory ──┬── used twice or more ──► main, 9/10 ──► forgotten
 *     ▲                              └──► ghosts                ▲     │  └── used: once more round
 *     │                                     │                   │     ┘
 *     └── never seen, or forgotten          └── wanted again ───┘
 *
 * Uses are counted up to 3 since a page entered its queue. In main a count buys so many more
 * rounds. The small queue gives up pages while main has no more than its share; when all of it
 * moves to main, main gives one up.
 *
 * Per reference: a counter of two bits. Per eviction: the pages moved on the way, O(1) amortised.
 * Metadata: 8 bytes and three bits a frame, nine ghosts for ten frames.
 * Differs from the paper as its authors' libCacheSim does: pages on their way to main may fill it
 * beyond its share until the next eviction. A frame freed by an exit leaves its queue and no ghost.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption, wholeOption } from '../engine/policyOptions.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { LinkedLists } from '../support/linkedLists.ts';
import { LogList } from '../support/logList.ts';

export const policy = definePolicy({
  id: 's3-fifo',
  title: 'S3-FIFO',
  source: 'Yang et al., SOSP 2023',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 8.375,
    bytesPerGhost: 16,
    ghostsPerFrame: 0.9,
    perReference: 'a counter of two bits',
    perEviction: 'pages moved on the way, O(1) amortised',
    operations: { perReference: 2, perEviction: 20 },
  },
  defaults: { small: 0.1, ghosts: 0.9, uses: 2 },
  create: (context, options) => new S3Fifo(context, options),
});

const SMALL = 0;
const MAIN = 1;
const USES_MAX = 3;

interface S3FifoOptions {
  /** Of memory, for the small queue. */
  readonly small: number;
  /** As a multiple of the frames. */
  readonly ghosts: number;
  /** That take a page from the small queue to main. */
  readonly uses: number;
}

class S3Fifo implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: entered last. */
  readonly #queues: LinkedLists;
  /** Pages; front: evicted last. */
  readonly #ghosts: LogList;
  /** Since the page entered its queue, up to USES_MAX. */
  readonly #uses: Uint8Array;
  readonly #mainLengthMax: number;
  readonly #ghostCountMax: number;
  readonly #usesToStay: number;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;
  /** Whether the page wanted was a ghost. */
  #isRemembered = false;

  constructor({ frames, pageCount }: PolicyContext, { small, ghosts, uses }: S3FifoOptions) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#queues = new LinkedLists(frameCount, 2);
    this.#ghosts = new LogList(pageCount);
    this.#uses = new Uint8Array(frameCount);
    this.#mainLengthMax = frameCount - Math.floor(frameCount * numberOption('small', small, 0, 1));
    this.#ghostCountMax = Math.floor(frameCount * numberOption('ghosts', ghosts, 0, 100));
    this.#usesToStay = wholeOption('uses', uses, 1, USES_MAX);
  }

  onLoad(frame: Frame): void {
    if (!this.#isEvicting) this.#recall(this.#frames.pageOf[frame]);
    this.#isEvicting = false;
    this.#uses[frame] = 0;
    this.#queues.pushFront(frame, this.#isRemembered ? MAIN : SMALL);
  }

  onReference(frame: Frame): void {
    if (this.#uses[frame] < USES_MAX) this.#uses[frame]++;
  }

  chooseVictim(wanted: Page): Frame {
    this.#recall(wanted);
    this.#isEvicting = true;
    const queues = this.#queues;
    if (queues.length(MAIN) <= this.#mainLengthMax) {
      let oldest = queues.back(SMALL);
      while (oldest >= 0 && this.#uses[oldest] >= this.#usesToStay) {
        this.#uses[oldest] = 0;
        queues.moveToFront(oldest, MAIN);
        oldest = queues.back(SMALL);
      }
      if (oldest >= 0) return oldest;
    }
    let oldest = queues.back(MAIN);
    while (this.#uses[oldest] > 0) {
      this.#uses[oldest]--;
      queues.moveToFront(oldest, MAIN);
      oldest = queues.back(MAIN);
    }
    return oldest;
  }

  onFree(frame: Frame): void {
    const queue = this.#queues.listOf[frame];
    this.#queues.remove(frame);
    if (this.#isEvicting && queue === SMALL) this.#remember(this.#frames.pageOf[frame]);
  }

  onInterval(): void {}

  #recall(wanted: Page): void {
    this.#isRemembered = this.#ghosts.has(wanted);
    if (this.#isRemembered) this.#ghosts.remove(wanted);
  }

  #remember(page: Page): void {
    this.#ghosts.pushFront(page);
    if (this.#ghosts.length > this.#ghostCountMax) this.#ghosts.remove(this.#ghosts.back);
  }
}
