/*
 * Comma-separated values: one reference a line, its page number or address in one column, and in
 * another, if wanted, whether it writes.
 *
 * Columns are given by number, from 1, or by the name in the first line. The first line is a header
 * when a column is given by name, or when its field for the page begins like a name: with a letter
 * or an underscore.
 * Fields may be quoted as in RFC 4180, but a line feed ends a line even within quotes.
 */
import { InputError } from '../../support/assert.ts';
import { nearest } from '../../support/text.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { eachLine, findByte, isBlank, type LineProblem, skipBlanks } from './lines.ts';
import { type ImportOptions, ReferenceSink } from './referenceSink.ts';
import { WideNumber } from './wideNumber.ts';

export interface CsvOptions {
  /** The column of page numbers, a number from 1 or a name; default 1 unless `address` is given. */
  readonly page?: string | undefined;
  /** The column of byte addresses, instead of `page`. */
  readonly address?: string | undefined;
  /** The column that tells writes from reads; without it all are reads. */
  readonly write?: string | undefined;
  /** One ASCII character, or `tab`; default a comma. */
  readonly delimiter?: string | undefined;
}

const QUOTE = 0x22;
const UNDERSCORE = 0x5f;

/** What the write column may say, in any case: 1 a write. */
const WRITE_WORDS: ReadonlyMap<string, 0 | 1> = new Map([
  ...['w', 'write', '1', 'true', 'yes', 's', 'store', 'm', 'modify'].map((w) => [w, 1] as const),
  ...['r', 'read', '0', 'false', 'no', 'l', 'load'].map((w) => [w, 0] as const),
]);

const TOO_SHORT: LineProblem = {
  what: 'has fewer fields than the columns asked for',
  hint: 'is the delimiter right?',
};
const OPEN_QUOTE: LineProblem = {
  what: 'has a quoted field that does not end with its line',
  hint: 'a quote within quotes is written twice; line feeds within quotes cannot be read',
};
const AFTER_QUOTE: LineProblem = {
  what: 'goes on after a closing quote',
  hint: 'a quote within quotes is written twice',
};
const NO_NUMBER: LineProblem = {
  what: 'has no number, decimal or 0x…, of at most 64 bits in the column of the page',
  hint: 'choose another column, by its number from 1 or by its name in the first line',
};
const NO_WRITE: LineProblem = {
  what: 'says neither write nor read in the column of writes',
  hint: 'known: w write 1 true yes s store m modify; r read 0 false no l load',
};

/** Reads comma-separated values; see CsvOptions. */
export async function importCsv(
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions & CsvOptions,
): Promise<Fingerprint> {
  const sink = new ReferenceSink(options, 'csv');
  const reader = new CsvReader(sink, options);
  await eachLine(sink.name, chunks, (bytes, start, end) => reader.read(bytes, start, end));
  return sink.finish();
}

class CsvReader {
  readonly #sink: ReferenceSink;
  readonly #options: CsvOptions;
  readonly #delimiter: number;
  readonly #page = new WideNumber();
  readonly #decoder = new TextDecoder();
  /** Words of the write column seen so far, a handful, as bytes: no string a line. */
  readonly #spellings: { readonly word: Uint8Array; readonly write: 0 | 1 }[] = [];
  #atFirstLine = true;
  /** From 0; −1 when there is none. */
  #pageColumn = 0;
  #writeColumn = -1;
  // Where the two fields of the current line are.
  #pageStart = 0;
  #pageEnd = 0;
  #writeStart = 0;
  #writeEnd = 0;

  constructor(sink: ReferenceSink, options: CsvOptions) {
    if (options.page !== undefined && options.address !== undefined) {
      throw new InputError(
        'A column of pages and one of addresses are both given.',
        'choose one of them: an address is divided by the page size',
      );
    }
    this.#sink = sink;
    this.#options = options;
    this.#delimiter = delimiterByte(options.delimiter ?? ',');
  }

  read(bytes: Uint8Array, start: number, end: number): LineProblem | undefined {
    if (start === end) return undefined;
    if (this.#atFirstLine) {
      this.#atFirstLine = false;
      const isHeader = this.#chooseColumns(bytes, start, end);
      if (isHeader) return undefined;
    }
    const problem = this.#split(bytes, start, end);
    if (problem !== undefined) return problem;
    if (!this.#readPage(bytes)) return NO_NUMBER;
    const write = this.#writeColumn < 0 ? 0 : this.#readWrite(bytes);
    if (write === undefined) return NO_WRITE;
    const { high, low } = this.#page;
    if (this.#options.address !== undefined) return this.#sink.bytes(high, low, 1, write);
    return this.#sink.page(high, low, write);
  }

  /** Settles the columns by the first line, and says whether it is a header. */
  #chooseColumns(bytes: Uint8Array, start: number, end: number): boolean {
    const { page, address, write } = this.#options;
    const chosen = address ?? page ?? '1';
    const names = this.#fields(bytes, start, end);
    this.#pageColumn = this.#columnOf(chosen, names);
    if (write !== undefined) this.#writeColumn = this.#columnOf(write, names);
    if (!isNumber(chosen) || (write !== undefined && !isNumber(write))) return true;
    if (this.#split(bytes, start, end) !== undefined) return false;
    // What is neither is an error of its line, as -5 is, not a header that may be skipped.
    return this.#pageStart < this.#pageEnd && beginsName(bytes[this.#pageStart]);
  }

  #columnOf(chosen: string, names: readonly string[]): number {
    if (isNumber(chosen)) {
      const column = Number(chosen);
      if (column >= 1 && column <= names.length) return column - 1;
      throw new InputError(
        `${this.#sink.name} has no column ${chosen}: its first line has ${names.length}.`,
        'columns count from 1; is the delimiter right?',
      );
    }
    const column = names.indexOf(chosen);
    if (column >= 0 && names.indexOf(chosen, column + 1) < 0) return column;
    const meant = nearest(chosen, names);
    throw new InputError(
      `${this.#sink.name} has ${column < 0 ? 'no' : 'more than one'} column ` +
        `named ${JSON.stringify(chosen)}.`,
      meant === undefined || column >= 0
        ? 'give its number, from 1, or its name as it stands in the first line'
        : `did you mean ${JSON.stringify(meant)}?`,
    );
  }

  /** The fields of a line as text; off the fast path. */
  #fields(bytes: Uint8Array, start: number, end: number): string[] {
    const fields: string[] = [];
    for (let at = start; at <= end; ) {
      const close = this.#fieldEnd(bytes, at, end);
      if (close < 0) break;
      const text = this.#decoder.decode(bytes.subarray(at, close));
      const isQuoted = text.startsWith('"');
      fields.push(isQuoted ? text.slice(1, -1).replaceAll('""', '"') : text.trim());
      at = close + 1;
    }
    return fields;
  }

  /** Finds the fields of the page and of the write. */
  #split(bytes: Uint8Array, start: number, end: number): LineProblem | undefined {
    const last = Math.max(this.#pageColumn, this.#writeColumn);
    let at = start;
    for (let column = 0; column <= last; column++) {
      if (at > end) return TOO_SHORT;
      const close = this.#fieldEnd(bytes, at, end);
      if (close < 0) return close === OPEN ? OPEN_QUOTE : AFTER_QUOTE;
      const quote = close > at && bytes[at] === QUOTE ? 1 : 0;
      if (column === this.#pageColumn) {
        this.#pageStart = skipBlanks(bytes, at + quote, close - quote);
        this.#pageEnd = dropBlanks(bytes, this.#pageStart, close - quote);
      }
      if (column === this.#writeColumn) {
        this.#writeStart = skipBlanks(bytes, at + quote, close - quote);
        this.#writeEnd = dropBlanks(bytes, this.#writeStart, close - quote);
      }
      at = close + 1;
    }
    return undefined;
  }

  /** The end of the field that begins at `at`: its delimiter or `end`; OPEN or CONTINUED. */
  #fieldEnd(bytes: Uint8Array, at: number, end: number): number {
    const delimiter = this.#delimiter;
    if (at === end || bytes[at] !== QUOTE) return findByte(bytes, delimiter, at, end);
    for (at++; at < end; at++) {
      if (bytes[at] !== QUOTE) continue;
      at++;
      if (at === end || bytes[at] === delimiter) return at;
      if (bytes[at] !== QUOTE) return CONTINUED;
    }
    return OPEN;
  }

  #readPage(bytes: Uint8Array): boolean {
    const start = this.#pageStart;
    const end = this.#pageEnd;
    return start < end && this.#page.read(bytes, start, end) === end;
  }

  #readWrite(bytes: Uint8Array): 0 | 1 | undefined {
    const start = this.#writeStart;
    const end = this.#writeEnd;
    for (const { word, write } of this.#spellings) {
      if (equalBytes(bytes, start, end, word)) return write;
    }
    const word = bytes.slice(start, end);
    const write = WRITE_WORDS.get(this.#decoder.decode(word).toLowerCase());
    if (write !== undefined) this.#spellings.push({ word, write });
    return write;
  }
}

/** The end without the blanks before it. */
function dropBlanks(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && isBlank(bytes[end - 1])) end--;
  return end;
}

/** An ASCII letter, an underscore, or what is not ASCII. */
function beginsName(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || byte === UNDERSCORE || byte >= 0x80;
}

function equalBytes(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let at = start; at < end; at++) if (bytes[at] !== word[at - start]) return false;
  return true;
}

/** Answers of `#fieldEnd` that are no position. */
const OPEN = -1;
const CONTINUED = -2;

function isNumber(column: string): boolean {
  return /^\d+$/.test(column);
}

function delimiterByte(delimiter: string): number {
  const character = delimiter === 'tab' || delimiter === '\\t' ? '\t' : delimiter;
  if (/^[\t\x20-\x7e]$/.test(character) && !/["\w.-]/.test(character)) {
    return character.charCodeAt(0);
  }
  throw new InputError(
    `${JSON.stringify(delimiter)} cannot separate fields.`,
    'a delimiter is one character such as , or ; or the word tab',
  );
}
