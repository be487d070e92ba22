import { describe, expect, it } from 'vitest';
import { Action } from '../../src/fingerprint/action.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';

const { Read, Write, Sleep, Map: MapAction, Unmap } = Action;

describe('a fingerprint', () => {
  it('is the same however the calls interleaved its sequences', () => {
    const build = (order: readonly number[]) => {
      const builder = new FingerprintBuilder({ name: 'x', pageSizeBytes: 16 });
      const a = builder.declare('a');
      const b = builder.declare('b');
      const range = (address: bigint) => ({ address, pageCount: 1 });
      const queues = [
        [
          () => builder.map(a, { ...range(0x30n), backing: { kind: 'anonymous' } }),
          () => builder.read(a, 0x30n),
          () => builder.unmap(a, range(0x30n)),
        ],
        [
          () => builder.map(b, { ...range(0x50n), backing: { kind: 'anonymous' } }),
          () => builder.write(b, 0x51n),
          () => builder.unmap(b, range(0x50n)),
        ],
      ];
      for (const sequence of order) queues[sequence].shift()!();
      return builder.finish();
    };
    const expected = build([0, 0, 0, 1, 1, 1]);
    expect(expected.pageNumbers).toEqual(BigUint64Array.of(3n, 5n));
    expect(expected.sequences[1].actions).toEqual(Uint8Array.of(MapAction, Write, Unmap));
    expect(expected.sequences[1].operands).toEqual(Uint32Array.of(1, 1, 1));
    expect(build([1, 1, 1, 0, 0, 0])).toEqual(expected);
    expect(build([1, 0, 1, 0, 1, 0])).toEqual(expected);
  });

  it('has offsets only where one is not 0', () => {
    const builder = new FingerprintBuilder({ name: 'x' });
    const [a, b] = [builder.declare('a'), builder.declare('b')];
    builder.read(a, 0x1000n);
    builder.referencePage(b, 0, 1, 1);
    builder.sleep(b, 3);
    builder.write(b, 0x1fffn);
    builder.referencePage(b, 0, 2, 0);
    const { sequences, pageNumbers } = builder.finish();
    expect(sequences[0].offsets).toBeUndefined();
    expect(sequences[1].actions).toEqual(Uint8Array.of(Write, Sleep, Write, Read));
    expect(sequences[1].offsets).toEqual(Uint32Array.of(0, 0, 0xfff, 0));
    expect(pageNumbers).toEqual(BigUint64Array.of(1n, 2n));
  });

  it('keeps pages of 64 bits, of pages as small as a byte', () => {
    const builder = new FingerprintBuilder({ name: 'x', pageSizeBytes: 1 });
    const a = builder.declare('a');
    builder.read(a, 2n ** 64n - 1n);
    builder.referencePage(a, 0xffffffff, 0xffffffff, 1);
    expect(builder.finish().pageNumbers).toEqual(BigUint64Array.of(2n ** 64n - 1n));
  });

  it('keeps what it was told at the beginning', () => {
    const builder = new FingerprintBuilder({
      name: 'x',
      backing: 'file',
      origin: { tool: 'hand' },
    });
    builder.declare('a');
    const { name, pageSizeBytes, backing, origin } = builder.finish();
    expect({ name, pageSizeBytes, backing, origin }).toEqual({
      name: 'x',
      pageSizeBytes: 4096,
      backing: 'file',
      origin: { tool: 'hand' },
    });
  });
});

it('adds sleeps up, drops those of nothing, and cuts long ones into full chunks and a rest', () => {
  const operandsOf = (...sleeps: number[]) => {
    const builder = new FingerprintBuilder({ name: 'x' });
    const a = builder.declare('a');
    for (const ns of sleeps) builder.sleep(a, ns);
    return [...builder.finish().sequences[0].operands];
  };
  const full = 2 ** 32 - 1;
  expect(operandsOf(0, 0)).toEqual([]);
  expect(operandsOf(1, 0, 2)).toEqual([3]);
  expect(operandsOf(full)).toEqual([full]);
  expect(operandsOf(full, 1)).toEqual([full, 1]);
  expect(operandsOf(5, 3 * full)).toEqual([full, full, full, 5]);
});

it.each([
  ['two sequences of one name', (b: FingerprintBuilder) => b.declare('a'), 'are named "a"'],
  ['a sleep that never ends', (b: FingerprintBuilder) => b.sleep(0, 2 ** 53 - 1), 'too long'],
])('refuses %s', (_, call, message) => {
  const builder = new FingerprintBuilder({ name: 'x' });
  builder.sleep(builder.declare('a'), 2 ** 53 - 1);
  expect(() => call(builder)).toThrow(message);
});

it.each([0, 3, -4, 1.5, 2 ** 31, Number.NaN])('refuses pages of %d bytes', (pageSizeBytes) => {
  expect(() => new FingerprintBuilder({ name: 'x', pageSizeBytes })).toThrow('is not possible');
});
