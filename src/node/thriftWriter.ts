/*
 * Structs of Thrift in its compact protocol, as far as Parquet's own metadata needs them:
 *
 *   struct   field, field, …, 0
 *   field    steps from the last field's number · 16 + type      value
 *   int      2 · value, a varint       text   length, UTF-8       list   length · 16 + type, values
 *
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import { assert } from '../support/assert.ts';
import { ByteWriter } from '../support/byteColumns.ts';

const INT = 5;
const LONG = 6;
const TEXT = 8;
const LIST = 9;
const STRUCT = 12;
/** Lists of so many have their length behind the type. */
const LONG_LIST = 15;

/** Fields in ascending order of their numbers; whole numbers that are not negative. */
export class ThriftWriter {
  readonly #out = new ByteWriter();
  #lastField = 0;

  int(field: number, value: number): this {
    this.#field(field, INT);
    this.#number(value);
    return this;
  }

  long(field: number, value: number): this {
    this.#field(field, LONG);
    this.#number(value);
    return this;
  }

  text(field: number, value: string): this {
    this.#field(field, TEXT);
    this.#text(value);
    return this;
  }

  /** `write` gives its fields. */
  struct(field: number, write: () => void): this {
    this.#field(field, STRUCT);
    this.#struct(write);
    return this;
  }

  ints(field: number, values: readonly number[]): this {
    return this.#list(field, INT, values, (value) => this.#number(value));
  }

  texts(field: number, values: readonly string[]): this {
    return this.#list(field, TEXT, values, (value) => this.#text(value));
  }

  structs<T>(field: number, items: readonly T[], write: (item: T, i: number) => void): this {
    return this.#list(field, STRUCT, items, (item, i) => this.#struct(() => write(item, i)));
  }

  /** Ends the outermost struct and returns all of it. */
  end(): Uint8Array {
    this.#out.byte(0);
    return this.#out.bytes();
  }

  #field(field: number, type: number): void {
    const steps = field - this.#lastField;
    assert(steps >= 1 && steps <= 15, 'fields ascend in short steps');
    this.#out.byte(16 * steps + type);
    this.#lastField = field;
  }

  #list<T>(
    field: number,
    type: number,
    items: readonly T[],
    write: (item: T, i: number) => void,
  ): this {
    this.#field(field, LIST);
    this.#out.byte(16 * Math.min(items.length, LONG_LIST) + type);
    if (items.length >= LONG_LIST) this.#out.varint(items.length);
    items.forEach(write);
    return this;
  }

  #struct(write: () => void): void {
    const outer = this.#lastField;
    this.#lastField = 0;
    write();
    this.#out.byte(0);
    this.#lastField = outer;
  }

  /** Zigzag: the sign is the lowest bit. */
  #number(value: number): void {
    this.#out.varint(2 * value);
  }

  #text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.#out.varint(bytes.length);
    for (const byte of bytes) this.#out.byte(byte);
  }
}
