/*
 * The lines of a text as it streams by, as ranges of bytes: no string a line, and no more memory
 * than a chunk and one unfinished line, whatever comes.
 *
 *   chunk n       … 12 W \n 13 \n 1 │            the tail "1" is kept
 *   chunk n + 1                   1 │ 4 R \n …   and joined with what follows
 *
 * A format whose lines nearly all look alike may have a quick reader too, which finds the end of
 * the line as it reads: one look at each byte instead of two. What it leaves is read as others are.
 *
 * A reader gets each line without its line feed or carriage return, and answers with what is wrong
 * with it, a constant, or nothing. The message, with place and line, is built here, once.
 */
import { InputError } from '../../support/assert.ts';

/** What is wrong with a line, to be read after it: `"7 X" has neither R nor W after the page`. */
export interface LineProblem {
  readonly what: string;
  readonly hint: string;
}

/** Reads `bytes[start] … bytes[end − 1]`. */
export type LineReader = (bytes: Uint8Array, start: number, end: number) => LineProblem | undefined;

/**
 * Reads the line that begins at `start` if it is an ordinary one and whole before `end`; returns
 * where the next line begins, or −1, and then nothing has happened.
 */
export type QuickReader = (bytes: Uint8Array, start: number, end: number) => number;

/** No trace has a longer one; a file without line feeds is refused before it fills the memory. */
const LINE_BYTES_MAX = 64 * 1024;
const EXCERPT_BYTES = 40;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const BLANK = 0x20;

/** Whether a byte separates words. */
export function isBlank(byte: number): boolean {
  return byte === BLANK || byte === TAB;
}

/** The first byte from `at` on that is not blank, or `end`. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank(bytes[at])) at++;
  return at;
}

/** The first `byte` from `at` on, `end` when there is none before it. */
export function findByte(bytes: Uint8Array, byte: number, at: number, end: number): number {
  while (at < end && bytes[at] !== byte) at++;
  return at;
}

/**
 * Calls `read` for every line of `chunks`; the last needs no line feed, and a byte order mark is
 * skipped. Throws an InputError, in the name of `name`, for the first line that `read` rejects and
 * for one that is longer than 64 KiB.
 */
export async function eachLine(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  read: LineReader,
  quick: QuickReader = () => -1,
): Promise<void> {
  const splitter = new LineSplitter(name, read, quick);
  for await (const chunk of chunks) splitter.push(chunk);
  splitter.end();
}

class LineSplitter {
  readonly #name: string;
  readonly #read: LineReader;
  readonly #quick: QuickReader;
  /** The begin of a line whose end is still to come. */
  #tail: Uint8Array = new Uint8Array(0);
  #line = 1;

  constructor(name: string, read: LineReader, quick: QuickReader) {
    this.#name = name;
    this.#read = read;
    this.#quick = quick;
  }

  push(chunk: Uint8Array): void {
    let start = this.#tail.length === 0 ? 0 : this.#endTail(chunk);
    while (start < chunk.length) {
      const next = this.#quick(chunk, start, chunk.length);
      if (next >= 0) {
        start = next;
        this.#line++;
        continue;
      }
      const end = findByte(chunk, LINE_FEED, start, chunk.length);
      if (end === chunk.length) break;
      this.#take(chunk, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#tail = chunk.slice(start);
    if (this.#tail.length > LINE_BYTES_MAX) this.#refuseLongLine();
  }

  /** Reads the line begun before, if it ends in `chunk`; returns where the next one begins. */
  #endTail(chunk: Uint8Array): number {
    const end = findByte(chunk, LINE_FEED, 0, chunk.length);
    const bytes = joined(this.#tail, chunk.subarray(0, end));
    if (end === chunk.length) {
      this.#tail = bytes;
      return end;
    }
    this.#tail = new Uint8Array(0);
    this.#take(bytes, 0, bytes.length);
    return end + 1;
  }

  end(): void {
    if (this.#tail.length > 0) this.#take(this.#tail, 0, this.#tail.length);
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > LINE_BYTES_MAX) this.#refuseLongLine();
    if (end > start && bytes[end - 1] === CARRIAGE_RETURN) end--;
    if (this.#line === 1 && startsWithMark(bytes, start, end)) start += 3;
    const problem = this.#read(bytes, start, end);
    if (problem !== undefined) this.#refuse(bytes.subarray(start, end), problem);
    this.#line++;
  }

  #refuse(line: Uint8Array, problem: LineProblem): never {
    const excerpt = readable(line);
    if (excerpt === undefined) {
      throw new InputError(
        `${this.#name}, line ${this.#line} is not text.`,
        'the file may be in a binary format, or compressed in one that is not known here',
      );
    }
    throw new InputError(
      `${this.#name}, line ${this.#line}: "${excerpt}" ${problem.what}.`,
      problem.hint,
    );
  }

  #refuseLongLine(): never {
    throw new InputError(
      `${this.#name}, line ${this.#line} is longer than ${LINE_BYTES_MAX} bytes.`,
      'the file is probably not in this format, or not text at all',
    );
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function startsWithMark(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 3) return false;
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
}

/** The begin of a line for a message, undefined when it is not printable text. */
function readable(line: Uint8Array): string | undefined {
  if (line.some((byte) => byte < BLANK && byte !== TAB)) return undefined;
  // As a stream, the decoder keeps back a character that the cut has halved.
  const text = new TextDecoder().decode(line.subarray(0, EXCERPT_BYTES), { stream: true });
  if (text.includes('\ufffd')) return undefined;
  return line.length > EXCERPT_BYTES ? `${text}…` : text;
}
