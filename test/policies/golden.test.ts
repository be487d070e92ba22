/*
 * Counts by independent programs, to the unit: page-ins on fourteen public traces, page-outs on the
 * three that tell writes. A first touch is a page-in, for all pages are of files. One trace comes
 * with the repository; the others are read from ../shared/data.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FaultCounts } from '../../src/engine/memory.ts';
import { computeNextUse, type NextUse } from '../../src/engine/nextUse.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { loadPolicies, resolvePolicy } from '../../src/node/policyCatalog.ts';
import { isLong } from '../support/long.ts';
import { readTrace, sharedData, withoutRepeats } from '../support/traces.ts';

const policies = await loadPolicies();
const golden = resolve(import.meta.dirname, '../golden');
const bundledTrace = 'cache2k_web07';

/** Names in the files of counts, and ours, with options. Who is not named here is not compared. */
const ID_OF: Readonly<Record<string, string>> = {
  FIFO: 'fifo',
  LRU: 'lru',
  LFU: 'lfu',
  'CLOCK(ref=1 on load)': 'clock',
  CLOCK1: 'clock',
  'CLOCK(ref=0 on load)': 'gclock:load=0,max=1',
  CLOCK0: 'gclock:load=0,max=1',
  SIEVE: 'sieve',
  'Belady-MIN': 'min',
  'MIN-cleantie': 'min',
  DEVIK: 'devik',
  ARC: 'arc',
  '2Q': '2q',
  'S3-FIFO': 's3-fifo',
  // The authors' program, whose limit on ghosts no trace here reaches.
  LIRS: 'lirs:ghosts=2500',
  DLIRS: 'dlirs',
};

/** Rows of variants that are not ours. */
const OTHER_VARIANTS: readonly RegExp[] = [
  // The LFU of the authors of Cacheus remembers pages that left; ours is the other program's.
  /,LFU,.*cacheus/,
  // Their ARC rounds down what the target is moved by; ours does as the paper.
  /,ARC,.*cacheus/,
  // The other program's S3-FIFO admits nothing when the small queue has room for one page or none.
  /,S3-FIFO,1?\d,/,
  // Both limit the whole stack, not the ghosts, to twice as many pages as there are frames.
  /,LIRS,.*(libCacheSim|cacheus)/,
];

/** All sizes of the longest traces take most of the time, so these but in `npm run check:long`. */
const KEPT_SIZES: Readonly<Record<string, readonly number[]>> = {
  arc_OLTP: [250, 1000, 5000, 37376],
  arc_P3: [8192],
  lirs_loop: [5, 100, 500, 1000],
};

/** Programs that pass over a reference to the page referenced just before. */
const SKIPS_REPEATS = /by Song Jiang/;

/** A line of a file of counts: `trace,policy,frames,references,misses,…`. */
interface Row {
  readonly trace: string;
  readonly id: string;
  readonly frameCount: number;
  readonly counts: readonly number[];
  readonly skipsRepeats: boolean;
}

/** The rows of the policies we have, with the first `columns` of their counts. */
function readRows(path: string, columns: number): Row[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .filter((line) => !OTHER_VARIANTS.some((variant) => variant.test(line)))
    .map((line) => ({ cells: line.split(','), skipsRepeats: SKIPS_REPEATS.test(line) }))
    .filter(({ cells: [, policy] }) => policy in ID_OF)
    .map(({ cells: [trace, policy, frames, , ...counts], skipsRepeats }) => ({
      trace,
      id: ID_OF[policy],
      frameCount: Number(frames),
      counts: counts.slice(0, columns).map(Number),
      skipsRepeats,
    }));
}

/** Read once for the tests of a trace, which follow one another. */
let open: { key: string; references: ReferenceString; nextUse: NextUse } | undefined;

function openTrace(path: string, skipsRepeats: boolean): NonNullable<typeof open> {
  const key = `${path} ${skipsRepeats}`;
  if (open?.key !== key) {
    const references = skipsRepeats ? withoutRepeats(readTrace(path)) : readTrace(path);
    open = { key, references, nextUse: computeNextUse(references) };
  }
  return open;
}

async function countsOn(
  path: string,
  { id, frameCount, skipsRepeats }: Omit<Row, 'trace' | 'counts'>,
): Promise<FaultCounts> {
  const { references, nextUse } = openTrace(path, skipsRepeats);
  const { spec: policy, options } = await resolvePolicy(id);
  return replayVerified(references, { policy, options, frameCount, seed: 1, nextUse });
}

type Column = keyof FaultCounts;

/** One test a trace and policy, over all memory sizes. */
function compare(folder: string, rows: readonly Row[], columns: readonly Column[]): void {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${row.id} on ${row.trace}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  describe(`other programs count the same ${columns.join(', ')} for`, () => {
    for (const [name, group] of groups) {
      it(`${name}, at ${group.length} memory sizes`, async () => {
        const ours: Row[] = [];
        for (const row of group) {
          const path = resolve(folder, `${row.trace}.pages.zst`);
          const counts = await countsOn(path, row);
          ours.push({
            ...row,
            counts: columns.map((column) => counts[column]),
          });
        }
        expect(ours).toEqual(group);
      });
    }
  });
}

compare(golden, readRows(resolve(golden, `${bundledTrace}.misses.csv`), 1), ['pageIns']);

describe('what it costs has not changed for', () => {
  it.each([...policies.keys()])('%s', async (id) => {
    const path = resolve(golden, `${bundledTrace}.pages.zst`);
    const rows: object[] = [];
    for (const frames of [409, 1638, 6554]) {
      const counts = await countsOn(path, { id, frameCount: frames, skipsRepeats: false });
      rows.push({ frames, ...counts });
    }
    const text = `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`;
    await expect(text).toMatchFileSnapshot(resolve(golden, `counts/${id}.json`));
  });
});

const data = sharedData('comparing counts on thirteen public traces');

if (data === undefined) it.skip('other programs count the same on the traces of ../shared/data');
else compareWith(data);

function compareWith(data: string): void {
  const traces = resolve(data, 'traces');

  const isKept = ({ trace, frameCount }: Row): boolean =>
    trace !== bundledTrace && (isLong || (KEPT_SIZES[trace]?.includes(frameCount) ?? true));
  compare(traces, readRows(resolve(data, 'reference-misses.csv'), 1).filter(isKept), ['pageIns']);

  const writebacks = readRows(resolve(data, 'reference-writebacks.csv'), 3);
  compare(traces, writebacks, ['pageIns', 'pageOuts', 'dirtyAtEnd']);
}
