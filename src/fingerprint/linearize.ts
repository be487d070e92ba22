/*
 * A fingerprint → one reference string: what happens in which order when no I/O takes time.
 *
 *   The sequence of the smallest local time acts, of equals the lower one, asked anew after each
 *   action. A sleep adds to the local time; nothing else takes any. A wait blocks its sequence
 *   until its token is there, and it goes on at the time of the wake, or of the end of the other.
 *   A forked sequence begins at the time of the fork.
 *
 * The end of a list ends its sequence for those who wait, but only E gives pages back: the
 * anonymous pages that no other sequence ever references. Local times are exact up to 2⁵³ ns, 104
 * days. Costs a few ns a reference, and the logarithm of the number of sequences for other actions.
 */
import { Agenda, NOBODY } from '../support/agenda.ts';
import { assert, InputError } from '../support/assert.ts';
import { Action } from './action.ts';
import {
  type ActionSequence,
  type Fingerprint,
  PageKind,
  type ReferenceString,
  type Sequence,
  type Tick,
} from './fingerprint.ts';
import { type Exit, ownPages, releasesOf } from './ownPages.ts';
import { markForked, Rendezvous } from './rendezvous.ts';

/** Columns of the string and the exits on the way. */
interface Interleaving {
  readonly pages: Uint32Array;
  readonly writes: Uint8Array;
  readonly exits: readonly Exit[];
}

/** The references of a valid fingerprint without maps, in the order they are to be replayed. */
export function linearize(fingerprint: Fingerprint): ReferenceString {
  refuseMaps(fingerprint);
  const { sequences, pageNumbers } = fingerprint;
  const { pages, writes, exits } =
    sequences.length === 1 ? takeAll(sequences[0]) : interleave(fingerprint);
  return {
    pages,
    writes,
    pageCount: pageNumbers.length,
    kinds: pageKinds(fingerprint),
    releases: exits.length === 0 ? undefined : releasesOf(exits, ownPages(fingerprint)),
  };
}

/** Throws an InputError if an address may be another page for another sequence. */
export function refuseMaps({ name, mappings }: Fingerprint): void {
  if (mappings.length === 0) return;
  throw new InputError(
    `${name}: it has maps, so its addresses are no pages of one reference string.`,
    'simulate it instead: address spaces come with the vm layer',
  );
}

/** The `PageKind` of each page of a fingerprint without maps. */
export function pageKinds({ backing, pageNumbers }: Fingerprint): Uint8Array {
  const kind = backing === 'file' ? PageKind.File : PageKind.Anonymous;
  return new Uint8Array(pageNumbers.length).fill(kind);
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

/** Reads and writes among `actions`. */
export function countReferences(actions: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < actions.length; row++) if (actions[row] <= Action.Write) count++;
  return count;
}
