/*
 * Bytes written one after the other and read back, with whole numbers as varints: seven bits a
 * byte, least significant first, the eighth bit set on all but the last (LEB128).
 */
import { assert, InputError } from './assert.ts';

const LENGTH_MIN = 64;

export class ByteWriter {
  #bytes = new Uint8Array(LENGTH_MIN);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow();
    this.#bytes[this.#length++] = value;
  }

  /** A whole number below 2⁵³: one byte below 128, at most eight. */
  varint(value: number): void {
    assert(value >= 0 && value <= Number.MAX_SAFE_INTEGER, 'a varint is a safe whole number');
    while (value >= 128) {
      this.byte((value % 128) | 128);
      value = Math.floor(value / 128);
    }
    this.byte(value);
  }

  /** What was written. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

/** Reads what a ByteWriter wrote, and refuses everything else. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #position = 0;

  /** `what` names the bytes in errors: "block writes of x.evfp". */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  /** How many bytes were read. */
  get position(): number {
    return this.#position;
  }

  byte(): number {
    if (this.#position === this.#bytes.length) throw this.damaged('it ends early');
    return this.#bytes[this.#position++];
  }

  /** A whole number of at most `max`, itself below 2⁵³. */
  varint(max: number): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (value > max) throw this.damaged('a number is too large');
      if (byte < 128) {
        // A last byte of zero adds nothing: the same number could be written shorter.
        if (byte === 0 && weight > 1) throw this.damaged('a number is padded');
        return value;
      }
      weight *= 128;
      if (weight > 2 ** 49) throw this.damaged('a number is too long');
    }
  }

  /** Everything was read. */
  end(): void {
    if (this.#position < this.#bytes.length) throw this.damaged('bytes are left over');
  }

  damaged(how: string): InputError {
    return new InputError(`${this.#what} is damaged: ${how}.`, 'make or fetch the file again');
  }
}
