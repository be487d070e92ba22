import { expect, it } from 'vitest';
import {
  EMPTY_LEAF,
  LEAF_LENGTH,
  NOTHING,
  PageTableLeaves,
} from '../../src/fingerprint/pageTableLeaves.ts';

it('takes new leaves, empty and with one user, and keeps the others while it grows', () => {
  const leaves = new PageTableLeaves();
  for (let i = 1; i <= 1000; i++) {
    const leaf = leaves.take();
    expect(leaf).not.toBe(EMPTY_LEAF);
    expect(leaves.users[leaf]).toBe(1);
    const entries = leaves.entries.subarray(leaf * LEAF_LENGTH, (leaf + 1) * LEAF_LENGTH);
    expect(entries.every((entry) => entry === NOTHING)).toBe(true);
    entries.fill(i);
  }
  const counts = new Map<number, number>();
  for (const entry of leaves.entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  for (let i = 1; i <= 1000; i++) {
    expect(counts.get(i)).toBe(LEAF_LENGTH);
  }
});

it('takes again what was given back', () => {
  const leaves = new PageTableLeaves();
  const taken = Array.from({ length: 5 }, () => leaves.take());
  for (const leaf of taken) leaves.giveBack(leaf);
  const again = Array.from({ length: 5 }, () => leaves.take());
  expect(new Set(again)).toEqual(new Set(taken));
});

it('takes back no leaf that somebody uses', () => {
  const leaves = new PageTableLeaves();
  const leaf = leaves.take();
  leaves.users[leaf]++;
  expect(() => leaves.giveBack(leaf)).toThrow('last user');
  expect(() => leaves.giveBack(EMPTY_LEAF)).toThrow('last user');
});
