/*
 * 2Q: newcomers queue up; only a page wanted again after it left the queue joins those kept by
 * LRU.                                            (Johnson & Shasha, VLDB 1994, the full version)
 *
 *   load ──► A1in, a queue ──► A1out, ghosts ──► forgotten
 *             ¼ of memory      ½ as many as frames │
 *                                                  └─ wanted again ──► Am, by LRU ──► forgotten
 *
 * Uses while a page is in A1in count for nothing: they belong together. What A1out remembers has
 * come back after a while, and is worth keeping. A1in gives up a page when it has more than its
 * share, else Am does.
 *
 * Per reference: one move in Am. Per eviction: one link, one ghost. Metadata: 8 bytes and a bit a
 * frame, half as many ghosts as frames.
 * Differs from the paper: a page leaves A1out before the page that makes room for it enters; a
 * frame freed by an exit leaves its list and no ghost.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import type { Page } from '../fingerprint/fingerprint.ts';
import { LinkedLists } from '../support/linkedLists.ts';
import { LogList } from '../support/logList.ts';

export const policy = definePolicy({
  id: '2q',
  title: '2Q, full version',
  source: 'Johnson & Shasha, VLDB 1994',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 8.125,
    bytesPerGhost: 16,
    ghostsPerFrame: 0.5,
    perReference: 'one move in a list, or nothing',
    perEviction: 'one link and one ghost',
  },
  defaults: { kin: 0.25, kout: 0.5 },
  create: (context, { kin, kout }) => new TwoQ(context, kin, kout),
});

const A1_IN = 0;
const AM = 1;

class TwoQ implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: loaded last in A1in, used last in Am. */
  readonly #residents: LinkedLists;
  /** A1out, pages; front: evicted last. */
  readonly #ghosts: LogList;
  readonly #inLengthMax: number;
  readonly #ghostCountMax: number;
  /** From the choice of a victim to the load it makes room for. */
  #isEvicting = false;
  /** Whether the page wanted was in A1out. */
  #isRemembered = false;

  constructor({ frames, pageCount }: PolicyContext, kin: number, kout: number) {
    this.#frames = frames;
    this.#residents = new LinkedLists(frames.frameCount, 2);
    this.#ghosts = new LogList(pageCount);
    this.#inLengthMax = Math.floor(frames.frameCount * numberOption('kin', kin, 0, 1));
    this.#ghostCountMax = Math.floor(frames.frameCount * numberOption('kout', kout, 0, 100));
  }

  onLoad(frame: Frame): void {
    if (!this.#isEvicting) this.#recall(this.#frames.pageOf[frame]);
    this.#isEvicting = false;
    this.#residents.pushFront(frame, this.#isRemembered ? AM : A1_IN);
  }

  onReference(frame: Frame): void {
    if (this.#residents.listOf[frame] === AM) this.#residents.moveToFront(frame, AM);
  }

  chooseVictim(wanted: Page): Frame {
    this.#recall(wanted);
    this.#isEvicting = true;
    const residents = this.#residents;
    const isInOver = residents.length(A1_IN) > this.#inLengthMax || residents.length(AM) === 0;
    return residents.back(isInOver ? A1_IN : AM);
  }

  onFree(frame: Frame): void {
    const list = this.#residents.listOf[frame];
    this.#residents.remove(frame);
    if (this.#isEvicting && list === A1_IN) this.#remember(this.#frames.pageOf[frame]);
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
