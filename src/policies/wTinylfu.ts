/*
 * W-TinyLFU: a newcomer spends a while in a small window; to stay it must have been used more
 * often than the page it would displace.       (Einziger, Friedman & Manes, ACM TOS 2017)
 *
 *   load ──► window, 1 % ──► contest ── more often ──► probation, 1/5 ◄── used longest ago ──┐
 *             by LRU            │            ▲               └── used ──► protected, 4/5 of main
 *                               │            └── or the oldest of probation leaves
 *                               └── not: leaves
 *
 * How often is what a sketch of the last references says, pages that have left among them: each is
 * counted, and after ten a frame all counts are halved. So admission is a choice between two
 * resident pages, and every page wanted gets in, as demand paging requires.
 *
 * Per reference: four counters, and one move or two in the lists. Per eviction: eight counters, one
 * link. Metadata: 16 bytes and 2 bits a frame, half of it the sketch; no ghosts.
 * Differs from the paper: no doorkeeper, as in Caffeine; the page wanted is counted when it is
 * loaded, after the contest; a frame freed by an exit leaves its list, and while main has room no
 * page is displaced.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { definePolicy, type PolicyContext, type ReplacementPolicy } from '../engine/policy.ts';
import { numberOption } from '../engine/policyOptions.ts';
import { FrequencySketch } from '../support/frequencySketch.ts';
import { LinkedLists } from '../support/linkedLists.ts';

export const policy = definePolicy({
  id: 'w-tinylfu',
  title: 'W-TinyLFU, window 1 %',
  source: 'Einziger, Friedman & Manes, ACM TOS 2017',
  observes: 'every-reference',
  readsHistory: false,
  cost: {
    bytesPerFrame: 16.25,
    perReference: 'four counters, and one move in a list or two',
    perEviction: 'eight counters and one link',
    operations: { perReference: 17, perEviction: 30 },
  },
  /** Shares of memory, of main, and references a frame between two halvings. */
  defaults: { window: 0.01, protected: 0.8, sample: 10 },
  create: (context, options) => new WTinyLfu(context, options),
});

interface WTinyLfuOptions {
  readonly window: number;
  readonly protected: number;
  readonly sample: number;
}

const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;

class WTinyLfu implements ReplacementPolicy {
  readonly #frames: FrameTable;
  /** Front: used last. */
  readonly #lists: LinkedLists;
  readonly #sketch: FrequencySketch;
  readonly #windowMax: number;
  readonly #protectedMax: number;

  constructor({ frames }: PolicyContext, options: WTinyLfuOptions) {
    const { frameCount } = frames;
    this.#frames = frames;
    this.#lists = new LinkedLists(frameCount, 3);
    const sample = Math.floor(frameCount * numberOption('sample', options.sample, 1, 1e6));
    this.#sketch = new FrequencySketch(frameCount, sample);
    const window = Math.floor(frameCount * numberOption('window', options.window, 0, 1));
    this.#windowMax = Math.max(1, window);
    this.#protectedMax = Math.floor(
      (frameCount - this.#windowMax) * numberOption('protected', options.protected, 0, 1),
    );
  }

  onLoad(frame: Frame): void {
    const lists = this.#lists;
    this.#sketch.add(this.#frames.pageOf[frame]);
    lists.pushFront(frame, WINDOW);
    if (lists.length(WINDOW) > this.#windowMax) lists.moveToFront(lists.back(WINDOW), PROBATION);
  }

  onReference(frame: Frame): void {
    const lists = this.#lists;
    this.#sketch.add(this.#frames.pageOf[frame]);
    if (lists.listOf[frame] === WINDOW) {
      lists.moveToFront(frame, WINDOW);
      return;
    }
    lists.moveToFront(frame, PROTECTED);
    if (lists.length(PROTECTED) > this.#protectedMax) {
      lists.moveToFront(lists.back(PROTECTED), PROBATION);
    }
  }

  chooseVictim(): Frame {
    const lists = this.#lists;
    const inMain = lists.back(lists.length(PROBATION) > 0 ? PROBATION : PROTECTED);
    if (inMain < 0) return lists.back(WINDOW);
    // Exits have made the window short: nobody has to leave it for the newcomer.
    if (lists.length(WINDOW) < this.#windowMax) return inMain;
    const candidate = lists.back(WINDOW);
    const { pageOf } = this.#frames;
    const sketch = this.#sketch;
    const isAdmitted = sketch.frequency(pageOf[candidate]) > sketch.frequency(pageOf[inMain]);
    return isAdmitted ? inMain : candidate;
  }

  onFree(frame: Frame): void {
    this.#lists.remove(frame);
  }

  onInterval(): void {}
}
