/*
 * A fingerprint under a policy, elastic: every sequence has its own clock, and a page-in makes the
 * one that needs it late, so the order of the references moves with the faults.
 *
 *   reference ──► hit ──────────────────────────────► goes on at once
 *             └─► fault ─► page resident at once ─► read ─► goes on when the read has ended
 *
 * What takes time: sleeps (work on a processor), page-ins, and whatever they wait for. A page is in
 * its frame from the fault on, and the policy sees it there; only the sequence waits. So the string
 * of references as they happened, replayed under the same policy, costs exactly the same. And:
 *
 *   A page on its way in is never read twice: who else uses it waits for the same read.
 *   A frame on its way to be filled can't be emptied: if the policy gives it away, whoever gets it
 *   waits until the read in progress has ended, then for its own. So it is with a frame whose page
 *   the policy is having written.
 *   A page-out makes nobody wait for it but who reads the page back; it does take its turn at the
 *   device, behind the page-in it made room for. What is to be written waits in a buffer.
 *   A page read ahead takes its turn at the device too, and its first use waits for the read.
 *
 * With maps, which page an address is, and whether a write copies, is found out as it happens. A
 * copy is a read of the page it is made from and a write of the new one, and the sequence waits for
 * both: nobody comes between them.
 *
 * With load control, sequences stand still while the working sets of the others fill memory
 * (loadControl.ts).
 *
 * At equal times the lower sequence goes first. With I/O that takes no time and a processor for
 * each sequence this is `linearize` and then `replay`. Policies that observe the future are given
 * the one foreseen in the order of an earlier run.
 */
import { Action } from '../fingerprint/action.ts';
import { AddressSpaces, type PageSink } from '../fingerprint/addressSpaces.ts';
import type {
  Fingerprint,
  Page,
  PageFacts,
  ReferenceString,
  Releases,
  Sequence,
  Tick,
} from '../fingerprint/fingerprint.ts';
import { PageKind } from '../fingerprint/fingerprint.ts';
import { pageFacts } from '../fingerprint/linearize.ts';
import { countReferences } from '../fingerprint/nextStep.ts';
import type { ObjectOrigin } from '../fingerprint/objectPages.ts';
import type { Order } from '../fingerprint/order.ts';
import { ownPages } from '../fingerprint/ownPages.ts';
import { boundPages, type PageBound } from '../fingerprint/pageBound.ts';
import { PossiblePlaces } from '../fingerprint/possiblePlaces.ts';
import { markForked, Rendezvous } from '../fingerprint/rendezvous.ts';
import { NOBODY } from '../support/agenda.ts';
import { assert, InputError } from '../support/assert.ts';
import { GrowingColumn } from '../support/growingColumn.ts';
import { Device } from './device.ts';
import { Foresight } from './foresight.ts';
import { type Frame, NONE } from './frameTable.ts';
import { LoadControl } from './loadControl.ts';
import type { ElasticMachine } from './machine.ts';
import type { FaultCounts, Memory } from './memory.ts';
import { GrowingLine } from './pageLine.ts';
import type { ReplacementPolicy, Tallies } from './policy.ts';
import { type Prefetching, ReadAhead, type ReadAheadCounts } from './readAhead.ts';
import { type Run, type Started, startRun } from './replay.ts';
import { Scheduler } from './scheduler.ts';

export interface ElasticRun extends Pick<Run, 'frameCount' | 'policy' | 'options' | 'seed'> {
  readonly machine: ElasticMachine;
  /** Of an earlier run of the same fingerprint; needed by policies that observe the future. */
  readonly order?: Order;
  /** What finds the pages of addresses; absent: nothing, or with maps `AddressSpaces`. */
  readonly layer?: PageLayer;
  /** Without maps and without a layer; a layer has its own. */
  readonly prefetching?: Prefetching | undefined;
  /** Sequences are suspended where their working sets, over so many references, do not fit. */
  readonly loadControl?: { readonly window: number } | undefined;
  /** Told of everything as it happens. */
  readonly watcher?: RunWatcher | undefined;
  /** Called with the memory when all has ended, and what is known of the pages. */
  readonly onEnd?: ((memory: Memory, pages: PageFacts) => void) | undefined;
}

/** Watches a run, and changes nothing. */
export interface RunWatcher {
  /** Called once, before the first action. */
  start(view: RunView): void;
  /** The acting sequence has made a reference. */
  onReference(page: Page, sequence: Sequence): void;
  /** An action of `sequence` is over, and all that it caused is on its way. */
  onStep(sequence: Sequence): void;
}

/** What a watcher may look at, as it is now. */
export interface RunView {
  readonly memory: Memory;
  readonly sequenceCount: number;
  readonly pageCountMax: number;
  /** Of the next reference. */
  readonly tick: Tick;
  readonly nowNs: number;
  /** What sequences have waited for pages, or begun to. */
  readonly lostNs: number;
  /** Pages being read and written, and those whose turn has not come. */
  readonly queueLength: number;
}

/** What stands between the actions of a fingerprint and the pages they come to. */
export interface PageLayer {
  bound(fingerprint: Fingerprint): LayerBound;
  /** Called once, before the first action. */
  start(fingerprint: Fingerprint, host: PageHost, started: Started): ActionPlayer;
}

export interface LayerBound extends PageBound {
  /** Where pages may come to be. */
  readonly places: PossiblePlaces;
}

/** What a layer is given to work on. */
export interface PageHost extends Required<PageSink> {
  /** Of the next reference. */
  readonly tick: Tick;
  /** As the layer has bounded them. */
  readonly pageCountMax: number;
  /** Whether a page of an object that was added may come to be at `index`. */
  hasPlace(object: number, index: number): boolean;
  /** Whether a page in a frame is still being read. */
  isUnderWay(page: Page): boolean;
  /** Who made the reference at `tick`, which is over. */
  sequenceAt(tick: Tick): Sequence;
}

export interface ActionPlayer {
  /** Plays the actions `from` … `to` − 1 of `sequence` that are not of the scheduler. */
  play(sequence: Sequence, from: number, to: number): void;
  /** As an `EvictionObserver`. */
  onEvict?(victim: Frame, wanted: Page, tick: Tick): void;
}

/** What one sequence did and met; faults are charged to whoever caused them. */
export interface SequenceOutcome extends Omit<FaultCounts, 'dirtyAtEnd' | 'meanFreeFrames'> {
  readonly name: string;
  /** When it had ended. */
  readonly endNs: number;
  /** Waited for pages. */
  readonly lostNs: number;
}

export interface Outcome {
  readonly counts: FaultCounts;
  readonly sequences: readonly SequenceOutcome[];
  /** When the last sequence had ended. */
  readonly completionNs: number;
  /** Waited for pages, all sequences together. */
  readonly lostNs: number;
  /** What the policy did, by rule; of those that tell. */
  readonly rules?: Tallies;
  /** How often a sequence was suspended, and how long all of them together stood still for it. */
  readonly suspensions?: { readonly count: number; readonly ns: number };
  /** Absent where nothing is read ahead, and where the layer does. */
  readonly prefetches?: ReadAheadCounts;
  /**
   * What first uses of pages read ahead did not wait: the time of a read each, less what they did
   * wait. What reads ahead made others wait in the queue, and page-ins of what made room for
   * them, are in `lostNs`.
   */
  readonly savedNs: number;
  /** The references as they happened. */
  readonly order: Order;
}

/** Runs a valid fingerprint to its end. Same run, same outcome. */
export function simulate(fingerprint: Fingerprint, run: ElasticRun): Outcome {
  return new Simulation(fingerprint, run).run();
}

/** Columns, a row a sequence. */
interface Tally {
  readonly references: Float64Array;
  readonly minorFaults: Float64Array;
  readonly softFaults: Float64Array;
  readonly pageIns: Float64Array;
  readonly pageOuts: Float64Array;
  readonly evictions: Float64Array;
  readonly endNs: Float64Array;
  readonly lostNs: Float64Array;
}

/** What is counted in the memory, and charged to whoever caused it. */
const CHARGED = ['minorFaults', 'softFaults', 'pageIns', 'pageOuts', 'evictions'] as const;

class Simulation implements PageHost, RunView {
  readonly #fingerprint: Fingerprint;
  /** With maps, rows are filled as pages come to be known. */
  readonly #facts: PageFacts;
  /** Where pages come to be known as they come. */
  readonly #line: GrowingLine | undefined;
  #pageCount: number;
  readonly #memory: Memory;
  readonly #policy: ReplacementPolicy;
  /** Evicts and writes at references that are no faults, too. */
  readonly #usesPager: boolean;
  /** The tick before which the policy is next called; −1: never. */
  #intervalTick: Tick;
  readonly #interval: number;
  readonly #foresight: Foresight | undefined;
  /** Undefined where an address is a page. */
  readonly #player: ActionPlayer | undefined;
  readonly #readAhead: ReadAhead | undefined;
  readonly #watcher: RunWatcher | undefined;
  readonly #control: LoadControl | undefined;
  /** Since when a suspended sequence stands still; −1: it does not, or not yet. */
  readonly #parkedAtNs: Float64Array;
  #parkedNs = 0;
  readonly #onEnd: ElasticRun['onEnd'];
  readonly #readNs: number;
  #savedNs = 0;
  lostNs = 0;
  readonly #device: Device;
  readonly #scheduler: Scheduler;
  readonly #rendezvous: Rendezvous;
  /** The row of its next action, a sequence each. */
  readonly #row: Uint32Array;
  readonly #hasEnded: Uint8Array;
  readonly #ownPages: readonly Page[][];
  /** When each page that is resident has been read, and when each that left has been written. */
  readonly #readyNs: Float64Array;
  readonly #writtenNs: Float64Array;
  /** When the read into each frame has ended, and the write from it on behalf of the policy. */
  readonly #filledNs: Float64Array;
  readonly #cleanedNs: Float64Array;
  /** Pages to be written once what is to be read is under way, and when their frames allow it. */
  readonly #toWrite: Page[] = [];
  readonly #toWriteNs: number[] = [];
  /** The page that is faulted for and not under way yet, and the page-ins before it. */
  #faulting: Page = NONE;
  #pageInsBefore = 0;
  /** The sequence that acts, and when the pages its action refers to are there. */
  #acting: Sequence = 0;
  #awaitedNs = 0;
  tick: Tick = 0;
  readonly pageCountMax: number;
  readonly #pages: Uint32Array;
  readonly #writes: Uint8Array;
  readonly #rows: Uint32Array;
  readonly #sequences: Uint32Array;
  readonly #signatures: Uint32Array | undefined;
  readonly #released = new ReleaseRows();
  readonly #turnSequences = GrowingColumn.uint32();
  readonly #turnEnds = GrowingColumn.uint32();
  readonly #tally: Tally;
  readonly #charged = { minorFaults: 0, softFaults: 0, pageIns: 0, pageOuts: 0, evictions: 0 };

  constructor(fingerprint: Fingerprint, run: ElasticRun) {
    const { name, sequences, mappings } = fingerprint;
    const { order, machine, prefetching, loadControl, watcher, onEnd, ...given } = run;
    const { layer = mappings.length > 0 ? MAPS : undefined, ...ruled } = given;
    const layerBound = layer?.bound(fingerprint);
    const bound = layerBound ?? boundWithoutMaps(fingerprint);
    if (bound.references >= 2 ** 31) {
      throw new InputError(`${name}: ${bound.references} references.`, 'the most is 2^31 - 1');
    }
    const isForeseen = run.policy.observes === 'future' && order !== undefined;
    this.#fingerprint = fingerprint;
    const unknown = layerBound && unknownFacts(fingerprint, layerBound);
    this.#facts = unknown ?? pageFacts(fingerprint);
    this.#line = unknown?.line;
    const foreseeing = {
      sequenceCount: sequences.length,
      pageCountMax: bound.pages,
      referenceCountMax: bound.references,
      places: unknown?.places,
    };
    this.#foresight = isForeseen ? new Foresight(order, foreseeing) : undefined;
    this.#pageCount = layer === undefined ? bound.pages : 0;
    this.pageCountMax = bound.pages;
    this.#sequences = new Uint32Array(bound.references);
    this.#writes = new Uint8Array(bound.references);
    const hasSignatures = sequences.some(({ signatures }) => signatures !== undefined);
    this.#signatures = hasSignatures ? new Uint32Array(bound.references) : undefined;
    const started = startRun(
      this.#facts,
      { sequences: this.#sequences, signatures: this.#signatures, writes: this.#writes },
      {
        ...ruled,
        observe: () => (victim, wanted, tick) => {
          this.#leave(victim);
          this.#player?.onEvict?.(victim, wanted, tick);
        },
      },
      () => this.#future(),
    );
    const { memory, policy, interval } = started;
    this.#memory = memory;
    this.#policy = policy;
    this.#usesPager = run.policy.usesPager === true || layer !== undefined;
    this.#interval = interval;
    this.#intervalTick = interval > 0 ? 0 : -1;
    this.#device = new Device(machine);
    this.#scheduler = new Scheduler(sequences.length, machine);
    this.#rendezvous = new Rendezvous(sequences.length);
    this.#row = new Uint32Array(sequences.length);
    this.#hasEnded = new Uint8Array(sequences.length);
    this.#ownPages = layer === undefined ? ownPages(fingerprint) : [];
    this.#readyNs = new Float64Array(bound.pages);
    this.#writtenNs = new Float64Array(bound.pages);
    this.#filledNs = new Float64Array(run.frameCount);
    this.#cleanedNs = new Float64Array(run.frameCount);
    memory.onClean = (frame) => this.#clean(frame);
    memory.onPrefetch = (frame) => this.#fill(frame, true);
    memory.isReading = (frame) => this.#filledNs[frame] > this.#scheduler.nowNs;
    memory.isWriting = (frame) => {
      this.#fillFaulting();
      return this.#cleanedNs[frame] > this.#scheduler.nowNs;
    };
    this.#pages = new Uint32Array(bound.references);
    this.#rows = new Uint32Array(bound.references);
    const column = (): Float64Array => new Float64Array(sequences.length);
    this.#tally = {
      references: column(),
      minorFaults: column(),
      softFaults: column(),
      pageIns: column(),
      pageOuts: column(),
      evictions: column(),
      endNs: column(),
      lostNs: column(),
    };
    this.#player = layer?.start(fingerprint, this, started);
    if (prefetching !== undefined) {
      assert(layer === undefined, 'where pages come to be known, the layer reads them ahead');
      const sequenceAt = (tick: Tick): Sequence => this.#sequences[tick];
      const facts = { pages: this.#facts, sequenceAt, isForeseen };
      this.#readAhead = new ReadAhead(memory, run.policy, facts, prefetching);
    }
    this.#readNs = machine.readNs;
    this.#watcher = watcher;
    this.#control =
      loadControl && new LoadControl(sequences.length, run.frameCount, loadControl.window);
    this.#parkedAtNs = new Float64Array(sequences.length).fill(-1);
    this.#onEnd = onEnd;
    if (watcher !== undefined) this.#device.watchQueue();
    watcher?.start(this);
  }

  get memory(): Memory {
    return this.#memory;
  }

  get sequenceCount(): number {
    return this.#row.length;
  }

  get nowNs(): number {
    return this.#scheduler.nowNs;
  }

  get queueLength(): number {
    return this.#device.queueLength(this.#scheduler.nowNs);
  }

  run(): Outcome {
    const forked = markForked(this.#fingerprint.sequences);
    const scheduler = this.#scheduler;
    for (let sequence = 0; sequence < forked.length; sequence++) {
      if (forked[sequence] === 0) scheduler.ready(sequence);
    }
    for (let next = this.#next(); next !== NOBODY; next = this.#next()) {
      this.#act(next);
      this.#turnSequences.push(next);
      this.#turnEnds.push(this.#row[next]);
    }
    this.#requireEnd();
    this.#onEnd?.(this.#memory, factsUpTo(this.#facts, this.#pageCount));
    return this.#outcome();
  }

  #future(): NonNullable<Foresight['nextUse']> {
    if (this.#foresight !== undefined) return this.#foresight.nextUse;
    throw new InputError(
      'the policy looks into the future, and an elastic run has none before it is over',
      'give the order of an earlier run to take it from',
    );
  }

  /** Who is to act now, suspended ones put aside; they go on when nobody else can. */
  #next(): Sequence {
    for (;;) {
      const next = this.#scheduler.next();
      if (next === NOBODY) {
        if (this.#control === undefined || !this.#resumeFirst(this.#control)) return NOBODY;
      } else if (!this.#parks(next)) return next;
    }
  }

  /** Whether `sequence`, which is to act, is suspended: then it stands still. */
  #parks(sequence: Sequence): boolean {
    if (this.#control?.isSuspended(sequence) !== true) return false;
    this.#scheduler.stop(sequence);
    this.#parkedAtNs[sequence] = this.#scheduler.nowNs;
    return true;
  }

  /** Whoever is suspended goes on, if there is room now. */
  #resume(): void {
    if (this.#control === undefined) return;
    const sequence = this.#control.resumeIfItFits();
    if (sequence !== NOBODY) this.#unpark(sequence);
  }

  /** Someone who stands still goes on; false: there is nobody. */
  #resumeFirst(control: LoadControl): boolean {
    for (;;) {
      const sequence = control.resumeFirst();
      if (sequence === NOBODY) return false;
      if (this.#unpark(sequence)) return true;
    }
  }

  /** False where it does not stand still yet, but waits for something else. */
  #unpark(sequence: Sequence): boolean {
    if (this.#parkedAtNs[sequence] < 0) return false;
    this.#parkedNs += this.#scheduler.nowNs - this.#parkedAtNs[sequence];
    this.#parkedAtNs[sequence] = -1;
    this.#scheduler.ready(sequence);
    return true;
  }

  /** Plays the actions of `sequence` until it has to wait, or someone else is first. */
  #act(sequence: Sequence): void {
    const { actions, operands } = this.#fingerprint.sequences[sequence];
    const scheduler = this.#scheduler;
    const row = this.#row;
    this.#acting = sequence;
    while (row[sequence] < actions.length) {
      const at = row[sequence]++;
      const action = actions[at];
      const operand = operands[at];
      switch (action) {
        case Action.Read:
        case Action.Write:
          this.#awaitedNs = 0;
          if (this.#player === undefined) this.refer(operand, action, at);
          else this.#play(this.#player, sequence, at);
          this.#lose(sequence);
          this.#resume();
          if (this.#awaitedNs > scheduler.nowNs) {
            scheduler.blockUntil(sequence, this.#awaitedNs);
            return;
          }
          if (this.#control === undefined) continue;
          if (this.#parks(sequence)) return;
          break;
        case Action.Sleep:
          if (!scheduler.work(sequence, operand)) return;
          continue;
        case Action.Wait:
          // The wake that ends a wait is its token, so the sequence resumes behind the wait.
          if (!this.#rendezvous.wait(sequence, operand)) {
            scheduler.stop(sequence);
            this.#control?.setWaiting(sequence, true);
            this.#resume();
            return;
          }
          break;
        case Action.Wake:
          if (this.#rendezvous.wake(sequence, operand)) this.#goOn(operand);
          break;
        case Action.Fork:
          this.#playOther(sequence, at);
          scheduler.ready(operand);
          break;
        case Action.Exit:
          if (this.#player === undefined) this.release(this.#ownPages[sequence]);
          this.#playOther(sequence, at);
          break;
        default:
          this.#playOther(sequence, at);
          continue;
      }
      if (scheduler.givesWay(sequence)) return;
    }
    this.#hasEnded[sequence] = 1;
    this.#tally.endNs[sequence] = scheduler.nowNs;
    scheduler.stop(sequence);
    this.#control?.end(sequence);
    for (const waiter of this.#rendezvous.end(sequence)) this.#goOn(waiter);
    this.#resume();
  }

  /** What `sequence` has waited for has happened. */
  #goOn(sequence: Sequence): void {
    this.#scheduler.ready(sequence);
    this.#control?.setWaiting(sequence, false);
  }

  /** An action that is no reference, where pages are the layer's. */
  #playOther(sequence: Sequence, row: number): void {
    if (this.#player !== undefined) this.#play(this.#player, sequence, row);
    this.#watcher?.onStep(sequence);
  }

  /** From now on `sequence` waits for the pages that it has referred to. */
  #lose(sequence: Sequence): void {
    const ns = Math.max(0, this.#awaitedNs - this.#scheduler.nowNs);
    this.#tally.lostNs[sequence] += ns;
    this.lostNs += ns;
    this.#watcher?.onStep(sequence);
  }

  addObject(object: number, origin: ObjectOrigin): void {
    this.#line!.addObject(object, origin);
  }

  hasPlace(object: number, index: number): boolean {
    return this.#line!.has(object, index);
  }

  create(
    page: Page,
    kind: number,
    object: number,
    index: number,
    use: number,
    isHole?: boolean,
  ): void {
    const { kinds, uses, places } = this.#facts;
    assert(page < kinds.length, 'there are as many pages as the bound says, at most');
    this.#pageCount = page + 1;
    kinds[page] = kind;
    if (uses !== undefined) uses[page] = use;
    places!.objects[page] = object;
    places!.indices[page] = index;
    this.#line!.addPage(page, object, index);
    if (kind === PageKind.File && isHole !== true) this.#memory.addFilePage(page);
  }

  refer(page: Page, write: number, row: number): void {
    const sequence = this.#acting;
    const tick = this.tick++;
    this.#pages[tick] = page;
    this.#writes[tick] = write;
    this.#sequences[tick] = sequence;
    if (this.#signatures !== undefined) {
      const { signatures } = this.#fingerprint.sequences[sequence];
      this.#signatures[tick] = signatures?.[row] ?? 0;
    }
    this.#tally.references[sequence]++;
    this.#control?.refer(sequence, page);
    this.#rows[tick] = row;
    if (this.#foresight !== undefined) {
      // A write reads what it copies first.
      const isSource = write === 0 && this.#isWrite(sequence, row);
      this.#foresight.make(sequence, row, isSource, page, tick);
    }
    const memory = this.#memory;
    const isCalled = tick === this.#intervalTick;
    if (memory.isPresent(page) && !isCalled && !this.#usesPager) {
      memory.touch(page, write, tick);
    } else {
      this.#touchAndCount(page, write, tick, isCalled);
    }
    if (this.#readyNs[page] > this.#awaitedNs) this.#awaitedNs = this.#readyNs[page];
    this.#watcher?.onReference(page, sequence);
  }

  #isWrite(sequence: Sequence, row: number): boolean {
    return this.#fingerprint.sequences[sequence].actions[row] === Action.Write;
  }

  release(pages: readonly Page[]): void {
    if (pages.length === 0) return;
    for (const page of pages) this.#memory.release(page, this.tick);
    if (this.#foresight !== undefined) for (const page of pages) this.#foresight.drop(page);
    this.#released.add(this.tick, pages);
  }

  isUnderWay(page: Page): boolean {
    return this.#readyNs[page] > this.#scheduler.nowNs;
  }

  sequenceAt(tick: Tick): Sequence {
    return this.#sequences[tick];
  }

  #play(player: ActionPlayer, sequence: Sequence, row: number): void {
    player.play(sequence, row, row + 1);
    this.#writeAll();
    this.#charge();
  }

  /** One reference that may move pages, and the policy's turn before it. */
  #touchAndCount(page: Page, write: number, tick: Tick, isCalled: boolean): void {
    const memory = this.#memory;
    if (isCalled) {
      this.#policy.onInterval(tick);
      this.#intervalTick += this.#interval;
      this.#writeAll();
    }
    if (tick === 0) this.#readAhead?.start();
    const { pageIns, usefulPrefetches } = memory;
    if (memory.frameOf(page) === NONE) {
      this.#faulting = page;
      this.#pageInsBefore = pageIns;
    }
    memory.touch(page, write, tick);
    this.#fillFaulting();
    if (memory.usefulPrefetches > usefulPrefetches) {
      const waitNs = Math.max(0, this.#readyNs[page] - this.#scheduler.nowNs);
      this.#savedNs += this.#readNs - waitNs;
    }
    this.#readAhead?.follow(page, tick, { pageIns, usefulPrefetches });
    this.#writeAll();
    this.#charge();
  }

  /** What has happened since the last charge is on account of who acts. */
  #charge(): void {
    const sequence = this.#acting;
    for (const name of CHARGED) {
      const total = this.#memory[name];
      this.#tally[name][sequence] += total - this.#charged[name];
      this.#charged[name] = total;
    }
  }

  /** A policy may have others written as soon as it knows of the page: they come behind it. */
  #fillFaulting(): void {
    if (this.#faulting === NONE) return;
    const frame = this.#memory.frameOf(this.#faulting);
    // A policy may ask what is being written before there is a frame.
    if (frame === NONE) return;
    this.#faulting = NONE;
    this.#fill(frame, this.#memory.pageIns > this.#pageInsBefore);
  }

  /** The page now in `frame` is read, or begins blank, as soon as the frame is free. */
  #fill(frame: Frame, isRead: boolean): void {
    const page = this.#memory.frames.pageOf[frame];
    const freeNs = this.#freeNs(frame);
    const readyNs = isRead ? this.#device.read(Math.max(freeNs, this.#writtenNs[page])) : freeNs;
    this.#readyNs[page] = readyNs;
    this.#filledNs[frame] = readyNs;
    this.#cleanedNs[frame] = 0;
  }

  /** When nothing is read into `frame` nor written from it any more; not before now. */
  #freeNs(frame: Frame): number {
    return Math.max(this.#scheduler.nowNs, this.#filledNs[frame], this.#cleanedNs[frame]);
  }

  /** The page in `frame` is about to leave. */
  #leave(frame: Frame): void {
    const { pageOf, dirty } = this.#memory.frames;
    if (dirty[frame] === 0) return;
    this.#toWrite.push(pageOf[frame]);
    this.#toWriteNs.push(this.#freeNs(frame));
  }

  /** The policy has the page in `frame` written; who reads it back or takes the frame must wait. */
  #clean(frame: Frame): void {
    this.#fillFaulting();
    const endNs = this.#device.write(this.#freeNs(frame));
    this.#writtenNs[this.#memory.frames.pageOf[frame]] = endNs;
    this.#cleanedNs[frame] = endNs;
  }

  /** Writes what has left. */
  #writeAll(): void {
    const pages = this.#toWrite;
    for (let i = 0; i < pages.length; i++) {
      this.#writtenNs[pages[i]] = this.#device.write(this.#toWriteNs[i]);
    }
    pages.length = 0;
    this.#toWriteNs.length = 0;
  }

  /** A valid fingerprint has no deadlock, in any order; one that was not validated may. */
  #requireEnd(): void {
    const { name, sequences } = this.#fingerprint;
    const stuck = this.#hasEnded.indexOf(0);
    if (stuck >= 0) {
      // Who is blocked stands behind its wait, who was never forked before its first action.
      const row = this.#row[stuck];
      const other = row === 0 ? undefined : sequences[sequences[stuck].operands[row - 1]];
      const what =
        other === undefined ? 'is never forked' : `waits for ${JSON.stringify(other.name)}`;
      throw new InputError(
        `${name}: deadlock: ${JSON.stringify(sequences[stuck].name)} ${what}, and nobody goes on.`,
        'each wait D needs its own wake U from the sequence it names, or that sequence must end',
      );
    }
    if (this.#tally.endNs.some((ns) => ns > Number.MAX_SAFE_INTEGER)) {
      throw new InputError(
        `${name}: it runs for more than ${Number.MAX_SAFE_INTEGER} ns, 104 days.`,
        'sleep less, or take a faster device',
      );
    }
  }

  #outcome(): Outcome {
    const { sequences } = this.#fingerprint;
    const makers = upTo(this.#sequences, this.tick);
    const references: ReferenceString = {
      pages: upTo(this.#pages, this.tick),
      writes: upTo(this.#writes, this.tick),
      ...factsUpTo(this.#facts, this.#pageCount),
      pageCount: this.#pageCount,
      sequences: sequences.length === 1 ? undefined : makers,
      signatures: this.#signatures && upTo(this.#signatures, this.tick),
      releases: this.#released.rows(),
    };
    const tally = this.#tally;
    const rules = this.#memory.tallies();
    const control = this.#control;
    const suspensions = control && { count: control.suspensions, ns: this.#parkedNs };
    return {
      counts: this.#memory.counts(this.tick),
      sequences: sequences.map(({ name }, i) => ({
        name,
        references: tally.references[i],
        minorFaults: tally.minorFaults[i],
        softFaults: tally.softFaults[i],
        pageIns: tally.pageIns[i],
        pageOuts: tally.pageOuts[i],
        evictions: tally.evictions[i],
        endNs: tally.endNs[i],
        lostNs: tally.lostNs[i],
      })),
      completionNs: tally.endNs.reduce((a, b) => Math.max(a, b), 0),
      lostNs: this.lostNs,
      ...(this.#readAhead !== undefined && { prefetches: this.#readAhead.counts() }),
      savedNs: this.#savedNs,
      ...(rules !== undefined && { rules }),
      ...(suspensions !== undefined && { suspensions }),
      order: {
        references,
        sequences: makers,
        rows: upTo(this.#rows, this.tick),
        turns: { sequences: this.#turnSequences.join(), ends: this.#turnEnds.join() },
      },
    };
  }
}

/** Address spaces as maps, forks and copies make them. */
const MAPS: PageLayer = {
  bound: (fingerprint) => ({
    ...boundPages(fingerprint),
    places: new PossiblePlaces(fingerprint, 0),
  }),
  start: (fingerprint, host) => new AddressSpaces(fingerprint, host),
};

function boundWithoutMaps({ sequences, pageNumbers }: Fingerprint): PageBound {
  const references = sequences.reduce((sum, { actions }) => sum + countReferences(actions), 0);
  return { pages: pageNumbers.length, references };
}

/** Room for what will be known of the pages. */
function unknownFacts(
  { mappings }: Fingerprint,
  { pages, places: possible }: LayerBound,
): PageFacts & { readonly line: GrowingLine } {
  const hasUses = mappings.some(({ use }) => use !== undefined);
  const places = { objects: new Uint32Array(pages), indices: new Float64Array(pages) };
  return {
    kinds: new Uint8Array(pages),
    uses: hasUses ? new Uint8Array(pages) : undefined,
    places,
    line: new GrowingLine(possible, places),
  };
}

function factsUpTo({ kinds, uses, places }: PageFacts, pageCount: number): PageFacts {
  if (kinds.length === pageCount && uses === undefined) return { kinds, places };
  const known = uses?.slice(0, pageCount);
  return {
    kinds: upTo(kinds, pageCount),
    uses: known?.some((use) => use !== 0) === true ? known : undefined,
    places: places && {
      objects: upTo(places.objects, pageCount),
      indices: upTo(places.indices, pageCount),
    },
  };
}

/** The column itself if it is full. */
function upTo<T extends Uint8Array | Uint32Array | Float64Array>(column: T, length: number): T {
  return column.length === length ? column : (column.slice(0, length) as T);
}

/** What exits and unmaps gave back, as it happens. */
class ReleaseRows {
  readonly #ticks: Tick[] = [];
  readonly #firstPage: number[] = [0];
  readonly #pages = GrowingColumn.uint32();

  add(tick: Tick, pages: readonly Page[]): void {
    for (const page of pages) this.#pages.push(page);
    this.#ticks.push(tick);
    this.#firstPage.push(this.#pages.length);
  }

  rows(): Releases | undefined {
    if (this.#ticks.length === 0) return undefined;
    return {
      ticks: Int32Array.from(this.#ticks),
      firstPage: Int32Array.from(this.#firstPage),
      pages: this.#pages.join(),
    };
  }
}
