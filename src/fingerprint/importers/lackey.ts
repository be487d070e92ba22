/*
 * Valgrind's lackey, `--tool=lackey --trace-mem=yes`: an access a line, address in hexadecimal,
 * size in decimal bytes.
 *
 *   I  04001000,3      instruction fetch: a read
 *    L 1ffeffe7e0,8    load: a read
 *    S 1ffeffe7d8,8    store: a write
 *    M 0421c7cc,4      modify: load and store of the same bytes
 *
 * A modify is one write: the load before it makes the same page resident a moment earlier, so that
 * with two references every count of faults would be the same. An access that straddles pages
 * touches each of them. Valgrind's own lines, `==pid==` and `--pid--`, are skipped.
 */
import type { Fingerprint } from '../fingerprint.ts';
import { eachLine, type LineProblem } from './lines.ts';
import { type ImportOptions, ReferenceSink } from './referenceSink.ts';
import { WideNumber } from './wideNumber.ts';

export interface LackeyOptions {
  /** Whether instruction fetches are references; default true. */
  readonly instructions?: boolean | undefined;
}

const LINE_FEED = 0x0a;
const BLANK = 0x20;
const COMMA = 0x2c;
const DASH = 0x2d;
const ZERO = 0x30;
const EQUALS = 0x3d;
const LETTER_I = 0x49;
const LETTER_L = 0x4c;
const LETTER_M = 0x4d;
const LETTER_S = 0x53;

/** ` L 1ffeffe7e0123456,8` and a line feed. */
const ORDINARY_BYTES_MAX = 22;

/** Far above the largest access of a processor, the saving of its registers. */
const ACCESS_BYTES_MAX = 64 * 1024;

const NOT_AN_ACCESS: LineProblem = {
  what: 'is not an access as lackey prints them',
  hint: 'record with --log-file=FILE, so that output of the program does not get in between',
};
const TOO_WIDE: LineProblem = {
  what: 'has an address of more than 64 bits',
  hint: 'addresses have at most 16 hexadecimal digits; is the line damaged?',
};

/** Reads the output of lackey; anything but accesses and Valgrind's own lines is an error. */
export async function importLackey(
  chunks: AsyncIterable<Uint8Array>,
  options: ImportOptions & LackeyOptions,
): Promise<Fingerprint> {
  const sink = new ReferenceSink(options, 'lackey');
  const withInstructions = options.instructions ?? true;
  const address = new WideNumber();
  const size = new WideNumber();
  /** An access of at most nine bytes. One that the sink refuses is refused again below. */
  const quick = (bytes: Uint8Array, start: number, end: number): number => {
    if (end - start < ORDINARY_BYTES_MAX) return -1;
    const letter = accessLetter(bytes, start);
    if (letter === 0) return -1;
    const comma = address.readHex(bytes, start + 3, end);
    if (comma <= start + 3 || bytes[comma] !== COMMA) return -1;
    const digit = bytes[comma + 1] - ZERO;
    if (!(digit >= 1 && digit <= 9) || bytes[comma + 2] !== LINE_FEED) return -1;
    if (letter !== LETTER_I || withInstructions) {
      const write = letter === LETTER_S || letter === LETTER_M ? 1 : 0;
      if (sink.bytes(address.high, address.low, digit, write) !== undefined) return -1;
    }
    return comma + 3;
  };
  await eachLine(
    sink.name,
    chunks,
    (bytes, start, end) => {
      if (start === end || isValgrindsOwn(bytes, start)) return undefined;
      const letter = accessLetter(bytes, start);
      if (letter === 0) return NOT_AN_ACCESS;
      const comma = address.readHex(bytes, start + 3, end);
      if (comma < 0) return TOO_WIDE;
      if (comma === start + 3 || bytes[comma] !== COMMA) return NOT_AN_ACCESS;
      const after = size.read(bytes, comma + 1, end);
      if (after !== end || after === comma + 1) return NOT_AN_ACCESS;
      const { high, low: byteCount } = size;
      if (high > 0 || byteCount === 0 || byteCount > ACCESS_BYTES_MAX) return NOT_AN_ACCESS;
      if (letter === LETTER_I && !withInstructions) return undefined;
      const write = letter === LETTER_S || letter === LETTER_M ? 1 : 0;
      return sink.bytes(address.high, address.low, byteCount, write);
    },
    quick,
  );
  return sink.finish();
}

function isValgrindsOwn(bytes: Uint8Array, start: number): boolean {
  const first = bytes[start];
  return (first === EQUALS || first === DASH) && bytes[start + 1] === first;
}

/** I, L, S or M, each in its column; 0 when there is none. A line feed ends any line too short. */
function accessLetter(bytes: Uint8Array, start: number): number {
  const first = bytes[start];
  const second = bytes[start + 1];
  if (bytes[start + 2] !== BLANK) return 0;
  if (first === LETTER_I && second === BLANK) return LETTER_I;
  if (first !== BLANK) return 0;
  return second === LETTER_L || second === LETTER_S || second === LETTER_M ? second : 0;
}
