/*
 * Leaves out references that memories of k frames and more do not miss: Safely-Allowed-Drop.
 *                                  (Kaplan, Smaragdakis, Wilson, ACM TOMACS 13:1, 2003)
 *
 *   p … p … p        three references to one page in the order of the replay, and fewer than k
 *   t₁   t₂   t₃     other pages between the first and the third: t₂ goes
 *
 * Why nothing changes for LRU and MIN. When a memory of k frames or more must evict somebody
 * between t₁ and t₃, at least k − 1 pages besides p are in it; of the k − 1 others referenced
 * between t₁ and t₃ one is only just wanted, so some resident page r is not among them. LRU used
 * r before t₁, MIN uses it after t₃, so neither evicts p, with t₂ or without; and all other pages
 * are compared by uses that are still there. So the same pages leave at the same references,
 * whoever made these and whatever was released, forked or copied between. Each drop leaves a
 * string of which the same can be said, so drops add up. More on what is asked of p:
 *
 *   content   p is a page of a file, or was written by t₁. A page of zeros may leave and come
 *             back for nothing, so a reference less would be a page-in less for whoever knows the
 *             future.
 *   writes    p is not evicted between, so it does not matter when it became dirty: a write goes
 *             if t₁ or t₃ is one. Else t₁ becomes one, if it is of the same sequence at the same
 *             address, and no space changed meanwhile: then it makes no copy, as t₂ made none.
 *             (A copy made between is a reference to p that stays.)
 *   whose     The first reference and the first write of a sequence at an address stay, so it
 *             touches what it did; a write that makes a copy stays, so spaces change as they did.
 *
 * Exact for LRU and MIN in the order of the replay: victims, page-ins, page-outs, minor faults.
 * Turns stay as they were, for only references go. Where another order may come, as in elastic
 * runs of several sequences, others may come between, and k − 1 pages be more. Other policies see
 * fewer uses: with k frames the page-ins of CLOCK were off by 25 %, with 2 k by 0.2 %, those of
 * SIEVE with 4 k by 8 % at most; so a reduced fingerprint is said to be right from 4 k on
 * (capture/README.md). O(1) a reference; 50 bytes a page, 6 a reference.
 */
import { assert } from '../support/assert.ts';
import { Action } from './action.ts';
import {
  type ActionSequence,
  type Fingerprint,
  type Page,
  PageKind,
  type ReferenceFilter,
  type ReferenceString,
  type Sequence,
} from './fingerprint.ts';
import { linearize } from './linearize.ts';
import { SLEEP_NS_CHUNK, SLEEP_NS_MAX } from './sleep.ts';
import { takeTurns } from './turns.ts';

/** Bits of what is known of an action. */
const PINNED = 1;
const DROPPED = 2;
const MADE_WRITE = 4;

const NEVER = -1;

const UNFILTERED: ReferenceFilter = {
  kind: 'safe-drop',
  pageCount: 1,
  epochInstructions: 0,
  framesMin: 1,
};

/** A memory of so many times k frames is right for policies other than LRU and MIN, too. */
const REDUCTION_MARGIN = 4;

/**
 * The fingerprint without the references that LRU and MIN with `frameCount` frames or more do not
 * miss, in the order `linearize` has them; sleeps that become neighbours are one. Its filter says
 * so.
 */
export function reduceReferences(fingerprint: Fingerprint, frameCount: number): Fingerprint {
  assert(Number.isInteger(frameCount) && frameCount >= 1, 'a memory has frames');
  const { sequences, pageNumbers } = fingerprint;
  const marks = markFirst(sequences, pageNumbers.length);
  const references = linearize(fingerprint);
  const reduction = new Reduction(sequences, marks, references, frameCount);
  takeTurns(sequences, (sequence, from, to) => reduction.play(sequence, from, to));
  const { filter = UNFILTERED } = fingerprint;
  return {
    ...fingerprint,
    filter: {
      ...filter,
      framesMin: Math.max(filter.framesMin, REDUCTION_MARGIN * frameCount),
      reducedFor: Math.max(filter.reducedFor ?? 1, frameCount),
    },
    sequences: sequences.map((sequence, i) => withoutDropped(sequence, marks[i])),
  };
}

/** A byte an action: the first reference and write of each page by a sequence are pinned. */
function markFirst(sequences: readonly ActionSequence[], pageCount: number): Uint8Array[] {
  const seenBy = new Int32Array(pageCount).fill(NEVER);
  const writtenBy = new Int32Array(pageCount).fill(NEVER);
  return sequences.map(({ actions, operands }, sequence) => {
    const marks = new Uint8Array(actions.length);
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write) continue;
      const page = operands[row];
      const isFirstWrite = actions[row] === Action.Write && writtenBy[page] !== sequence;
      if (seenBy[page] === sequence && !isFirstWrite) continue;
      seenBy[page] = sequence;
      if (isFirstWrite) writtenBy[page] = sequence;
      marks[row] = PINNED;
    }
    return marks;
  });
}

/** Of the references to a page that are still there the last two: columns, a row a page. */
class LastTwo {
  /** −1: there is none. */
  readonly olderTick: Int32Array;
  readonly newerTick: Int32Array;
  readonly olderRow: Uint32Array;
  readonly newerRow: Uint32Array;
  readonly olderSequence: Uint32Array;
  readonly newerSequence: Uint32Array;
  readonly olderWrite: Uint8Array;
  readonly newerWrite: Uint8Array;
  /** Forks, maps, unmaps and exits by then. */
  readonly olderChanges: Uint32Array;
  readonly newerChanges: Uint32Array;

  constructor(pageCount: number) {
    this.olderTick = new Int32Array(pageCount).fill(NEVER);
    this.newerTick = new Int32Array(pageCount).fill(NEVER);
    this.olderRow = new Uint32Array(pageCount);
    this.newerRow = new Uint32Array(pageCount);
    this.olderSequence = new Uint32Array(pageCount);
    this.newerSequence = new Uint32Array(pageCount);
    this.olderWrite = new Uint8Array(pageCount);
    this.newerWrite = new Uint8Array(pageCount);
    this.olderChanges = new Uint32Array(pageCount);
    this.newerChanges = new Uint32Array(pageCount);
  }

  /** The newer becomes the older. */
  shift(page: Page): void {
    this.olderTick[page] = this.newerTick[page];
    this.olderRow[page] = this.newerRow[page];
    this.olderSequence[page] = this.newerSequence[page];
    this.olderWrite[page] = this.newerWrite[page];
    this.olderChanges[page] = this.newerChanges[page];
  }
}

class Reduction {
  readonly #sequences: readonly ActionSequence[];
  readonly #marks: readonly Uint8Array[];
  readonly #references: ReferenceString;
  readonly #recent: RecentPages;
  readonly #last: LastTwo;
  /** When each page first had content: 0 for files, −1 when it has none yet. */
  readonly #contentTick: Int32Array;
  #changes = 0;
  #tick = 0;

  constructor(
    sequences: readonly ActionSequence[],
    marks: readonly Uint8Array[],
    references: ReferenceString,
    frameCount: number,
  ) {
    const { pageCount, kinds } = references;
    this.#sequences = sequences;
    this.#marks = marks;
    this.#references = references;
    this.#recent = new RecentPages(pageCount, frameCount);
    this.#last = new LastTwo(pageCount);
    this.#contentTick = Int32Array.from(kinds, (kind) => (kind === PageKind.File ? 0 : NEVER));
  }

  /** The actions `from` … `to` − 1 of `sequence`, beside the references they are in the string. */
  play(sequence: Sequence, from: number, to: number): void {
    const { actions } = this.#sequences[sequence];
    const { pages, writes } = this.#references;
    for (let row = from; row < to; row++) {
      if (actions[row] > Action.Write) {
        if (actions[row] >= Action.Exit) this.#changes++;
        continue;
      }
      // A write that makes a copy reads the page it is made from first; both references stay.
      const isCopy = actions[row] !== writes[this.#tick];
      if (isCopy) {
        this.#marks[sequence][row] |= PINNED;
        this.#refer(pages[this.#tick], sequence, row);
      }
      this.#refer(pages[this.#tick], sequence, row);
    }
  }

  #refer(page: Page, sequence: Sequence, row: number): void {
    const tick = this.#tick++;
    const last = this.#last;
    this.#recent.use(page, tick);
    const write = this.#references.writes[tick];
    if (write === 1 && this.#contentTick[page] === NEVER) this.#contentTick[page] = tick;
    const isDropped = this.#isMissable(page) && this.#carryWrite(page, write);
    if (isDropped) this.#marks[last.newerSequence[page]][last.newerRow[page]] = DROPPED;
    else last.shift(page);
    last.newerTick[page] = tick;
    last.newerRow[page] = row;
    last.newerSequence[page] = sequence;
    last.newerWrite[page] = write;
    last.newerChanges[page] = this.#changes;
  }

  /** Whether nobody misses the newer of the last two references, at the one after it. */
  #isMissable(page: Page): boolean {
    const last = this.#last;
    const olderTick = last.olderTick[page];
    if (olderTick < 0 || !this.#recent.areFewSince(olderTick)) return false;
    const contentTick = this.#contentTick[page];
    if (contentTick === NEVER || contentTick > olderTick) return false;
    return (this.#marks[last.newerSequence[page]][last.newerRow[page]] & PINNED) === 0;
  }

  /** Whether without the newer of the last two references `page` is as dirty at this one. */
  #carryWrite(page: Page, write: number): boolean {
    const last = this.#last;
    if ((last.newerWrite[page] & ~last.olderWrite[page] & ~write) === 0) return true;
    const sequence = last.newerSequence[page];
    const { operands } = this.#sequences[sequence];
    const older = last.olderRow[page];
    if (
      last.olderSequence[page] !== sequence ||
      operands[older] !== operands[last.newerRow[page]] ||
      last.olderChanges[page] !== last.newerChanges[page]
    ) {
      return false;
    }
    this.#marks[sequence][older] |= MADE_WRITE;
    last.olderWrite[page] = 1;
    return true;
  }
}

/*
 * The pages in the order of their last use, the newest first, and the one at place k + 1: besides
 * the newest, at least k pages were used since a tick if that one was.
 */
class RecentPages {
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  readonly #lastTick: Int32Array;
  readonly #count: number;
  #newest: Page = NEVER;
  #oldest: Page = NEVER;
  #size = 0;
  /** At place `#count` + 1; −1 while there are fewer. */
  #boundary: Page = NEVER;

  constructor(pageCount: number, count: number) {
    this.#newer = new Int32Array(pageCount).fill(NEVER);
    this.#older = new Int32Array(pageCount).fill(NEVER);
    this.#lastTick = new Int32Array(pageCount).fill(NEVER);
    this.#count = count;
  }

  use(page: Page, tick: number): void {
    const isNew = this.#lastTick[page] < 0;
    if (page !== this.#newest) {
      // Whoever comes from behind the boundary pushes it back by one.
      const boundary = this.#boundary;
      if (boundary >= 0 && (isNew || this.#lastTick[page] <= this.#lastTick[boundary])) {
        this.#boundary = this.#newer[boundary];
      }
      if (!isNew) this.#unlink(page);
      this.#linkNewest(page);
      if (isNew && ++this.#size === this.#count + 1) this.#boundary = this.#oldest;
    }
    this.#lastTick[page] = tick;
  }

  /** Whether fewer than `count` pages besides the newest were used after `tick`. */
  areFewSince(tick: number): boolean {
    return this.#boundary < 0 || this.#lastTick[this.#boundary] < tick;
  }

  #unlink(page: Page): void {
    const newer = this.#newer[page];
    const older = this.#older[page];
    this.#older[newer] = older;
    if (older >= 0) this.#newer[older] = newer;
    else this.#oldest = newer;
  }

  #linkNewest(page: Page): void {
    this.#newer[page] = NEVER;
    this.#older[page] = this.#newest;
    if (this.#newest >= 0) this.#newer[this.#newest] = page;
    else this.#oldest = page;
    this.#newest = page;
  }
}

/** In canonical form: sleeps in a row are one, a column is there only where it says something. */
function withoutDropped(sequence: ActionSequence, marks: Uint8Array): ActionSequence {
  const kept = new KeptColumns(sequence);
  const { actions, operands } = sequence;
  for (let row = 0; row < actions.length; row++) {
    if (actions[row] === Action.Sleep) kept.sleep(operands[row]);
    else if ((marks[row] & DROPPED) === 0) {
      kept.keep(row, (marks[row] & MADE_WRITE) === 0 ? actions[row] : Action.Write);
    }
  }
  return kept.finish();
}

/** The columns of a sequence, filled anew from its rows; they can only get shorter. */
class KeptColumns {
  readonly #source: ActionSequence;
  readonly #actions: Uint8Array;
  readonly #operands: Uint32Array;
  readonly #offsets: Uint32Array | undefined;
  readonly #signatures: Uint32Array | undefined;
  #length = 0;
  #sleepNs = 0;

  constructor(source: ActionSequence) {
    const { length } = source.actions;
    this.#source = source;
    this.#actions = new Uint8Array(length);
    this.#operands = new Uint32Array(length);
    this.#offsets = source.offsets && new Uint32Array(length);
    this.#signatures = source.signatures && new Uint32Array(length);
  }

  sleep(ns: number): void {
    this.#sleepNs += ns;
    assert(this.#sleepNs <= SLEEP_NS_MAX, 'sleeps in a row are told as one');
  }

  keep(row: number, action: number): void {
    this.#endSleep();
    const { operands, offsets, signatures } = this.#source;
    const at = this.#length++;
    this.#actions[at] = action;
    this.#operands[at] = operands[row];
    if (offsets !== undefined) this.#offsets![at] = offsets[row];
    if (signatures !== undefined) this.#signatures![at] = signatures[row];
  }

  finish(): ActionSequence {
    this.#endSleep();
    const { name } = this.#source;
    const length = this.#length;
    const offsets = this.#offsets?.slice(0, length);
    const signatures = this.#signatures?.slice(0, length);
    return {
      name,
      actions: this.#actions.slice(0, length),
      operands: this.#operands.slice(0, length),
      offsets: offsets?.some((offset) => offset !== 0) ? offsets : undefined,
      ...(signatures?.some((signature) => signature !== 0) ? { signatures } : {}),
    };
  }

  #endSleep(): void {
    while (this.#sleepNs > 0) {
      const ns = Math.min(this.#sleepNs, SLEEP_NS_CHUNK);
      this.#actions[this.#length] = Action.Sleep;
      this.#operands[this.#length++] = ns;
      this.#sleepNs -= ns;
    }
  }
}
