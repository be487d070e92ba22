/*
 * Pages against time: how often each block of memory was referenced in each stretch of time, and
 * how much of it a policy held in memory at the end of that stretch.
 *
 *   rows     blocks in order of address, several a row when there are too many
 *   columns  equal stretches of the reference string
 */
import type { FaultCounts } from '../engine/memory.ts';
import { replay } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import type { MemoryBlocks } from './memoryBlocks.ts';
import type { NamedPolicy } from './simulation.ts';

/** Cell (row, column) of a grid is at `row * columnCount + column`. */
export interface AccessGrid {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly pagesPerBlock: number;
  readonly blockCount: number;
  /** The row of each page. */
  readonly rowOf: Uint32Array;
  /** The first reference of each column, and the end. */
  readonly starts: readonly number[];
  /** References in each cell. */
  readonly counts: Float64Array;
}

export interface GridSize {
  readonly rows: number;
  readonly columns: number;
}

/** At most so many rows and columns. */
export function accessGrid(
  { pages }: Pick<ReferenceString, 'pages'>,
  { blockOf, blockCount, pagesPerBlock }: MemoryBlocks,
  size: GridSize,
): AccessGrid {
  const rowCount = Math.min(size.rows, blockCount);
  const columnCount = Math.min(size.columns, pages.length);
  const rowOf = blockOf.map((block) => Math.floor((block * rowCount) / blockCount));
  const starts = Array.from({ length: columnCount + 1 }, (_, column) =>
    Math.floor((column * pages.length) / columnCount),
  );
  const counts = new Float64Array(rowCount * columnCount);
  for (let column = 0; column < columnCount; column++) {
    for (let tick = starts[column]; tick < starts[column + 1]; tick++) {
      counts[rowOf[pages[tick]] * columnCount + column]++;
    }
  }
  return { rowCount, columnCount, pagesPerBlock, blockCount, rowOf, starts, counts };
}

export interface Residency {
  readonly counts: FaultCounts;
  /** Of the pages of each row, those in memory at the end of each column: 0 … 1. */
  readonly share: Float64Array;
}

/** The resident set of one run on the cells of `grid`. */
export function residentShare(
  references: ReferenceString,
  { rowCount, columnCount, rowOf, starts }: AccessGrid,
  run: { readonly policy: NamedPolicy; readonly frameCount: number; readonly seed: number },
): Residency {
  const { pages, pageCount, releases } = references;
  const evictedPages: number[] = [];
  const evictedAt: number[] = [];
  const counts = replay(references, {
    frameCount: run.frameCount,
    policy: run.policy.spec,
    options: run.policy.options,
    seed: run.seed,
    observe:
      ({ frames }) =>
      (victim, _wanted, tick) => {
        evictedPages.push(frames.pageOf[victim]);
        evictedAt.push(tick);
      },
  });

  const pagesInRow = new Float64Array(rowCount);
  for (const row of rowOf) pagesInRow[row]++;
  const isResident = new Uint8Array(pageCount);
  const residentInRow = new Float64Array(rowCount);
  const put = (page: number, resident: number): void => {
    residentInRow[rowOf[page]] += resident - isResident[page];
    isResident[page] = resident;
  };
  const share = new Float64Array(rowCount * columnCount);
  let release = 0;
  let eviction = 0;
  for (let column = 0; column < columnCount; column++) {
    for (let tick = starts[column]; tick < starts[column + 1]; tick++) {
      while (releases !== undefined && releases.ticks[release] === tick) {
        const end = releases.firstPage[release + 1];
        for (let i = releases.firstPage[release]; i < end; i++) put(releases.pages[i], 0);
        release++;
      }
      while (evictedAt[eviction] === tick) put(evictedPages[eviction++], 0);
      put(pages[tick], 1);
    }
    for (let row = 0; row < rowCount; row++) {
      share[row * columnCount + column] = residentInRow[row] / pagesInRow[row];
    }
  }
  return { counts, share };
}
