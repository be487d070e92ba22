/*
 * The plain format: one reference a line, `<page number, decimal or 0x…> [R|W]`; a read when the
 * letter is absent. `#` begins a comment, blank lines are skipped.
 */
import type { Fingerprint } from '../fingerprint.ts';
import { eachLine, isBlank, type LineProblem, skipBlanks } from './lines.ts';
import { type ImportOptions, ReferenceSink } from './referenceSink.ts';
import { WideNumber } from './wideNumber.ts';

const HASH = 0x23;
const LETTER_R = 0x52;
const LETTER_W = 0x57;

const SHAPE = 'a line is a page number, decimal or 0x…, then R, W or nothing: 0x3f2 W';
const NO_NUMBER: LineProblem = { what: 'does not begin with a page number', hint: SHAPE };
const NO_LETTER: LineProblem = { what: 'has neither R nor W after the page number', hint: SHAPE };
const TOO_MUCH: LineProblem = { what: 'goes on after its letter', hint: SHAPE };
const TOO_WIDE: LineProblem = {
  what: 'has a page number of more than 64 bits',
  hint: SHAPE,
};

/** Reads the plain format; pages may have 64 bits as long as their addresses do. */
export async function importPlain(
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<Fingerprint> {
  const sink = new ReferenceSink(options, 'plain');
  const page = new WideNumber();
  await eachLine(sink.name, chunks, (bytes, start, end) => {
    let at = skipBlanks(bytes, start, end);
    if (at === end || bytes[at] === HASH) return undefined;
    const begin = at;
    at = page.read(bytes, begin, end);
    if (at < 0) return TOO_WIDE;
    if (at === begin) return NO_NUMBER;
    if (at < end && !isBlank(bytes[at]) && bytes[at] !== HASH) return NO_NUMBER;
    at = skipBlanks(bytes, at, end);
    let write: 0 | 1 = 0;
    if (at < end && bytes[at] !== HASH) {
      if (bytes[at] !== LETTER_R && bytes[at] !== LETTER_W) return NO_LETTER;
      write = bytes[at] === LETTER_W ? 1 : 0;
      at = skipBlanks(bytes, at + 1, end);
      if (at < end && bytes[at] !== HASH) return TOO_MUCH;
    }
    return sink.page(page.high, page.low, write);
  });
  return sink.finish();
}
