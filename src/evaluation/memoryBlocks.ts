/*
 * Pages as blocks of memory: runs of 2^k pages, aligned, within one object (a file, shared memory,
 * an anonymous map, or an address space as a whole). Only blocks that hold a page that is used are
 * counted, so the holes of an address space take no room in a picture.
 *
 *   object 0   pages  7 8 9 · · · 22        object 1   pages 0 1
 *   4 pages a block:  ─┬─ ──┬      ─┬─                 ─┬─
 *                      0    1       2                   3          numbered in this order
 */
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';

/** The coarsest view: what one kernel interface calls a memory block is 64 MB and more. */
export const BLOCK_BYTES_MAX = 2 ** 26;

export interface MemoryBlocks {
  readonly pagesPerBlock: number;
  /** The block of each page. */
  readonly blockOf: Uint32Array;
  readonly blockCount: number;
}

/** Sizes of blocks in pages: 1, 2, 4 … up to 64 MB, or 1 when a page is larger. */
export function blockSizes(pageSizeBytes: number): number[] {
  const sizes = [1];
  while (2 * sizes[sizes.length - 1] * pageSizeBytes <= BLOCK_BYTES_MAX) {
    sizes.push(2 * sizes[sizes.length - 1]);
  }
  return sizes;
}

/** O(pages · log pages). A page without a place is its own number in one object. */
export function memoryBlocks(
  { places, pageCount }: Pick<ReferenceString, 'places' | 'pageCount'>,
  pagesPerBlock: number,
): MemoryBlocks {
  assert(Number.isInteger(Math.log2(pagesPerBlock)), 'a block is a power of two of pages');
  const objectOf = (page: number): number => places?.objects[page] ?? 0;
  const indexOf = (page: number): number =>
    Math.floor((places?.indices[page] ?? page) / pagesPerBlock);
  const order = Uint32Array.from({ length: pageCount }, (_, page) => page).sort(
    (a, b) => objectOf(a) - objectOf(b) || indexOf(a) - indexOf(b),
  );
  const blockOf = new Uint32Array(pageCount);
  let blockCount = 0;
  for (let i = 0; i < pageCount; i++) {
    const page = order[i];
    const last = order[i - 1];
    const isSame = i > 0 && objectOf(page) === objectOf(last) && indexOf(page) === indexOf(last);
    if (!isSame) blockCount++;
    blockOf[page] = blockCount - 1;
  }
  return { pagesPerBlock, blockOf, blockCount };
}

/** The finest blocks that are at most `countMax`; the coarsest there are when none is so few. */
export function fittingBlocks(
  references: Pick<ReferenceString, 'places' | 'pageCount'>,
  pageSizeBytes: number,
  countMax: number,
): MemoryBlocks {
  const sizes = blockSizes(pageSizeBytes);
  for (const size of sizes) {
    const blocks = memoryBlocks(references, size);
    if (blocks.blockCount <= countMax || size === sizes[sizes.length - 1]) return blocks;
  }
  throw new RangeError('there is always one size of blocks');
}

/** What a workload uses of memory when it is handed out in blocks of one size. */
export interface GranularityRow {
  readonly blockBytes: number;
  /** Blocks with a page that is used. */
  readonly blocks: number;
  /** Of the pages in these blocks, those that are used, in percent; two pages may share a place. */
  readonly usedPercent: number;
}

/** A row a size of blocks, from one page to 64 MB. */
export function granularity(
  references: Pick<ReferenceString, 'places' | 'pageCount'>,
  pageSizeBytes: number,
): GranularityRow[] {
  const places = memoryBlocks(references, 1).blockCount;
  return blockSizes(pageSizeBytes).map((pagesPerBlock) => {
    const { blockCount } = memoryBlocks(references, pagesPerBlock);
    return {
      blockBytes: pagesPerBlock * pageSizeBytes,
      blocks: blockCount,
      usedPercent: (100 * places) / (blockCount * pagesPerBlock),
    };
  });
}
