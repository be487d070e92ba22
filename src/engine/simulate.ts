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
 *   waits until the read in progress has ended, then for its own.
 *   A page-out makes nobody wait for it but who reads the page back; it does take its turn at the
 *   device, behind the page-in it made room for. What is to be written waits in a buffer.
 *
 * At equal times the lower sequence goes first. With I/O that takes no time and a processor for
 * each sequence this is `linearize` and then `replay`. Policies that observe the future are given
 * the one foreseen in the order of an earlier run.
 */
import { Action } from '../fingerprint/action.ts';
import type {
  Fingerprint,
  Page,
  PageFacts,
  ReferenceString,
  Sequence,
  Tick,
} from '../fingerprint/fingerprint.ts';
import { countReferences, pageFacts, refuseMaps } from '../fingerprint/linearize.ts';
import type { Order } from '../fingerprint/order.ts';
import { type Exit, ownPages, releasesOf } from '../fingerprint/ownPages.ts';
import { markForked, Rendezvous } from '../fingerprint/rendezvous.ts';
import { NOBODY } from '../support/agenda.ts';
import { InputError } from '../support/assert.ts';
import { Device } from './device.ts';
import { Foresight } from './foresight.ts';
import { NONE } from './frameTable.ts';
import type { ElasticMachine } from './machine.ts';
import type { FaultCounts, Memory } from './memory.ts';
import type { ReplacementPolicy } from './policy.ts';
import { type Run, startRun } from './replay.ts';
import { Scheduler } from './scheduler.ts';

export interface ElasticRun extends Pick<Run, 'frameCount' | 'policy' | 'options' | 'seed'> {
  readonly machine: ElasticMachine;
  /** Of an earlier run of the same fingerprint; needed by policies that observe the future. */
  readonly order?: Order;
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
  /** The references as they happened. */
  readonly order: Order;
}

/** Runs a valid fingerprint without maps to its end. Same run, same outcome. */
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

class Simulation {
  readonly #fingerprint: Fingerprint;
  readonly #facts: PageFacts;
  readonly #memory: Memory;
  readonly #policy: ReplacementPolicy;
  /** The tick before which the policy is next called; −1: never. */
  #intervalTick: Tick;
  readonly #interval: number;
  readonly #foresight: Foresight | undefined;
  readonly #device: Device;
  readonly #scheduler: Scheduler;
  readonly #rendezvous: Rendezvous;
  /** The row of its next action, a sequence each. */
  readonly #row: Uint32Array;
  readonly #hasEnded: Uint8Array;
  readonly #ownPages: readonly Page[][];
  readonly #exits: Exit[] = [];
  /** When the last I/O of each page ends: a read if it is resident, else a write. */
  readonly #ioEndsNs: Float64Array;
  /** The page evicted by the fault in progress. */
  #victim: Page = NONE;
  #tick: Tick = 0;
  readonly #pages: Uint32Array;
  readonly #writes: Uint8Array;
  readonly #sequences: Uint32Array;
  readonly #signatures: Uint32Array | undefined;
  readonly #tally: Tally;

  constructor(fingerprint: Fingerprint, run: ElasticRun) {
    refuseMaps(fingerprint);
    const { name, sequences, pageNumbers } = fingerprint;
    const references = Float64Array.from(sequences, ({ actions }) => countReferences(actions));
    const referenceCount = references.reduce((sum, count) => sum + count, 0);
    if (referenceCount >= 2 ** 31) {
      throw new InputError(`${name}: ${referenceCount} references.`, 'the most is 2^31 - 1');
    }
    const { order, machine, ...ruled } = run;
    const isForeseen = run.policy.observes === 'future' && order !== undefined;
    this.#foresight = isForeseen ? new Foresight(order, sequences.length) : undefined;
    this.#fingerprint = fingerprint;
    this.#facts = pageFacts(fingerprint);
    this.#sequences = new Uint32Array(referenceCount);
    const hasSignatures = sequences.some(({ signatures }) => signatures !== undefined);
    this.#signatures = hasSignatures ? new Uint32Array(referenceCount) : undefined;
    const { memory, policy, interval } = startRun(
      this.#facts,
      { sequences: this.#sequences, signatures: this.#signatures },
      {
        ...ruled,
        observe:
          ({ frames }) =>
          (victim) => {
            this.#victim = frames.pageOf[victim];
          },
      },
      () => this.#future(),
    );
    this.#memory = memory;
    this.#policy = policy;
    this.#interval = interval;
    this.#intervalTick = interval > 0 ? 0 : -1;
    this.#device = new Device(machine);
    this.#scheduler = new Scheduler(sequences.length, machine);
    this.#rendezvous = new Rendezvous(sequences.length);
    this.#row = new Uint32Array(sequences.length);
    this.#hasEnded = new Uint8Array(sequences.length);
    this.#ownPages = ownPages(fingerprint);
    this.#ioEndsNs = new Float64Array(pageNumbers.length);
    this.#pages = new Uint32Array(referenceCount);
    this.#writes = new Uint8Array(referenceCount);
    const column = (): Float64Array => new Float64Array(sequences.length);
    this.#tally = {
      references,
      minorFaults: column(),
      softFaults: column(),
      pageIns: column(),
      pageOuts: column(),
      evictions: column(),
      endNs: column(),
      lostNs: column(),
    };
  }

  run(): Outcome {
    const forked = markForked(this.#fingerprint.sequences);
    const scheduler = this.#scheduler;
    for (let sequence = 0; sequence < forked.length; sequence++) {
      if (forked[sequence] === 0) scheduler.ready(sequence);
    }
    for (let next = scheduler.next(); next !== NOBODY; next = scheduler.next()) this.#act(next);
    this.#requireEnd();
    return this.#outcome();
  }

  #future(): NonNullable<Foresight['nextUse']> {
    if (this.#foresight !== undefined) return this.#foresight.nextUse;
    throw new InputError(
      'the policy looks into the future, and an elastic run has none before it is over',
      'give the order of an earlier run to take it from',
    );
  }

  /** Plays the actions of `sequence` until it has to wait, or someone else is first. */
  #act(sequence: Sequence): void {
    const { actions, operands } = this.#fingerprint.sequences[sequence];
    const scheduler = this.#scheduler;
    const row = this.#row;
    while (row[sequence] < actions.length) {
      const action = actions[row[sequence]];
      const operand = operands[row[sequence]++];
      switch (action) {
        case Action.Read:
        case Action.Write: {
          const readyNs = this.#refer(sequence, operand, action);
          if (readyNs <= scheduler.nowNs) continue;
          this.#tally.lostNs[sequence] += readyNs - scheduler.nowNs;
          scheduler.blockUntil(sequence, readyNs);
          return;
        }
        case Action.Sleep:
          if (!scheduler.work(sequence, operand)) return;
          continue;
        case Action.Wait:
          // The wake that ends a wait is its token, so the sequence resumes behind the wait.
          if (!this.#rendezvous.wait(sequence, operand)) {
            scheduler.stop(sequence);
            return;
          }
          break;
        case Action.Wake:
          if (this.#rendezvous.wake(sequence, operand)) scheduler.ready(operand);
          break;
        case Action.Fork:
          scheduler.ready(operand);
          break;
        case Action.Exit:
          this.#exits.push({ sequence, tick: this.#tick });
          for (const page of this.#ownPages[sequence]) this.#memory.release(page, this.#tick);
          break;
      }
      if (scheduler.givesWay(sequence)) return;
    }
    this.#hasEnded[sequence] = 1;
    this.#tally.endNs[sequence] = scheduler.nowNs;
    scheduler.stop(sequence);
    for (const waiter of this.#rendezvous.end(sequence)) scheduler.ready(waiter);
  }

  /** One reference; returns when the page is there. */
  #refer(sequence: Sequence, page: Page, write: number): number {
    const tick = this.#tick++;
    this.#pages[tick] = page;
    this.#writes[tick] = write;
    this.#sequences[tick] = sequence;
    if (this.#signatures !== undefined) {
      const { signatures } = this.#fingerprint.sequences[sequence];
      // The sequence stands behind the action that refers.
      this.#signatures[tick] = signatures?.[this.#row[sequence] - 1] ?? 0;
    }
    if (tick === this.#intervalTick) {
      this.#policy.onInterval(tick);
      this.#intervalTick += this.#interval;
    }
    if (this.#foresight !== undefined) this.#foresight.make(sequence, page, tick);
    if (this.#memory.frameOf[page] < 0) this.#fault(sequence, page, write, tick);
    else this.#memory.touch(page, write, tick);
    return this.#ioEndsNs[page];
  }

  #fault(sequence: Sequence, page: Page, write: number, tick: Tick): void {
    const memory = this.#memory;
    const { minorFaults, softFaults, pageIns, pageOuts, evictions } = memory;
    this.#victim = NONE;
    memory.touch(page, write, tick);
    const tally = this.#tally;
    tally.minorFaults[sequence] += memory.minorFaults - minorFaults;
    tally.softFaults[sequence] += memory.softFaults - softFaults;
    tally.pageIns[sequence] += memory.pageIns - pageIns;
    tally.pageOuts[sequence] += memory.pageOuts - pageOuts;
    tally.evictions[sequence] += memory.evictions - evictions;

    const ioEndsNs = this.#ioEndsNs;
    const victim = this.#victim;
    const { nowNs } = this.#scheduler;
    // The frame is free when its own read has ended, the content on disk when its write has.
    const frameNs = victim === NONE ? nowNs : Math.max(nowNs, ioEndsNs[victim]);
    const isRead = memory.pageIns > pageIns;
    ioEndsNs[page] = isRead ? this.#device.read(Math.max(frameNs, ioEndsNs[page])) : frameNs;
    if (memory.pageOuts > pageOuts) ioEndsNs[victim] = this.#device.write(frameNs);
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
    const references: ReferenceString = {
      pages: this.#pages,
      writes: this.#writes,
      ...this.#facts,
      pageCount: this.#facts.kinds.length,
      sequences: sequences.length === 1 ? undefined : this.#sequences,
      signatures: this.#signatures,
      releases: releasesOf(this.#exits, this.#ownPages),
    };
    const tally = this.#tally;
    return {
      counts: this.#memory.counts(this.#tick),
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
      lostNs: tally.lostNs.reduce((a, b) => a + b, 0),
      order: { references, sequences: this.#sequences, exits: this.#exits },
    };
  }
}
