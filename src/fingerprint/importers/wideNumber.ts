/*
 * Numbers of 64 bits read from digits, as two halves of 32 bits: a double is exact to 53 bits only,
 * and a bigint a line would cost more than all the rest of an import.
 */

const ZERO = 0x30;
const LETTER_X = 0x78;
/** Up to here, one more decimal digit leaves a double exact. */
const ROOM_FOR_A_DIGIT = Math.floor((Number.MAX_SAFE_INTEGER - 9) / 10);

/** The value of each hexadecimal digit, −1 for any other byte. */
const HEX_DIGIT = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16);
  HEX_DIGIT[digit.charCodeAt(0)] = value;
  HEX_DIGIT[digit.toUpperCase().charCodeAt(0)] = value;
}

/** A register: each `read` leaves the number `high · 2³² + low` in it. */
export class WideNumber {
  high = 0;
  low = 0;

  /**
   * Reads decimal digits, or 0x and hexadecimal ones, that begin at `at`. Returns the position
   * after them, `at` when there is no number, −1 when it has more than 64 bits.
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] !== ZERO || at + 2 >= end || (bytes[at + 1] | 0x20) !== LETTER_X) {
      return this.#readDecimal(bytes, at, end);
    }
    const after = this.readHex(bytes, at + 2, end);
    return after === at + 2 ? at : after;
  }

  /** Reads hexadecimal digits without a prefix; returns as `read` does. */
  readHex(bytes: Uint8Array, at: number, end: number): number {
    let high = 0;
    let low = 0;
    for (; at < end; at++) {
      const digit = HEX_DIGIT[bytes[at]];
      if (digit < 0) break;
      if ((high & 0xf0000000) !== 0) return -1;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.high = high >>> 0;
    this.low = low >>> 0;
    return at;
  }

  #readDecimal(bytes: Uint8Array, at: number, end: number): number {
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      if (value > ROOM_FOR_A_DIGIT) return this.#readLongDecimal(bytes, at, end, value);
      value = value * 10 + digit;
    }
    // Bit operations: doubles in the fields would be boxed on their way to each reader.
    this.high = (value / 2 ** 32) | 0;
    this.low = value >>> 0;
    return at;
  }

  /** Goes on from the digits before `at`, which make `value`, in two halves. */
  #readLongDecimal(bytes: Uint8Array, at: number, end: number, value: number): number {
    let high = Math.floor(value / 2 ** 32);
    let low = value >>> 0;
    for (; at < end; at++) {
      const digit = bytes[at] - ZERO;
      if (digit < 0 || digit > 9) break;
      const product = low * 10 + digit;
      low = product >>> 0;
      high = high * 10 + Math.floor(product / 2 ** 32);
      if (high >= 2 ** 32) return -1;
    }
    this.high = high >>> 0;
    this.low = low;
    return at;
  }
}
