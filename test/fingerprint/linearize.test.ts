import fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Action } from '../../src/fingerprint/action.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import { type Fingerprint, PageKind } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';
import { takeTurns } from '../../src/fingerprint/turns.ts';
import { anyFingerprint, SEED } from './arbitraries.ts';

/** `W3 R0 …`: each reference with its page number. */
function orderOf(fingerprint: Fingerprint): string {
  const { pages, writes } = linearize(fingerprint);
  return Array.from(pages, (page, tick) => {
    const letter = writes[tick] === 1 ? 'W' : 'R';
    return letter + fingerprint.pageNumbers[page];
  }).join(' ');
}

/** Rows of the releases as `tick: page numbers`. */
function releasesOf(fingerprint: Fingerprint): string[] {
  const { releases } = linearize(fingerprint);
  return Array.from(releases?.ticks ?? [], (tick, row) => {
    const pages = releases!.pages.subarray(releases!.firstPage[row], releases!.firstPage[row + 1]);
    return `${tick}: ${Array.from(pages, (page) => fingerprint.pageNumbers[page]).join(' ')}`;
  });
}

const text = (lines: string, directives = '') =>
  parseFingerprint(`@page-size 1\n${directives}\n${lines}`, 'x');

it('runs the canonical example to its end', () => {
  const sortls = fs.readFileSync(new URL('./sortls.txt', import.meta.url), 'utf8');
  const fingerprint = parseFingerprint(`@page-size 1\n${sortls}`, 'sortls');
  const [w123, w343, r432, r234, r34] = [0x123, 0x343, 0x432, 0x234, 0x34];
  expect(orderOf(fingerprint)).toBe(`W${w123} W${w343} R${r432} R${r234} R${r34}`);
});

describe('the order', () => {
  it.each([
    ['a R(1) S(2) R(2)\nb R(3) S(1) R(4)', 'R1 R3 R4 R2', 'is that of local times'],
    ['a S(1) R(1)\nb S(1) R(2)', 'R1 R2', 'is that of the lines at equal times'],
    ['a D(b) R(1)\nb R(2) U(a) R(3)', 'R2 R1 R3', 'gives way at once to an earlier line woken'],
    ['a R(1) U(b) R(2)\nb D(a) R(3)', 'R1 R2 R3', 'does not give way to a later line woken'],
    ['a S(9) U(b)\nb D(a) S(1) R(1)\nc S(10) R(2)', 'R1 R2', 'resumes at the time of the wake'],
    ['a U(b)\nb S(5) D(a) R(1)\nc S(4) R(2)', 'R2 R1', 'does not turn time back for an old wake'],
    ['a D(b) R(1)\nb R(2) S(3)\nc S(2) R(3)', 'R2 R3 R1', 'waits for a sleep at the end of a list'],
    ['a F(c) R(1)\nb R(2)\nc R(3)', 'R1 R2 R3', 'starts a child at the fork'],
    ['c R(3)\na S(7) F(c) R(1)\nb S(8) R(2)', 'R3 R1 R2', 'starts it before an earlier parent'],
    ['a S(4294967295) S(2) R(1)\nb S(4294967296) R(2)', 'R2 R1', 'counts beyond 32 bits'],
  ])('of %j is %s: it %s', (lines, order) => {
    expect(orderOf(text(lines))).toBe(order);
  });
});

describe('an exit', () => {
  it('gives back the pages nobody else references, before the next reference', () => {
    const fingerprint = text('a R(1) W(2) E\nb S(1) R(2) R(3) E\nc S(2) R(4)');
    expect(releasesOf(fingerprint)).toEqual(['2: 1', '4: 3']);
  });

  it('of a lone sequence gives everything back at the end', () => {
    expect(releasesOf(text('a R(1) S(1) W(2) E'))).toEqual(['2: 1 2']);
  });

  it('gives nothing back that is in a file, or shared, and the end of a list gives back nothing', () => {
    expect(linearize(text('a R(1) E', '@backing file')).releases).toBeUndefined();
    expect(linearize(text('a R(1) E\nb R(1) E')).releases).toBeUndefined();
    expect(linearize(text('a R(1)\nb R(2)')).releases).toBeUndefined();
    expect(linearize(text('a E')).releases).toBeUndefined();
  });
});

it('says of every page what backs it', () => {
  const kinds = (backing: string) => [...linearize(text('a R(1) R(2)', backing)).kinds];
  expect(kinds('@backing file')).toEqual([PageKind.File, PageKind.File]);
  expect(kinds('@backing anonymous')).toEqual([PageKind.Anonymous, PageKind.Anonymous]);
});

/** One action at a time of the sequence that is next, all looked at anew; the end is an action. */
function naiveOrder({ sequences }: Fingerprint): { pages: number[]; exits: [number, number][] } {
  const state = sequences.map(() => ({ row: 0, ns: 0, ended: false, born: true }));
  for (const { actions, operands } of sequences) {
    actions.forEach((action, row) => {
      if (action === Action.Fork) state[operands[row]].born = false;
    });
  }
  const tokens: { from: number; to: number; ns: number }[] = [];
  const pages: number[] = [];
  const exits: [number, number][] = [];
  const endedNs = sequences.map(() => 0);
  /** When it may act, or Infinity. */
  const readyNs = (i: number): number => {
    const { row, ns, ended, born } = state[i];
    if (ended || !born) return Infinity;
    if (sequences[i].actions[row] !== Action.Wait) return ns;
    const other = sequences[i].operands[row];
    const token = tokens.find(({ from, to }) => from === other && to === i);
    if (token !== undefined) return Math.max(ns, token.ns);
    return state[other].ended ? Math.max(ns, endedNs[other]) : Infinity;
  };
  for (;;) {
    let next = 0;
    for (let i = 1; i < state.length; i++) if (readyNs(i) < readyNs(next)) next = i;
    const now = readyNs(next);
    if (now === Infinity) return { pages, exits };
    const mine = state[next];
    const action = sequences[next].actions[mine.row];
    const operand = sequences[next].operands[mine.row];
    mine.ns = now;
    if (action === undefined) {
      mine.ended = true;
      endedNs[next] = now;
    } else if (action === Action.Read || action === Action.Write) pages.push(operand);
    else if (action === Action.Sleep) mine.ns += operand;
    else if (action === Action.Wake) tokens.push({ from: next, to: operand, ns: now });
    else if (action === Action.Fork) Object.assign(state[operand], { born: true, ns: now });
    else if (action === Action.Exit) exits.push([pages.length, next]);
    else if (action === Action.Wait) {
      const token = tokens.findIndex(({ from, to }) => from === operand && to === next);
      // What has ended is waited for no more, tokens or not.
      if (token >= 0 && !state[operand].ended) tokens.splice(token, 1);
    }
    mine.row++;
  }
}

it('is what playing one action at a time gives', () => {
  /** With maps too: the pages as addresses. */
  const playedInTurns = ({ sequences }: Fingerprint): number[] => {
    const pages: number[] = [];
    takeTurns(sequences, (sequence, from, to) => {
      const { actions, operands } = sequences[sequence];
      for (let row = from; row < to; row++) {
        if (actions[row] <= Action.Write) pages.push(operands[row]);
      }
    });
    return pages;
  };
  fc.assert(
    fc.property(anyFingerprint, (fingerprint) => {
      const naive = naiveOrder(fingerprint);
      expect(playedInTurns(fingerprint)).toEqual(naive.pages);
      if (fingerprint.mappings.length > 0) return;
      const { pages, writes, releases } = linearize(fingerprint);
      expect([...pages]).toEqual(naive.pages);
      expect(writes.length).toBe(pages.length);
      const owners = new Map<number, Set<number>>();
      fingerprint.sequences.forEach(({ actions, operands }, sequence) => {
        operands.forEach((page, row) => {
          if (actions[row] > Action.Write) return;
          owners.set(page, (owners.get(page) ?? new Set()).add(sequence));
        });
      });
      const expected = naive.exits
        .map(([tick, sequence]) => {
          const own = [...owners].filter(([, set]) => set.size === 1 && set.has(sequence));
          return [tick, ...own.map(([page]) => page).sort((a, b) => a - b)];
        })
        .filter((row) => fingerprint.backing === 'anonymous' && row.length > 1);
      const rows = Array.from(releases?.ticks ?? [], (tick, row) => [
        tick,
        ...releases!.pages.subarray(releases!.firstPage[row], releases!.firstPage[row + 1]),
      ]);
      expect(rows).toEqual(expected);
    }),
    { seed: SEED, numRuns: 800 },
  );
});

it('interleaves ten thousand sequences', () => {
  const count = 10_000;
  const free = new FingerprintBuilder({ name: 'many', backing: 'file' });
  for (let i = 0; i < count; i++) free.declare(`s${i}`);
  for (let i = 0; i < count; i++) {
    free.sleep(i, count - i);
    free.referencePage(i, 0, i, 0);
    if (i > 0) free.wake(i, i - 1);
    if (i < count - 1) free.wait(i, i + 1);
    free.referencePage(i, 0, i, 1);
  }
  const { pages, writes } = linearize(free.finish());
  // The last one sleeps least; each wakes the one before, which has just slept 1 ns longer.
  const expected = Array.from({ length: 2 * count }, (_, i) => count - 1 - (i >> 1));
  expect(Array.from(pages)).toEqual(expected);
  expect(Array.from(writes)).toEqual(expected.map((_, i) => i & 1));
});
