/*
 * What everyEdge.c does under each of its words, and the story its fingerprint must tell: waits,
 * wakes, forks, exits, long sleeps, and whatever concerns the pages at the program's own addresses.
 */
import { expect } from 'vitest';
import { Action } from '../../src/fingerprint/action.ts';
import type { Fingerprint, Mapping } from '../../src/fingerprint/fingerprint.ts';

/** The program's pages, by `AT(i)`. */
const FIRST_PAGE = 0x2000000n;
const PAGE_COUNT = 64n;
const LONG_NS = 10_000_000;
/** The window of files read and written by descriptor begins here. */
const WINDOW_PAGE = 1n << 40n;

export interface Scenario {
  readonly word: string;
  /** A file of two pages, or a name for a socket. */
  readonly argument?: 'file' | 'socket';
  /** A line a sequence; a RegExp where timing decides how a stream is cut into calls. */
  readonly story: readonly (string | RegExp)[];
}

export const SCENARIOS: readonly Scenario[] = [
  {
    word: 'fork',
    story: [
      'every U(every) F(every#2) U(every#2) D(every#2) E',
      'every#2 D(every) F(every#3) U(every#3) D(every#3) E',
      'every#3 D(every#2) E',
    ],
  },
  {
    // The end of the pipe is told by the close; the byte back and the exit by one wait each.
    word: 'pipe',
    story: [
      /^every U\(every\) F\(every#2\) U\(every#2\)( U\(every#2\))+( D\(every#2\))+ U\(every#2\) D\(every#2\) D\(every#2\) E$/,
      /^every#2 D\(every\)( D\(every\)| U\(every\))+ D\(every\) U\(every\) E$/,
    ],
  },
  {
    // Waits of the thread: for its start, for the condition, for the mutex. The join waits for E.
    word: 'threads',
    story: [
      /^every U\(every\) M\(0,1,shm\) W\(0\) F\(every\/2\) U\(every\/2\) S\(long\)( U\(every\/2\))+ D\(every\/2\) E$/,
      /^every\/2 D\(every\)( D\(every\))+ W\(0\) E$/,
    ],
  },
  {
    // What the child writes is a copy, told as R N M W; what it reads is its parent's page. The page of
    // a private file is copied once, for all threads.
    word: 'threadfork',
    argument: 'file',
    story: [
      'every U(every) M(0,3,shm) M(8,2,private file) W(0) W(1) W(2) R(8) N(8,1) M(8,1,shm+) W(8) ' +
        'F(every/2) U(every/2) D(every/2) F(every/3) U(every/3) D(every/3) F(every#2) U(every#2) D(every#2) ' +
        'W(1) E',
      'every/2 D(every) S(long) W(0) E',
      'every/3 D(every) S(long) W(8) E',
      'every#2 D(every) R(1) N(1,1) M(1,1,anonymous) W(1) R(2) E',
    ],
  },
  {
    // Copied by the leader before the thread was there, by the other thread after it was.
    word: 'forkthread',
    story: [
      'every U(every) M(0,2,anonymous) W(0) W(1) F(every#2) U(every#2) D(every#2) E',
      'every#2 D(every) R(0) N(0,1) M(0,1,shm) W(0) F(every#2/2) U(every#2/2) D(every#2/2) ' +
        'F(every#2/3) U(every#2/3) N(1,1) M(1,1,shm+) D(every#2/3) W(1) E',
      'every#2/2 D(every#2) S(long) W(0) E',
      'every#2/3 D(every#2) S(long) R(1) N(1,1) M(1,1,shm+) W(1) E',
    ],
  },
  {
    word: 'movedfork',
    story: [
      'every U(every) M(0,2,shm) W(0) W(1) M(16,2,shm) N(0,2) F(every#2) U(every#2) D(every#2) E',
      'every#2 D(every) R(16) N(16,1) M(16,1,anonymous) W(16) E',
    ],
  },
  {
    // The poll that timed out is a sleep, the one that was ready a wait; so is the read.
    word: 'poll',
    story: [
      'every U(every) S(long) F(every#2) U(every#2) D(every#2) D(every#2) E',
      'every#2 D(every) S(long) U(every) E',
    ],
  },
  {
    word: 'epoll',
    story: [
      'every U(every) F(every#2) U(every#2) D(every#2) D(every#2) E',
      'every#2 D(every) S(long) U(every) E',
    ],
  },
  {
    // One object for both.
    word: 'shared',
    story: [
      'every U(every) M(0,2,shm) W(0) F(every#2) U(every#2) D(every#2) R(0) E',
      'every#2 D(every) W(0) W(1) E',
    ],
  },
  { word: 'systemv', story: ['every U(every) M(0,2,shm) W(0) N(0,2) E'] },
  {
    // The page read through the window is the file's own, as page 1 of the shared map is.
    word: 'file',
    argument: 'file',
    story: [
      'every U(every) M(0,2,private file) M(8,2,shared file) R(1) W(0) W(8) R(file 1) W(file 0) E',
    ],
  },
  {
    // What moves keeps its pages; what was thrown away comes back as another object.
    word: 'unmap',
    story: [
      'every U(every) M(0,4,shm) W(0) W(1) W(2) W(3) N(1,1) N(2,1) M(2,1,shm+) R(2) ' +
        'M(16,1,shm+) M(17,1,shm@3) N(2,1) N(3,1) M(18,1,shm++) W(17) E',
    ],
  },
  {
    word: 'cow',
    story: [
      'every U(every) M(0,2,anonymous) W(0) W(1) F(every#2) U(every#2) D(every#2) W(1) E',
      'every#2 D(every) W(0) E',
    ],
  },
  { word: 'exec', story: ['every U(every) E'] },
  {
    word: 'vfork',
    story: ['every U(every) F(every#2) U(every#2) D(every#2) E', 'every#2 D(every) E'],
  },
  {
    // The child ends because it was killed: it waits for that.
    word: 'kill',
    story: [
      'every U(every) F(every#2) U(every#2) D(every#2) S(long) U(every#2) D(every#2) E',
      'every#2 D(every) M(0,1,anonymous) W(0) U(every) D(every) E',
    ],
  },
  {
    word: 'socket',
    story: [
      'every U(every) F(every#2) U(every#2) U(every#2) D(every#2) D(every#2) E',
      'every#2 D(every) D(every) U(every) E',
    ],
  },
  {
    word: 'connect',
    argument: 'socket',
    story: [
      'every U(every) F(every#2) U(every#2) D(every#2) D(every#2) U(every#2) D(every#2) E',
      'every#2 D(every) U(every) U(every) D(every) E',
    ],
  },
];

export function checkScenario({ story }: Scenario, fingerprint: Fingerprint): void {
  const told = tellStory(fingerprint);
  expect(told.length).toBe(story.length);
  told.forEach((line, i) => {
    if (typeof story[i] === 'string') expect(line).toBe(story[i]);
    else expect(line).toMatch(story[i]);
  });
}

/** A line a sequence. Objects of shared memory after the first have a + each. */
function tellStory(fingerprint: Fingerprint): string[] {
  const { sequences, mappings, ranges, pageNumbers } = fingerprint;
  const objects: string[] = [];
  const backed = ({ backing }: Mapping): string => {
    if (backing.kind === 'anonymous') return backing.kind;
    if (backing.kind === 'file') return `${backing.shared ? 'shared' : 'private'} file`;
    if (!objects.includes(backing.id)) objects.push(backing.id);
    const offset = backing.offset === 0n ? '' : `@${backing.offset / 4096n}`;
    return `shm${'+'.repeat(objects.indexOf(backing.id))}${offset}`;
  };
  const own = new Set<string>();
  return sequences.map(({ name, actions, operands }) => {
    const words: string[] = [];
    // Windows of the files the program maps itself, by their first page.
    const windows: { first: bigint; end: bigint }[] = [];
    for (let row = 0; row < actions.length; row++) {
      const operand = operands[row];
      const place = (range: { address: bigint; pageCount: number }): bigint | undefined => {
        const i = range.address / 4096n - FIRST_PAGE;
        return i >= 0n && i < PAGE_COUNT ? i : undefined;
      };
      let word: string | undefined;
      switch (actions[row]) {
        case Action.Read:
        case Action.Write: {
          const letter = actions[row] === Action.Read ? 'R' : 'W';
          const page = pageNumbers[operand];
          const window = windows.find(({ first, end }) => page >= first && page < end);
          if (window !== undefined) word = `${letter}(file ${page - window.first})`;
          const i = page - FIRST_PAGE;
          if (i >= 0n && i < PAGE_COUNT) word = `${letter}(${i})`;
          break;
        }
        case Action.Sleep:
          if (operand >= LONG_NS) word = 'S(long)';
          break;
        case Action.Wait:
          word = `D(${sequences[operand].name})`;
          break;
        case Action.Wake:
          word = `U(${sequences[operand].name})`;
          break;
        case Action.Fork:
          word = `F(${sequences[operand].name})`;
          break;
        case Action.Exit:
          word = 'E';
          break;
        case Action.Map: {
          const mapping = mappings[operand];
          const { backing, pageCount } = mapping;
          const i = place(mapping);
          if (i !== undefined) {
            word = `M(${i},${pageCount},${backed(mapping)})`;
            if (backing.kind === 'file') own.add(backing.path);
          }
          const first = mapping.address / 4096n;
          if (backing.kind === 'file' && first >= WINDOW_PAGE && own.has(backing.path)) {
            windows.push({ first, end: first + BigInt(pageCount) });
          }
          break;
        }
        case Action.Unmap: {
          const i = place(ranges[operand]);
          if (i !== undefined) word = `N(${i},${ranges[operand].pageCount})`;
          break;
        }
      }
      // Said again: the filter tells the first and the last of a page's touches in a row.
      const repeats = word !== undefined && /^[RW]/.test(word) && wasTold(words, word);
      if (word !== undefined && !repeats) words.push(word);
    }
    return [name, ...words].join(' ');
  });
}

/** Whether the page of a read was referenced since it was last mapped. */
function wasTold(words: readonly string[], word: string): boolean {
  const page = word.slice(2, -1);
  const write = words.lastIndexOf(`W(${page})`);
  const last = word.startsWith('W') ? write : Math.max(words.lastIndexOf(word), write);
  const barriers = word.startsWith('W') ? /^[DF]\(/ : /^D\(/;
  return (
    last > words.findLastIndex((other) => other.startsWith(`M(${page},`)) &&
    last > words.findLastIndex((other) => barriers.test(other))
  );
}
