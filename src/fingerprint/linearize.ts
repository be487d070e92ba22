/*
 * A fingerprint → one reference string: what happens in which order when no I/O takes time, turn by
 * turn. Without maps an address is a page; with maps, `AddressSpaces` says which page it is.
 *
 * The end of a list ends its sequence for those who wait, but only E gives pages back: without
 * maps, the anonymous pages that no other sequence ever references. A few ns a reference, a few
 * more with maps.
 */
import { InputError } from '../support/assert.ts';
import { copyRun } from '../support/copyRun.ts';
import { Action } from './action.ts';
import { AddressSpaces } from './addressSpaces.ts';
import {
  type ActionSequence,
  type Fingerprint,
  type PageFacts,
  PageKind,
  type ReferenceString,
  type Tick,
} from './fingerprint.ts';
import { countReferences, nextStep } from './nextStep.ts';
import { type Exit, ownPages, releasesOf } from './ownPages.ts';
import { StringRecorder } from './stringRecorder.ts';
import { takeTurns } from './turns.ts';

/** Columns of the string and the exits on the way. */
interface Interleaving
  extends Pick<ReferenceString, 'pages' | 'writes' | 'sequences' | 'signatures'> {
  readonly exits: readonly Exit[];
}

/**
 * The references of a valid fingerprint, in the order they are to be replayed. With maps there is
 * one more for each page that is copied: a read of the page it is copied from.
 */
export function linearize(fingerprint: Fingerprint): ReferenceString {
  const { sequences, pageNumbers, mappings } = fingerprint;
  if (mappings.length > 0) {
    const recorder = new StringRecorder(fingerprint);
    const spaces = new AddressSpaces(fingerprint, recorder);
    takeTurns(sequences, (sequence, from, to) => {
      recorder.turn(sequence);
      spaces.play(sequence, from, to);
    });
    return recorder.references();
  }
  const { exits, ...columns } =
    sequences.length === 1 ? takeAll(sequences[0]) : interleave(fingerprint);
  return {
    ...columns,
    ...pageFacts(fingerprint),
    pageCount: pageNumbers.length,
    releases: exits.length === 0 ? undefined : releasesOf(exits, ownPages(fingerprint)),
  };
}

/** Of the pages of a fingerprint without maps: one address space, all of one kind. */
export function pageFacts({ backing, pageNumbers }: Fingerprint): PageFacts {
  const kind = backing === 'file' ? PageKind.File : PageKind.Anonymous;
  return {
    kinds: new Uint8Array(pageNumbers.length).fill(kind),
    places: {
      objects: new Uint32Array(pageNumbers.length),
      indices: Float64Array.from(pageNumbers, Number),
    },
  };
}

/** A lone sequence has no order to find; it often has no action but references, to be shared. */
function takeAll({ actions, operands, signatures: known }: ActionSequence): Interleaving {
  const referenceCount = countReferences(actions);
  if (referenceCount === actions.length) {
    return { pages: operands, writes: actions, signatures: known, exits: [] };
  }
  const pages = new Uint32Array(referenceCount);
  const writes = new Uint8Array(referenceCount);
  const signatures = known && new Uint32Array(referenceCount);
  let tick = 0;
  for (let row = 0; row < actions.length; row++) {
    const step = nextStep(actions, row);
    if (signatures !== undefined) copyRun(known!, row, step, signatures, tick);
    copyRun(operands, row, step, pages, tick);
    copyRun(actions, row, step, writes, tick);
    tick += step - row;
    row = step;
  }
  const exited = actions[actions.length - 1] === Action.Exit;
  return { pages, writes, signatures, exits: exited ? [{ sequence: 0, tick }] : [] };
}

function interleave({ name, sequences }: Fingerprint): Interleaving {
  let referenceCount = 0;
  for (const { actions } of sequences) referenceCount += countReferences(actions);
  if (referenceCount >= 2 ** 31) {
    throw new InputError(`${name}: ${referenceCount} references.`, 'the most is 2^31 - 1');
  }
  const pages = new Uint32Array(referenceCount);
  const writes = new Uint8Array(referenceCount);
  const makers = new Uint32Array(referenceCount);
  const hasSignatures = sequences.some((sequence) => sequence.signatures !== undefined);
  const signatures = hasSignatures ? new Uint32Array(referenceCount) : undefined;
  const exits: Exit[] = [];
  let tick: Tick = 0;
  takeTurns(sequences, (sequence, from, to) => {
    const { actions, operands, signatures: known } = sequences[sequence];
    for (let row = from; row < to; row++) {
      const step = Math.min(to, nextStep(actions, row));
      if (known !== undefined) copyRun(known, row, step, signatures!, tick);
      makers.fill(sequence, tick, tick + step - row);
      copyRun(operands, row, step, pages, tick);
      copyRun(actions, row, step, writes, tick);
      tick += step - row;
      row = step;
      if (row < to && actions[row] === Action.Exit) exits.push({ sequence, tick });
    }
  });
  return { pages, writes, sequences: makers, signatures, exits };
}
