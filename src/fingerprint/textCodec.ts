/*
 * The notation: fingerprints for people and tests.
 *
 *   @page-size 4096                     directives, one a line, before the first sequence:
 *   @backing anonymous                  @page-size @backing @name, @origin key value,
 *                                       @filter kind pages epoch frames [reduced for]
 *   ls     D(sortls) W(0x123)           a sequence: its name, then its actions
 *   sort   D(sortls) R(0x234) U(ls)     # a comment
 *   ls     D(sort) R(0x34)              the same name again: more actions of that sequence
 *
 *   R(address) W(address)   a reference        U(name)             a wake
 *   S(ns)                   a sleep            D(name,name…)       a wait for each
 *   E                       an exit            F(name)             a fork
 *   M(address,pages,anonymous)                 N(address,pages)    a map, an unmap
 *   M(address,pages,file:path@offset,private)  … or shared
 *   M(address,pages,shm:id@offset)             each with ,code ,data ,heap or ,stack behind
 *   R(address,signature)                       … which instruction, as a hash
 *
 * The heading line `Seq. name   Actions` of the original is passed over. What is printed is
 * canonical: one line a sequence, hexadecimal addresses, waits and sleeps in a row joined.
 */
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { ACTION_LETTERS, Action } from './action.ts';
import { FingerprintBuilder, type FingerprintOptions } from './builder.ts';
import {
  type ActionSequence,
  type Backing,
  FILTER_KINDS,
  type Fingerprint,
  type Mapping,
  MEMORY_USES,
  type PageRange,
  type ReferenceFilter,
  type Sequence,
} from './fingerprint.ts';
import { NotationScanner, printWord } from './notationScanner.ts';
import { SLEEP_NS_MAX } from './sleep.ts';
import { isPageSize } from './validate.ts';

const ACTIONS_HINT = 'actions are R W S D U E F M N, as in R(0x432) S(10) D(ls,sort) E';
const CLOSE_HINT = 'an action is a letter, and what it acts on in parentheses, as in R(0x432)';
const MAP_HINT =
  'M(0x100000,16,anonymous), M(0x200000,8,file:path@0,private), M(0x300000,4,shm:7@0)';

/** V8's strings end here; a longer text could not be made, nor be read back. */
const TEXT_LENGTH_MAX = 2 ** 29 - 32;

/** The fingerprint that `text` describes, valid; `name` is its name unless the text has one. */
export function parseFingerprint(text: string, name: string): Fingerprint {
  const { options, sequenceNames, headingLine } = readNames(text, name);
  const builder = new FingerprintBuilder(options);
  const sequences = new Map<string, Sequence>();
  for (const word of sequenceNames) sequences.set(word, builder.declare(word));
  const scanner = new NotationScanner(text, name);
  for (; !scanner.atEnd; scanner.nextLine()) {
    if (scanner.atLineEnd() || scanner.line === headingLine || scanner.accept('@')) continue;
    const sequence = sequences.get(scanner.word(NAME))!;
    while (!scanner.atLineEnd()) parseAction(scanner, { builder, sequence, sequences });
  }
  return builder.finish();
}

/** The text of a valid fingerprint, such that parsing it gives an equal one. */
export function printFingerprint(fingerprint: Fingerprint): string {
  const { name, pageSizeBytes, backing, origin, sequences } = fingerprint;
  const addresses = new AddressPrinter(fingerprint);
  const lines = [`@name ${printWord(name)}`, `@page-size ${pageSizeBytes}`, `@backing ${backing}`];
  for (const [key, value] of Object.entries(origin)) {
    lines.push(`@origin ${printWord(key)} ${printWord(value)}`);
  }
  if (fingerprint.filter !== undefined) {
    const { kind, pageCount, epochInstructions, framesMin, reducedFor } = fingerprint.filter;
    const reduced = reducedFor === undefined ? '' : ` ${reducedFor}`;
    lines.push(`@filter ${kind} ${pageCount} ${epochInstructions} ${framesMin}${reduced}`);
  }
  const names = sequences.map((sequence) => printWord(sequence.name));
  let length = 0;
  for (let sequence = 0; sequence < sequences.length; sequence++) {
    const words = [names[sequence]];
    printActions(fingerprint, sequences[sequence], { names, addresses, words });
    for (const word of words) length += word.length + 1;
    if (length > TEXT_LENGTH_MAX) {
      throw new InputError(
        `${name}: too long for the notation.`,
        'keep it in its binary form, which is smaller and has no limit',
      );
    }
    lines.push(words.join(' '));
  }
  return `${lines.join('\n')}\n`;
}

const NAME = 'the name of a sequence';

interface Names {
  readonly options: FingerprintOptions;
  readonly sequenceNames: ReadonlySet<string>;
  /** The line of `Seq. name Actions`; 0 when there is none. */
  readonly headingLine: number;
}

/** The first of two passes: actions may name sequences whose lines come later. */
function readNames(text: string, source: string): Names {
  const scanner = new NotationScanner(text, source);
  const directives = new Map<string, string>();
  const origin: [string, string][] = [];
  let filter: ReferenceFilter | undefined;
  const sequenceNames = new Set<string>();
  let headingLine = 0;
  for (; !scanner.atEnd; scanner.nextLine()) {
    if (scanner.atLineEnd()) continue;
    const place = scanner.place();
    if (scanner.accept('@')) {
      if (sequenceNames.size > 0) {
        throw scanner.error('a directive after a sequence', 'move it to the top', place);
      }
      filter = readDirective(scanner, directives, origin) ?? filter;
      continue;
    }
    const word = scanner.word(NAME);
    if (word === 'Seq.' && sequenceNames.size + headingLine === 0 && isHeading(scanner)) {
      headingLine = scanner.line;
    } else {
      sequenceNames.add(word);
    }
  }
  const options: FingerprintOptions = {
    name: directives.get('name') ?? source,
    pageSizeBytes: Number(directives.get('page-size') ?? 4096),
    backing: (directives.get('backing') ?? 'anonymous') as Backing,
    origin: Object.fromEntries(origin),
    filter,
  };
  return { options, sequenceNames, headingLine };
}

function isHeading(scanner: NotationScanner): boolean {
  const rest = [scanner.bareWord(), scanner.bareWord()];
  return rest.join(' ') === 'name Actions' && scanner.atLineEnd();
}

const DIRECTIVES = ['page-size', 'backing', 'name', 'origin', 'filter'];

/** Behind the @. Returns a filter, where it is one. */
function readDirective(
  scanner: NotationScanner,
  directives: Map<string, string>,
  origin: [string, string][],
): ReferenceFilter | undefined {
  const place = scanner.place();
  const directive = scanner.bareWord();
  if (!DIRECTIVES.includes(directive)) {
    const meant = nearest(directive, DIRECTIVES);
    throw scanner.error(
      `there is no directive @${directive}`,
      meant === undefined ? `there are @${DIRECTIVES.join(' @')}` : `did you mean @${meant}?`,
      place,
    );
  }
  const valuePlace = scanner.place();
  if (directive === 'origin') {
    const key = scanner.word('a key');
    if (origin.some(([known]) => known === key)) {
      throw scanner.error(`@origin ${printWord(key)} a second time`, 'leave one of them', place);
    }
    origin.push([key, scanner.word('a value')]);
  } else if (directives.has(directive)) {
    throw scanner.error(`@${directive} a second time`, 'leave one of them', place);
  } else {
    directives.set(directive, scanner.word('a value'));
  }
  const filter =
    directive === 'filter' ? readFilter(scanner, directives.get(directive)!) : undefined;
  const value = directives.get(directive) ?? '';
  if (directive === 'page-size' && !(/^\d+$/.test(value) && isPageSize(Number(value)))) {
    throw scanner.error(
      `a page of ${value} bytes is not possible`,
      'give a power of two from 1 to 1073741824',
      valuePlace,
    );
  }
  if (directive === 'backing' && value !== 'anonymous' && value !== 'file') {
    throw scanner.error(`backing ${value} is not known`, 'give anonymous or file', valuePlace);
  }
  if (!scanner.atLineEnd()) {
    throw scanner.error('a directive goes on', 'quote a value that has blanks');
  }
  return filter;
}

function readFilter(scanner: NotationScanner, word: string): ReferenceFilter {
  const kind = FILTER_KINDS.find((known) => known === word);
  if (kind === undefined) {
    const hint = `give ${FILTER_KINDS.join(' or ')}, pages, epoch, frames`;
    throw scanner.error(`filter ${word} is not known`, hint);
  }
  const pageCount = parseSmall(scanner, 'a number of pages', Number.MAX_SAFE_INTEGER);
  const epochInstructions = parseSmall(scanner, 'an epoch', Number.MAX_SAFE_INTEGER);
  const framesMin = parseSmall(scanner, 'a number of frames', Number.MAX_SAFE_INTEGER);
  const filter = { kind, pageCount, epochInstructions, framesMin } as const;
  if (scanner.atLineEnd()) return filter;
  return {
    ...filter,
    reducedFor: parseSmall(scanner, 'a number of frames', Number.MAX_SAFE_INTEGER),
  };
}

interface Context {
  readonly builder: FingerprintBuilder;
  readonly sequence: Sequence;
  readonly sequences: ReadonlyMap<string, Sequence>;
}

function parseAction(scanner: NotationScanner, context: Context): void {
  const { builder, sequence, sequences } = context;
  const place = scanner.place();
  const letter = scanner.bareWord();
  const action = letter.length === 1 ? ACTION_LETTERS.indexOf(letter) : -1;
  if (action < 0) {
    const found = letter === '' ? 'what stands here' : JSON.stringify(letter);
    throw scanner.error(`${found} is no action`, ACTIONS_HINT, place);
  }
  if (action === Action.Exit) {
    builder.exit(sequence);
    return;
  }
  scanner.expect('(', ACTIONS_HINT);
  switch (action) {
    case Action.Read:
      builder.read(sequence, scanner.number('an address'));
      parseSignature(scanner, context);
      break;
    case Action.Write:
      builder.write(sequence, scanner.number('an address'));
      parseSignature(scanner, context);
      break;
    case Action.Sleep:
      builder.sleep(sequence, parseSmall(scanner, 'a number of ns', SLEEP_NS_MAX));
      break;
    case Action.Wait:
      do builder.wait(sequence, parseSequence(scanner, sequences));
      while (scanner.accept(','));
      break;
    case Action.Wake:
      builder.wake(sequence, parseSequence(scanner, sequences));
      break;
    case Action.Fork:
      builder.fork(sequence, parseSequence(scanner, sequences));
      break;
    case Action.Map:
      builder.map(sequence, parseMapping(scanner));
      break;
    case Action.Unmap:
      builder.unmap(sequence, parseRange(scanner));
      break;
  }
  scanner.expect(')', CLOSE_HINT);
}

function parseSignature(scanner: NotationScanner, { builder, sequence }: Context): void {
  if (!scanner.accept(',')) return;
  const signature = parseSmall(scanner, 'a signature', 2 ** 32 - 1);
  if (signature !== 0) builder.sign(sequence, signature);
}

function parseSequence(
  scanner: NotationScanner,
  sequences: ReadonlyMap<string, Sequence>,
): Sequence {
  const place = scanner.place();
  const name = scanner.word(NAME);
  const sequence = sequences.get(name);
  if (sequence !== undefined) return sequence;
  const meant = nearest(name, sequences.keys());
  throw scanner.error(
    `there is no sequence ${JSON.stringify(name)}`,
    meant === undefined ? 'give it a line of its own' : `did you mean ${JSON.stringify(meant)}?`,
    place,
  );
}

function parseSmall(scanner: NotationScanner, what: string, max: number): number {
  const place = scanner.place();
  const value = scanner.number(what);
  if (value > BigInt(max)) {
    throw scanner.error(`${value} is too large for ${what}`, `the greatest is ${max}`, place);
  }
  return Number(value);
}

function parseRange(scanner: NotationScanner): PageRange {
  const address = scanner.number('an address');
  scanner.expect(',', MAP_HINT);
  return { address, pageCount: parseSmall(scanner, 'a number of pages', Number.MAX_SAFE_INTEGER) };
}

function parseMapping(scanner: NotationScanner): Mapping {
  const mapping = parseBacked(scanner);
  if (!scanner.accept(',')) return mapping;
  const place = scanner.place();
  const word = scanner.bareWord();
  const use = MEMORY_USES.find((known) => known === word);
  if (use === undefined) {
    throw scanner.error(
      `${JSON.stringify(word)} is no use of memory`,
      `give ${MEMORY_USES.join(', ')}, or nothing`,
      place,
    );
  }
  return { ...mapping, use };
}

function parseBacked(scanner: NotationScanner): Mapping {
  const range = parseRange(scanner);
  scanner.expect(',', MAP_HINT);
  const place = scanner.place();
  // `file:` and what follows are one bare word, unless what follows is quoted.
  const word = scanner.bareWord();
  if (word === 'anonymous') return { ...range, backing: { kind: 'anonymous' } };
  const colon = word.indexOf(':');
  const kind = word.slice(0, colon + 1);
  if (kind !== 'file:' && kind !== 'shm:') {
    throw scanner.error(`${JSON.stringify(word)} backs no page`, MAP_HINT, place);
  }
  const source = word.length > kind.length ? word.slice(kind.length) : scanner.word('what to map');
  scanner.expect('@', MAP_HINT);
  const offset = scanner.number('an offset');
  if (kind === 'shm:') return { ...range, backing: { kind: 'shared-memory', id: source, offset } };
  scanner.expect(',', MAP_HINT);
  const sharingPlace = scanner.place();
  const sharing = scanner.bareWord();
  if (sharing !== 'private' && sharing !== 'shared') {
    throw scanner.error('a file is mapped private or shared', MAP_HINT, sharingPlace);
  }
  const shared = sharing === 'shared';
  return { ...range, backing: { kind: 'file', path: source, offset, shared } };
}

/** Pushes to `words` the actions of `sequence`. */
function printActions(
  { mappings, ranges }: Fingerprint,
  { actions, operands, offsets, signatures }: ActionSequence,
  { names, addresses, words }: { names: string[]; addresses: AddressPrinter; words: string[] },
): void {
  for (let row = 0; row < actions.length; row++) {
    const action = actions[row];
    const operand = operands[row];
    switch (action) {
      case Action.Read:
      case Action.Write:
        words.push(addresses.print(action, operand, offsets?.[row] ?? 0, signatures?.[row] ?? 0));
        break;
      case Action.Sleep: {
        let ns = operand;
        while (actions[row + 1] === Action.Sleep) ns += operands[++row];
        words.push(`S(${ns})`);
        break;
      }
      case Action.Wait: {
        const awaited = [names[operand]];
        while (actions[row + 1] === Action.Wait) awaited.push(names[operands[++row]]);
        words.push(`D(${awaited.join(',')})`);
        break;
      }
      case Action.Wake:
      case Action.Fork:
        words.push(`${ACTION_LETTERS[action]}(${names[operand]})`);
        break;
      case Action.Exit:
        words.push('E');
        break;
      case Action.Map:
        words.push(`M(${printMapping(mappings[operand])})`);
        break;
      case Action.Unmap:
        words.push(`N(${printRange(ranges[operand])})`);
        break;
    }
  }
}

function printRange({ address, pageCount }: PageRange): string {
  return `${hex(address)},${pageCount}`;
}

function printMapping(mapping: Mapping): string {
  const backed = printBacked(mapping);
  return mapping.use === undefined ? backed : `${backed},${mapping.use}`;
}

function printBacked(mapping: Mapping): string {
  const { backing } = mapping;
  const range = printRange(mapping);
  if (backing.kind === 'anonymous') return `${range},anonymous`;
  const offset = hex(backing.offset);
  if (backing.kind === 'shared-memory') return `${range},shm:${printWord(backing.id)}@${offset}`;
  const sharing = backing.shared ? 'shared' : 'private';
  return `${range},file:${printWord(backing.path)}@${offset},${sharing}`;
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** References as text; those to the first byte of a page are made once a page. */
class AddressPrinter {
  readonly #fingerprint: Fingerprint;
  readonly #texts: [string[], string[]] = [[], []];

  constructor(fingerprint: Fingerprint) {
    this.#fingerprint = fingerprint;
  }

  print(action: 0 | 1, page: number, offset: number, signature: number): string {
    if (offset !== 0 || signature !== 0) return this.#make(action, page, offset, signature);
    return (this.#texts[action][page] ??= this.#make(action, page, 0, 0));
  }

  #make(action: 0 | 1, page: number, offset: number, signature: number): string {
    const { name, pageNumbers, pageSizeBytes } = this.#fingerprint;
    const address = pageNumbers[page] * BigInt(pageSizeBytes) + BigInt(offset);
    if (address >= 1n << 64n) {
      throw new InputError(
        `${name}: page number ${hex(pageNumbers[page])} has no address of 64 bits.`,
        'its pages are ids, not parts of an address space; keep it in its binary form',
      );
    }
    const signed = signature === 0 ? '' : `,0x${signature.toString(16)}`;
    return `${ACTION_LETTERS[action]}(${hex(address)}${signed})`;
  }
}
