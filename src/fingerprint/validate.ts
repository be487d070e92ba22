/*
 * Whether a fingerprint can be run: operands in range, nothing after an exit, no wait that is never
 * met, no reference outside the maps. Sequences and actions are named as a reader of the notation
 * counts them, from 1: D(a,b) is one action, and so are sleeps in a row.
 *
 * One pass over the columns; without maps no object is made for a reference.
 */
import { InputError } from '../support/assert.ts';
import { ACTION_LETTERS, Action } from './action.ts';
import type { ActionSequence, Fingerprint, PageRange, Sequence } from './fingerprint.ts';
import { nextStep } from './nextStep.ts';
import { PageIntervals } from './pageIntervals.ts';
import { markForked, Rendezvous } from './rendezvous.ts';

/** Addresses and offsets are below it. */
const ADDRESS_END = 1n << 64n;

/** So many blocked sequences are named in the message. */
const NAMED_COUNT_MAX = 4;

/** Whether `bytes` may be the size of a page: a power of two, 1 … 2³⁰. */
export function isPageSize(bytes: number): boolean {
  return Number.isInteger(bytes) && bytes >= 1 && bytes <= 2 ** 30 && (bytes & (bytes - 1)) === 0;
}

/**
 * Throws an InputError that names the sequence and the action, unless the fingerprint can run.
 * `knowsPages`: whoever made it has seen that every reference names a page there is.
 */
export function validateFingerprint(fingerprint: Fingerprint, knowsPages = false): void {
  const { name, sequences, pageSizeBytes } = fingerprint;
  if (sequences.length === 0) {
    throw new InputError(`${name}: there is no sequence.`, 'a fingerprint has at least one');
  }
  if (!isPageSize(pageSizeBytes)) {
    throw new InputError(
      `${name}: a page of ${pageSizeBytes} bytes is not possible.`,
      'give a power of two from 1 to 1073741824',
    );
  }
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    checkActions(fingerprint, sequence, knowsPages);
  }
  checkForks(fingerprint);
  checkWaits(fingerprint);
  if (fingerprint.mappings.length > 0 || fingerprint.ranges.length > 0) {
    checkAddressSpaces(fingerprint);
  }
}

function checkActions(fingerprint: Fingerprint, sequence: Sequence, knowsPages: boolean): void {
  const { sequences, pageNumbers, mappings, ranges, pageSizeBytes } = fingerprint;
  const { actions, operands, offsets } = sequences[sequence];
  const actionCount = actions.length;
  if (operands.length !== actionCount || (offsets?.length ?? actionCount) !== actionCount) {
    throw new InputError(
      `${whose(fingerprint, sequence)}: its columns differ in length.`,
      'make the fingerprint again',
    );
  }
  const operandEnds = new Float64Array(ACTION_LETTERS.length);
  operandEnds[Action.Read] = pageNumbers.length;
  operandEnds[Action.Write] = pageNumbers.length;
  operandEnds[Action.Sleep] = 2 ** 32;
  operandEnds[Action.Wait] = sequences.length;
  operandEnds[Action.Wake] = sequences.length;
  operandEnds[Action.Exit] = 1;
  operandEnds[Action.Fork] = sequences.length;
  operandEnds[Action.Map] = mappings.length;
  operandEnds[Action.Unmap] = ranges.length;

  const exit = actions.indexOf(Action.Exit);
  if (exit >= 0 && exit < actionCount - 1) {
    throw new InputError(
      `${at(fingerprint, sequence, exit + 1)}: an action after E.`,
      'E ends a sequence; give what follows to a sequence of its own',
    );
  }
  const pageCount = pageNumbers.length;
  for (let row = 0; row < actionCount; row++) {
    const step = nextStep(actions, row);
    if (knowsPages) row = step;
    else while (row < step && operands[row] < pageCount) row++;
    if (row === actionCount) break;
    // An unknown code reads NaN or undefined here, and is refused as well.
    if (!(operands[row] < operandEnds[actions[row]])) {
      throw new InputError(
        `${at(fingerprint, sequence, row)}: code ${actions[row]} with operand ${operands[row]} ` +
          'means nothing.',
        'make the fingerprint again',
      );
    }
    if (actions[row] === Action.Map) {
      checkMapping(fingerprint, sequence, row);
    } else if (actions[row] === Action.Unmap) {
      checkRange(fingerprint, sequence, row, ranges[operands[row]]);
    }
  }
  if (offsets === undefined) return;
  for (let row = 0; row < actionCount; row++) {
    if (offsets[row] >= pageSizeBytes || (offsets[row] > 0 && actions[row] > Action.Write)) {
      throw new InputError(
        `${at(fingerprint, sequence, row)}: byte ${offsets[row]} is not in a page.`,
        'make the fingerprint again',
      );
    }
  }
}

function checkMapping(fingerprint: Fingerprint, sequence: Sequence, row: number): void {
  const mapping = fingerprint.mappings[fingerprint.sequences[sequence].operands[row]];
  checkRange(fingerprint, sequence, row, mapping);
  if (mapping.backing.kind === 'anonymous') return;
  const { offset } = mapping.backing;
  checkRange(fingerprint, sequence, row, { address: offset, pageCount: mapping.pageCount });
}

/** Page-aligned, not empty, and not beyond 64 bits. */
function checkRange(
  fingerprint: Fingerprint,
  sequence: Sequence,
  row: number,
  { address, pageCount }: PageRange,
): void {
  const { pageSizeBytes } = fingerprint;
  const pageSize = BigInt(pageSizeBytes);
  if (address % pageSize !== 0n) {
    throw new InputError(
      `${at(fingerprint, sequence, row)}: ${hex(address)} is not the start of a page.`,
      `give a multiple of the page size, ${pageSizeBytes} bytes`,
    );
  }
  if (!Number.isSafeInteger(pageCount) || pageCount < 1) {
    throw new InputError(
      `${at(fingerprint, sequence, row)}: ${pageCount} is not a number of pages.`,
      'give at least 1',
    );
  }
  if (address < 0n || address + BigInt(pageCount) * pageSize > ADDRESS_END) {
    throw new InputError(
      `${at(fingerprint, sequence, row)}: ${pageCount} pages from ${hex(address)} end beyond ` +
        'the 64th bit.',
      'give fewer pages, or a lower address',
    );
  }
}

function checkForks(fingerprint: Fingerprint): void {
  const { sequences } = fingerprint;
  const forked = new Uint8Array(sequences.length);
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const { actions, operands } = sequences[sequence];
    let row = actions.indexOf(Action.Fork);
    for (; row >= 0; row = actions.indexOf(Action.Fork, row + 1)) {
      const child = operands[row];
      if (child === sequence) {
        throw new InputError(
          `${at(fingerprint, sequence, row)}: a sequence forks itself.`,
          'F names the sequence of the child, which starts there',
        );
      }
      if (forked[child] === 1) {
        throw new InputError(
          `${at(fingerprint, sequence, row)}: ${quoted(fingerprint, child)} is forked twice.`,
          'a sequence starts once; give each child its own',
        );
      }
      forked[child] = 1;
    }
  }
}

/** Runs everything but references and sleeps; what is still blocked at the end never goes on. */
function checkWaits(fingerprint: Fingerprint): void {
  const { sequences } = fingerprint;
  const rendezvous = new Rendezvous(sequences.length);
  const forked = markForked(sequences);
  const row = new Uint32Array(sequences.length);
  const started = forked.map((bit) => 1 - bit);
  const runnable: Sequence[] = [];
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    if (started[sequence] === 1) runnable.push(sequence);
  }
  for (let next = runnable.pop(); next !== undefined; next = runnable.pop()) {
    row[next] = runUntilBlocked(next, row[next]);
  }
  const blocked = Array.from(sequences.keys()).filter((s) => row[s] <= sequences[s].actions.length);
  if (blocked.length > 0) throw deadlock(fingerprint, blocked, row, started);

  /** The row it is blocked at, or one beyond the last when it has ended. */
  function runUntilBlocked(sequence: Sequence, from: number): number {
    const { actions, operands } = sequences[sequence];
    for (let i = nextStep(actions, from); i < actions.length; i = nextStep(actions, i + 1)) {
      const action = actions[i];
      const other = operands[i];
      if (action === Action.Wait) {
        // The wake that lets it go on is the wait met, so it resumes behind it.
        if (!rendezvous.wait(sequence, other)) return i;
      } else if (action === Action.Wake) {
        if (rendezvous.wake(sequence, other)) resume(other);
      } else if (action === Action.Fork) {
        started[other] = 1;
        runnable.push(other);
      }
    }
    for (const waiter of rendezvous.end(sequence)) resume(waiter);
    return actions.length + 1;
  }

  function resume(sequence: Sequence): void {
    row[sequence]++;
    runnable.push(sequence);
  }
}

function deadlock(
  fingerprint: Fingerprint,
  blocked: readonly Sequence[],
  row: Uint32Array,
  started: Uint8Array,
): InputError {
  const { sequences } = fingerprint;
  const reasons = blocked.slice(0, NAMED_COUNT_MAX).map((sequence) => {
    if (started[sequence] === 0) return `${quoted(fingerprint, sequence)} is never forked`;
    const number = actionNumber(sequences[sequence], row[sequence]);
    const other = sequences[sequence].operands[row[sequence]];
    const waits = `waits at action ${number} for ${quoted(fingerprint, other)}`;
    return `sequence ${quoted(fingerprint, sequence)} ${waits}`;
  });
  const more = blocked.length - reasons.length;
  return new InputError(
    `${fingerprint.name}: a wait is never met: ${reasons.join(', ')}` +
      `${more > 0 ? `, and ${more} more are stuck` : ''}.`,
    'each wait D needs its own wake U from the sequence it names, or that sequence must end',
  );
}

/** Each sequence's maps, its own and those it was forked with, against what it references. */
function checkAddressSpaces(fingerprint: Fingerprint): void {
  const { sequences, pageNumbers, mappings, ranges, pageSizeBytes } = fingerprint;
  const pageSize = BigInt(pageSizeBytes);
  const hasMaps = mappings.length > 0;
  // Pages seen mapped in this address space, and not unmapped since, carry its stamp.
  const byNumber = ranges.length === 0 ? new Uint32Array(0) : pagesByNumber(pageNumbers);
  const stamps = new Uint32Array(pageNumbers.length);
  let stamp = 0;
  const forked = markForked(sequences);
  const waiting: { sequence: Sequence; mapped: PageIntervals }[] = [];
  for (let sequence = sequences.length - 1; sequence >= 0; sequence--) {
    if (forked[sequence] === 0) waiting.push({ sequence, mapped: new PageIntervals() });
  }
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { sequence, mapped } = next;
    const { actions, operands } = sequences[sequence];
    stamp++;
    for (let row = 0; row < actions.length; row++) {
      const step = nextStep(actions, row);
      while (hasMaps) {
        row = firstUnseen(operands, row, step, stamps, stamp);
        if (row === step) break;
        const page = operands[row];
        if (!mapped.has(pageNumbers[page])) {
          throw new InputError(
            `${at(fingerprint, sequence, row)}: ${hex(pageNumbers[page] * pageSize)} is ` +
              'outside any map.',
            'map it before, or leave out all maps: then addresses are the same for everyone',
          );
        }
        stamps[page] = stamp;
      }
      row = step;
      if (row === actions.length) break;
      const operand = operands[row];
      switch (actions[row]) {
        case Action.Fork:
          waiting.push({ sequence: operand, mapped: new PageIntervals(mapped) });
          break;
        case Action.Map: {
          const { address, pageCount } = mappings[operand];
          const first = address / pageSize;
          if (!mapped.add(first, first + BigInt(pageCount))) {
            throw new InputError(
              `${at(fingerprint, sequence, row)}: the map at ${hex(address)} overlaps another.`,
              'unmap the pages first with N',
            );
          }
          break;
        }
        case Action.Unmap: {
          const { address, pageCount } = ranges[operand];
          const first = address / pageSize;
          const end = first + BigInt(pageCount);
          if (!mapped.remove(first, end)) {
            throw new InputError(
              `${at(fingerprint, sequence, row)}: not all ${pageCount} pages from ` +
                `${hex(address)} are mapped.`,
              'N takes away what M has mapped, in one piece or in parts',
            );
          }
          let i = firstNotBelow(first, byNumber, pageNumbers);
          for (; i < byNumber.length && pageNumbers[byNumber[i]] < end; i++) {
            stamps[byNumber[i]] = 0;
          }
          break;
        }
      }
    }
  }
}

/** The first row before `end` whose page has another stamp; `end` if none. */
function firstUnseen(
  operands: Uint32Array,
  row: number,
  end: number,
  stamps: Uint32Array,
  stamp: number,
): number {
  while (row < end && stamps[operands[row]] === stamp) row++;
  return row;
}

/** The dense pages in order of their page numbers. */
function pagesByNumber(pageNumbers: BigUint64Array): Uint32Array {
  const rounded = Float64Array.from(pageNumbers, Number);
  return Uint32Array.from(pageNumbers.keys()).sort(
    (a, b) => rounded[a] - rounded[b] || (pageNumbers[a] < pageNumbers[b] ? -1 : 1),
  );
}

/** The place in `byNumber` of the first page whose number is at least `number`. */
function firstNotBelow(number: bigint, byNumber: Uint32Array, pageNumbers: BigUint64Array): number {
  let low = 0;
  let high = byNumber.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pageNumbers[byNumber[middle]] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function at(fingerprint: Fingerprint, sequence: Sequence, row: number): string {
  const number = actionNumber(fingerprint.sequences[sequence], row);
  return `${whose(fingerprint, sequence)}, action ${number}`;
}

function whose(fingerprint: Fingerprint, sequence: Sequence): string {
  return `${fingerprint.name}: sequence ${quoted(fingerprint, sequence)}`;
}

function quoted(fingerprint: Fingerprint, sequence: Sequence): string {
  return JSON.stringify(fingerprint.sequences[sequence].name);
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** The number of the action at `row`, from 1, as a reader of the notation counts. */
function actionNumber({ actions }: ActionSequence, row: number): number {
  let number = 0;
  for (let i = 0; i <= row; i++) {
    const action = actions[i];
    const joined = action === Action.Wait || action === Action.Sleep;
    if (i === 0 || !joined || actions[i - 1] !== action) number++;
  }
  return number;
}
