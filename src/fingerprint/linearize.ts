/*
 * A fingerprint → one reference string: what happens in which order when no I/O takes time.
 *
 *   The sequence of the smallest local time acts, of equals the lower one, asked anew after each
 *   action. A sleep adds to the local time; nothing else takes any. A wait blocks its sequence until
 *   its token is there, and it goes on at the time of the wake, or of the end of the other. A forked
 *   sequence begins at the time of the fork.
 *
 * The end of a list ends its sequence for those who wait, but only E gives pages back: the anonymous
 * pages that no other sequence ever references. Local times are exact up to 2⁵³ ns, 104 days.
 * Costs a few ns a reference, and the logarithm of the number of sequences for other actions.
 */
import { Agenda, NOBODY } from '../support/agenda.ts';
import { assert, InputError } from '../support/assert.ts';
import { Action } from './action.ts';
import {
  type ActionSequence,
  type Fingerprint,
  PageKind,
  type ReferenceString,
  type Releases,
  type Sequence,
  type Tick,
} from './fingerprint.ts';
import { markForked, Rendezvous } from './rendezvous.ts';

/** An exit, in the order they happen. */
interface Exit {
  readonly sequence: Sequence;
  readonly tick: Tick;
}

/** Columns of the string and the exits on the way. */
interface Interleaving {
  readonly pages: Uint32Array;
  readonly writes: Uint8Array;
  readonly exits: readonly Exit[];
}

/** The references of a valid fingerprint without maps, in the order they are to be replayed. */
export function linearize(fingerprint: Fingerprint): ReferenceString {
  const { name, sequences, backing, mappings, pageNumbers } = fingerprint;
  if (mappings.length > 0) {
    throw new InputError(
      `${name}: it has maps, so its addresses are no pages of one reference string.`,
      'simulate it instead: address spaces come with the vm layer',
    );
  }
  const { pages, writes, exits } =
    sequences.length === 1 ? takeAll(sequences[0]) : interleave(fingerprint);
  const isFile = backing === 'file';
  return {
    pages,
    writes,
    pageCount: pageNumbers.length,
    kinds: new Uint8Array(pageNumbers.length).fill(isFile ? PageKind.File : PageKind.Anonymous),
    releases: isFile ? undefined : releasesOf(fingerprint, exits),
  };
}

/** A lone sequence has no order to find; it often has no action but references, to be shared. */
function takeAll({ actions, operands }: ActionSequence): Interleaving {
  const referenceCount = countReferences(actions);
  if (referenceCount === actions.length) return { pages: operands, writes: actions, exits: [] };
  const pages = new Uint32Array(referenceCount);
  const writes = new Uint8Array(referenceCount);
  let tick = 0;
  for (let row = 0; row < actions.length; row++) {
    if (actions[row] > Action.Write) continue;
    pages[tick] = operands[row];
    writes[tick++] = actions[row];
  }
  const exited = actions[actions.length - 1] === Action.Exit;
  return { pages, writes, exits: exited ? [{ sequence: 0, tick }] : [] };
}

function interleave({ name, sequences }: Fingerprint): Interleaving {
  let referenceCount = 0;
  for (const { actions } of sequences) referenceCount += countReferences(actions);
  if (referenceCount >= 2 ** 31) {
    throw new InputError(`${name}: ${referenceCount} references.`, 'the most is 2^31 - 1');
  }
  const pages = new Uint32Array(referenceCount);
  const writes = new Uint8Array(referenceCount);
  const exits: Exit[] = [];
  let tick: Tick = 0;

  const rendezvous = new Rendezvous(sequences.length);
  const agenda = new Agenda(sequences.length);
  const row = new Uint32Array(sequences.length);
  let nowNs = 0;
  const forked = markForked(sequences);
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    if (forked[sequence] === 0) agenda.push(0, sequence);
  }
  const localNs = new Float64Array(sequences.length);
  for (let next = agenda.pop(); next !== NOBODY; next = agenda.pop()) {
    nowNs = localNs[next];
    row[next] = runUntilOvertaken(next, row[next]);
  }
  assert(tick === referenceCount, 'a valid fingerprint runs to its end');
  return { pages, writes, exits };

  /** Returns the row to go on at. */
  function runUntilOvertaken(sequence: Sequence, from: number): number {
    const { actions, operands } = sequences[sequence];
    for (let i = from; i < actions.length; i++) {
      const operand = operands[i];
      switch (actions[i]) {
        case Action.Read:
        case Action.Write:
          pages[tick] = operand;
          writes[tick++] = actions[i];
          continue;
        case Action.Sleep:
          nowNs += operand;
          break;
        case Action.Wait:
          // The wake that ends a wait is its token, so the sequence resumes behind the wait.
          if (!rendezvous.wait(sequence, operand)) return i + 1;
          break;
        case Action.Wake:
          if (rendezvous.wake(sequence, operand)) enter(operand);
          break;
        case Action.Fork:
          enter(operand);
          break;
        case Action.Exit:
          exits.push({ sequence, tick });
          break;
      }
      if (agenda.precedes(nowNs, sequence)) {
        localNs[sequence] = nowNs;
        agenda.push(nowNs, sequence);
        return i + 1;
      }
    }
    for (const waiter of rendezvous.end(sequence)) enter(waiter);
    return actions.length;
  }

  /** Now: a sequence that was blocked, or not yet begun, has a local time in the past. */
  function enter(sequence: Sequence): void {
    localNs[sequence] = nowNs;
    agenda.push(nowNs, sequence);
  }
}

function countReferences(actions: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < actions.length; row++) if (actions[row] <= Action.Write) count++;
  return count;
}

const NOT_OWNED = -1;
const SHARED = -2;

/** At each exit the pages that only the exiting sequence references, ascending. */
function releasesOf(
  { sequences, pageNumbers }: Fingerprint,
  exits: readonly Exit[],
): Releases | undefined {
  if (exits.length === 0) return undefined;
  const owner = new Int32Array(pageNumbers.length).fill(NOT_OWNED);
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const { actions, operands } = sequences[sequence];
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write || owner[operands[row]] === sequence) continue;
      owner[operands[row]] = owner[operands[row]] === NOT_OWNED ? sequence : SHARED;
    }
  }
  const owned: number[][] = sequences.map(() => []);
  for (let page = 0; page < owner.length; page++) {
    if (owner[page] !== SHARED) owned[owner[page]].push(page);
  }
  const rows = exits.filter(({ sequence }) => owned[sequence].length > 0);
  if (rows.length === 0) return undefined;
  const firstPage = [0];
  for (const { sequence } of rows) firstPage.push(firstPage.at(-1)! + owned[sequence].length);
  return {
    ticks: Int32Array.from(rows, (exit) => exit.tick),
    firstPage: Int32Array.from(firstPage),
    pages: Uint32Array.from(rows.flatMap(({ sequence }) => owned[sequence])),
  };
}
