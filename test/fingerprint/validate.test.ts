import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { validateFingerprint } from '../../src/fingerprint/validate.ts';
import { InputError } from '../../src/support/assert.ts';
import { SEED } from './arbitraries.ts';

function errorOf(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'valid';
}

const errorOfText = (text: string) => errorOf(() => parseFingerprint(text, 'x'));

it.each([
  ['a E R(0)', 'x: sequence "a", action 2: an action after E.'],
  ['a S(1) S(2) D(b,b) E E\nb U(a) U(a)', 'x: sequence "a", action 4: an action after E.'],
  ['a F(a)', 'x: sequence "a", action 1: a sequence forks itself.'],
  ['a F(b) F(b)\nb', 'x: sequence "a", action 2: "b" is forked twice.'],
  ['a F(c)\nb R(0) F(c)\nc', 'x: sequence "b", action 2: "c" is forked twice.'],
  ['a M(1,1,anonymous)', 'x: sequence "a", action 1: 0x1 is not the start of a page.'],
  ['a M(0,1,shm:7@8)', 'x: sequence "a", action 1: 0x8 is not the start of a page.'],
  [
    'a M(0xfffffffffffff000,2,anonymous)',
    'x: sequence "a", action 1: 2 pages from 0xfffffffffffff000 end beyond the 64th bit.',
  ],
  [
    'a S(1) M(0,4,anonymous) M(0x3000,1,anonymous)',
    'x: sequence "a", action 3: the map at 0x3000 overlaps another.',
  ],
  [
    'a M(0x1000,2,anonymous) R(0x2fff) W(0x3000)',
    'x: sequence "a", action 3: 0x3000 is outside any map.',
  ],
  [
    'a M(0,4,anonymous) R(0x1000) N(0x1000,1) R(0) R(0x1000)',
    'x: sequence "a", action 5: 0x1000 is outside any map.',
  ],
  ['a M(0,1,anonymous)\nb R(0)', 'x: sequence "b", action 1: 0x0 is outside any map.'],
  [
    'a M(0,1,anonymous) F(b) N(0,1)\nb R(0) N(0,1) R(0)',
    'x: sequence "b", action 3: 0x0 is outside any map.',
  ],
  [
    'a M(0,2,anonymous) N(0x1000,2)',
    'x: sequence "a", action 2: not all 2 pages from 0x1000 are mapped.',
  ],
  ['a R(0) N(0,1)', 'x: sequence "a", action 2: not all 1 pages from 0x0 are mapped.'],
])('refuses %j, naming sequence and action', (text, message) => {
  expect(errorOfText(text)).toBe(message);
});

it.each([
  'a F(b) M(0,1,anonymous) R(0)\nb M(0,1,anonymous) W(0)',
  'a M(0,2,anonymous) M(0x2000,2,anonymous) N(0x1000,2) R(0) R(0x3000) M(0x1000,1,anonymous)',
  'a M(0xfffffffffffff000,1,anonymous) R(0xffffffffffffffff)',
  'b R(0)\na M(0,1,anonymous) F(b)',
  'a U(a) D(a)',
  'a D(b) D(b)\nb',
  'a F(b) D(b)\nb F(c) D(c)\nc E',
])('accepts %j', (text) => {
  expect(errorOfText(text)).toBe('valid');
});

describe('a deadlock', () => {
  it.each([
    ['a D(a)', 'sequence "a" waits at action 1 for "a".'],
    [
      'a R(0) D(b)\nb S(1) S(1) R(0) D(a)',
      'sequence "a" waits at action 2 for "b", sequence "b" waits at action 3 for "a".',
    ],
    [
      'a U(b) D(b)\nb D(a,a) U(a)',
      'sequence "a" waits at action 2 for "b", sequence "b" waits at action 1 for "a".',
    ],
    ['a F(b)\nb F(a)', '"a" is never forked, "b" is never forked.'],
    [
      'a D(b) F(c)\nb D(c)\nc',
      'sequence "a" waits at action 1 for "b", sequence "b" waits at action 1 for "c", "c" is never forked.',
    ],
  ])('of %j names who waits for whom', (text, reasons) => {
    expect(errorOfText(text)).toBe(`x: a wait is never met: ${reasons}`);
  });

  it('of many names a few', () => {
    const text = Array.from({ length: 9 }, (_, i) => `s${i} D(s${(i + 1) % 9})`).join('\n');
    expect(errorOfText(text)).toMatch(/"s3" waits at action 1 for "s4", and 5 more are stuck\.$/);
  });

  it('is found exactly when playing in some other order gets stuck', () => {
    // Three sequences of waits, wakes and forks; the oracle plays whoever it can, at random.
    const step = fc.tuple(fc.constantFrom('D', 'U', 'U', 'F'), fc.nat(2));
    const program = fc.array(fc.array(step, { maxLength: 4 }), { minLength: 3, maxLength: 3 });
    const outcomes = { stuck: 0, ends: 0 };
    fc.assert(
      fc.property(
        program,
        fc.array(fc.nat(2), { minLength: 20, maxLength: 20 }),
        (lists, turns) => {
          const forks = lists.flat().filter(([letter]) => letter === 'F');
          const forksItself = lists.some((list, i) => list.some(([l, o]) => l === 'F' && o === i));
          fc.pre(!forksItself && new Set(forks.map(([, other]) => other)).size === forks.length);
          const text = lists
            .map((list, i) => `s${i} ${list.map(([l, other]) => `${l}(s${other})`).join(' ')}`)
            .join('\n');
          const ends = playsToTheEnd(lists, turns);
          outcomes[ends ? 'ends' : 'stuck']++;
          expect(errorOfText(text).startsWith('x: a wait is never met')).toBe(!ends);
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
    expect(Math.min(outcomes.stuck, outcomes.ends)).toBeGreaterThan(300);
  });
});

function playsToTheEnd(lists: [string, number][][], turns: readonly number[]): boolean {
  const done = lists.map(() => 0);
  const tokens: string[] = [];
  const unborn = new Set(
    lists.flat().flatMap(([letter, other]) => (letter === 'F' ? [other] : [])),
  );
  const hasEnded = (i: number) => !unborn.has(i) && done[i] === lists[i].length;
  const tryStep = (i: number): boolean => {
    if (unborn.has(i) || hasEnded(i)) return false;
    const [letter, other] = lists[i][done[i]];
    if (letter === 'U') tokens.push(`${i}>${other}`);
    if (letter === 'F') unborn.delete(other);
    if (letter === 'D' && !hasEnded(other)) {
      const token = tokens.indexOf(`${other}>${i}`);
      if (token < 0) return false;
      tokens.splice(token, 1);
    }
    done[i]++;
    return true;
  };
  for (const turn of turns) tryStep(turn);
  while ([2, 0, 1].some(tryStep));
  return lists.every((_, i) => hasEnded(i));
}

it('refuses columns that no builder would make', () => {
  const good = parseFingerprint('a R(1) S(1)\nb D(a)', 'x');
  const withFirst = (columns: Partial<Fingerprint['sequences'][0]>): Fingerprint => ({
    ...good,
    sequences: [{ ...good.sequences[0], ...columns }, good.sequences[1]],
  });
  const check = (fingerprint: Fingerprint) => errorOf(() => validateFingerprint(fingerprint));
  expect(check(good)).toBe('valid');
  expect(check({ ...good, sequences: [] })).toBe('x: there is no sequence.');
  expect(check({ ...good, pageSizeBytes: 7 })).toMatch('a page of 7 bytes is not possible');
  const place = 'x: sequence "a", action';
  expect(check(withFirst({ actions: Uint8Array.of(0) }))).toMatch('columns differ in length');
  expect(check(withFirst({ offsets: Uint32Array.of(1) }))).toMatch('columns differ in length');
  for (const action of [0, 1, 3, 4, 5, 6, 7, 8, 9, 255]) {
    const actions = Uint8Array.of(action, 2);
    expect(check(withFirst({ actions, operands: Uint32Array.of(2, 1) }))).toBe(
      action === 5
        ? `${place} 2: an action after E.`
        : `${place} 1: code ${action} with operand 2 means nothing.`,
    );
  }
  expect(check(withFirst({ offsets: Uint32Array.of(4096, 0) }))).toBe(
    `${place} 1: byte 4096 is not in a page.`,
  );
  expect(check(withFirst({ offsets: Uint32Array.of(0, 1) }))).toBe(
    `${place} 2: byte 1 is not in a page.`,
  );
});

it('runs a chain of ten thousand sequences, and a tree of as many forks', () => {
  const chain = new FingerprintBuilder({ name: 'chain' });
  const tree = new FingerprintBuilder({ name: 'tree' });
  for (let i = 0; i < 10_000; i++) {
    chain.declare(`s${i}`);
    tree.declare(`s${i}`);
  }
  for (let i = 0; i < 10_000; i++) {
    if (i > 0) chain.wake(i, i - 1);
    if (i < 9_999) chain.wait(i, i + 1);
    if (i === 0) tree.map(0, { address: 0n, pageCount: 1, backing: { kind: 'anonymous' } });
    for (const child of [2 * i + 1, 2 * i + 2]) if (child < 10_000) tree.fork(i, child);
    tree.referencePage(i, 0, 0, 1);
  }
  expect(chain.finish().sequences.length).toBe(10_000);
  expect(tree.finish().sequences.length).toBe(10_000);
});
