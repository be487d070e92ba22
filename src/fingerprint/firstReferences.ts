/** The beginning of a reference string, with the pages numbered as in the whole. */
import type { ReferenceString } from './fingerprint.ts';

/**
 * The first `count` references, and what is released before the last of them. Columns are shared.
 * Nothing in it depends on what follows but the number of pages.
 */
export function firstReferences(references: ReferenceString, count: number): ReferenceString {
  const { pages, writes, sequences, signatures, releases } = references;
  const rows = releases?.ticks.findIndex((tick) => tick >= count) ?? -1;
  const rowCount = rows < 0 ? releases?.ticks.length : rows;
  return {
    ...references,
    pages: pages.subarray(0, count),
    writes: writes.subarray(0, count),
    sequences: sequences?.subarray(0, count),
    signatures: signatures?.subarray(0, count),
    releases: releases && {
      ticks: releases.ticks.subarray(0, rowCount),
      firstPage: releases.firstPage.subarray(0, (rowCount ?? 0) + 1),
      pages: releases.pages,
    },
  };
}
