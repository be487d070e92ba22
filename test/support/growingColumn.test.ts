import { expect, it } from 'vitest';
import { GrowingColumn } from '../../src/support/growingColumn.ts';

it.each([0, 1, 63, 64, 65, 127, 128, 129, 5000, 2 ** 21 + 3])('joins %i values', (length) => {
  const column = GrowingColumn.uint32();
  const expected = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    expected[i] = (i * 2654435761) >>> 0;
    column.push(expected[i]);
  }
  expect(column.length).toBe(length);
  expect(Buffer.compare(Buffer.from(column.join().buffer), Buffer.from(expected.buffer))).toBe(0);
});

it('takes stretches of any length between single values', () => {
  const column = GrowingColumn.uint32();
  const expected: number[] = [];
  for (const length of [0, 1, 62, 1, 64, 200, 3, 3000, 2 ** 20, 2 ** 21 + 5]) {
    const stretch = Uint32Array.from({ length }, (_, i) => expected.length + i);
    column.append(stretch);
    column.push(7);
    for (const value of stretch) expected.push(value);
    expected.push(7);
  }
  expect(column.length).toBe(expected.length);
  const values = Buffer.from(column.join().buffer);
  expect(Buffer.compare(values, Buffer.from(Uint32Array.from(expected).buffer))).toBe(0);
});

it.each([0, 1, 99, 100, 101, 300])('holds %i values where 100 were expected', (length) => {
  const column = GrowingColumn.uint8();
  column.reserve(100);
  for (let i = 0; i < length; i++) column.push(i % 7);
  expect(column.length).toBe(length);
  expect(column.join()).toEqual(Uint8Array.from({ length }, (_, i) => i % 7));
  expect(() => column.push(1)).toThrow('nothing is pushed after the join');
});

it('says in a line that there is no room', () => {
  expect(() => GrowingColumn.uint32().reserve(2 ** 50)).toThrow(
    'there is no room for a column of 1125899906842624 numbers.',
  );
});

it('keeps bytes in a column of bytes', () => {
  const column = GrowingColumn.uint8();
  for (let i = 0; i < 300; i++) column.push(i);
  expect(column.join()).toEqual(Uint8Array.from({ length: 300 }, (_, i) => i));
});

it('is spent once joined', () => {
  const column = GrowingColumn.uint8();
  column.push(1);
  column.join();
  expect(() => column.push(2)).toThrow('nothing is pushed after the join');
  expect(() => column.join()).toThrow('a column is joined once');
});
