/*
 * The words of the notation, one after the other, with the place each stands at.
 *
 *   bare word   no blank and none of ( ) , " # @
 *   quoted      "…" with the escapes of JSON, on one line
 *   # …         a comment, to the end of the line
 */
import { InputError } from '../support/assert.ts';

const NEWLINE = 10;
const BLANK_MAX = 32;
const QUOTE = 34;
const HASH = 35;
const BACKSLASH = 92;
/** ( ) , " # @ by character code. */
const ENDS_WORD = new Set([40, 41, 44, QUOTE, HASH, 64]);

/** What can stand without quotes; printable ASCII only, so that no two words look alike. */
const BARE = /^[!$-'*+\--?A-~]+$/;

/** A name, path or value as the notation writes it. */
export function printWord(word: string): string {
  return BARE.test(word) ? word : JSON.stringify(word);
}

export class NotationScanner {
  readonly #text: string;
  readonly #source: string;
  #position = 0;
  #line = 1;
  #lineStart = 0;

  /** `source` names the text in errors. */
  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
    // A byte order mark is no part of the text.
    if (text.charCodeAt(0) === 0xfeff) this.#position = 1;
  }

  get atEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  /** Of the current line, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Whether nothing but blanks and a comment is left on the line; passes over the blanks. */
  atLineEnd(): boolean {
    const text = this.#text;
    for (; this.#position < text.length; this.#position++) {
      const code = text.charCodeAt(this.#position);
      if (code === NEWLINE || code === HASH) return true;
      if (code > BLANK_MAX) return false;
    }
    return true;
  }

  nextLine(): void {
    const newline = this.#text.indexOf('\n', this.#position);
    this.#position = newline < 0 ? this.#text.length : newline + 1;
    this.#line++;
    this.#lineStart = this.#position;
  }

  /** Passes over `character` if it is next, after blanks. */
  accept(character: string): boolean {
    if (this.atLineEnd() || this.#text[this.#position] !== character) return false;
    this.#position++;
    return true;
  }

  expect(character: string, hint: string): void {
    if (!this.accept(character)) {
      throw this.error(`${character} is missing before ${this.#next()}`, hint);
    }
  }

  /** A bare word, '' when there is none. */
  bareWord(): string {
    if (this.atLineEnd()) return '';
    const text = this.#text;
    const start = this.#position;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code <= BLANK_MAX || ENDS_WORD.has(code)) break;
    }
    this.#position = end;
    return text.slice(start, end);
  }

  /** A bare or quoted word; `what` it should be, for the error. */
  word(what: string): string {
    if (!this.atLineEnd() && this.#text.charCodeAt(this.#position) === QUOTE) return this.#quoted();
    const word = this.bareWord();
    if (word === '') {
      throw this.error(
        `${what} is missing before ${this.#next()}`,
        'write it bare, or in double quotes if it has blanks or any of ( ) , " # @',
      );
    }
    return word;
  }

  /** A whole number of at most 64 bits, decimal or 0x…; `what` it is, for the error. */
  number(what: string): bigint {
    const place = this.place();
    const word = this.bareWord();
    const digits = /^(?:0[xX]0*([0-9a-fA-F]*)|0*(\d*))$/.exec(word);
    if (word === '' || /^0x$/i.test(word) || digits === null) {
      const found = word === '' ? this.#next() : JSON.stringify(word);
      throw this.error(`${found} is not ${what}`, 'write a whole number, decimal or 0x…', place);
    }
    const isShort = (digits[1]?.length ?? 0) <= 16 && (digits[2]?.length ?? 0) <= 20;
    const value = isShort ? BigInt(word) : -1n;
    if (!isShort || value >= 1n << 64n) {
      throw this.error(`${what} of more than 64 bits`, 'the greatest is 0xffffffffffffffff', place);
    }
    return value;
  }

  /** Where the next word begins. */
  place(): number {
    this.atLineEnd();
    return this.#position;
  }

  /** An error at `place`, on this line. */
  error(message: string, hint: string, place = this.place()): InputError {
    const column = place - this.#lineStart + 1;
    return new InputError(`${this.#source}:${this.#line}:${column}: ${message}.`, hint);
  }

  #quoted(): string {
    const text = this.#text;
    const start = this.#position;
    let end = start + 1;
    while (end < text.length && text.charCodeAt(end) !== QUOTE) {
      if (text.charCodeAt(end) === NEWLINE) break;
      end += text.charCodeAt(end) === BACKSLASH ? 2 : 1;
    }
    try {
      const word: string = JSON.parse(text.slice(start, end + 1));
      this.#position = end + 1;
      return word;
    } catch {
      throw this.error(
        'a quoted word does not end well',
        'end it with " on the same line; inside, write \\" \\\\ \\n as in JSON',
      );
    }
  }

  #next(): string {
    return this.atLineEnd() ? 'the end of the line' : JSON.stringify(this.#text[this.#position]);
  }
}
