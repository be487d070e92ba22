/** What is in a fingerprint, in numbers. */
import { Action } from './action.ts';
import type { Fingerprint, ReferenceString } from './fingerprint.ts';

export interface FingerprintSummary {
  readonly sequences: number;
  /** As a reader counts them in the notation: sleeps in a row are one, D(a,b) is one. */
  readonly actions: number;
  readonly references: number;
  readonly reads: number;
  readonly writes: number;
  /** Distinct pages. */
  readonly pages: number;
  /** Pages that more than one sequence references; null with maps, where addresses don't tell. */
  readonly sharedPages: number | null;
}

/** One pass over the actions; 4 bytes a page. */
export function summarizeFingerprint(fingerprint: Fingerprint): FingerprintSummary {
  const { sequences, pageNumbers, mappings } = fingerprint;
  const counts = new Float64Array(Object.keys(Action).length);
  /** The last sequence seen at each page, counted from 1; the sign marks a second one. */
  const userOf = new Int32Array(pageNumbers.length);
  let joined = 0;
  let sharedPages = 0;
  sequences.forEach(({ actions, operands }, sequence) => {
    const user = sequence + 1;
    for (let row = 0; row < actions.length; row++) {
      const action = actions[row];
      counts[action]++;
      if (action > Action.Write) {
        const isListed = action === Action.Sleep || action === Action.Wait;
        if (isListed && row > 0 && actions[row - 1] === action) joined++;
        continue;
      }
      const page = operands[row];
      if (userOf[page] === 0) userOf[page] = user;
      else if (userOf[page] > 0 && userOf[page] !== user) {
        userOf[page] = -user;
        sharedPages++;
      }
    }
  });
  const reads = counts[Action.Read];
  const writes = counts[Action.Write];
  return {
    sequences: sequences.length,
    actions: counts.reduce((sum, count) => sum + count, 0) - joined,
    references: reads + writes,
    reads,
    writes,
    pages: pageNumbers.length,
    sharedPages: mappings.length > 0 ? null : sharedPages,
  };
}

export interface ObjectPageCounts {
  /** Pages that are told apart in memory: what percentages of memory sizes are of. */
  readonly objectPages: number;
  /** Of these, the ones that more than one sequence references. */
  readonly sharedPages: number;
}

/** Of the references as they are replayed, where maps are resolved; 4 bytes a page. */
export function countObjectPages({
  pages,
  pageCount,
  sequences,
}: Pick<ReferenceString, 'pages' | 'pageCount' | 'sequences'>): ObjectPageCounts {
  if (sequences === undefined) return { objectPages: pageCount, sharedPages: 0 };
  /** 1 + the sequence that used it first; the sign marks a second one. */
  const userOf = new Int32Array(pageCount);
  let sharedPages = 0;
  for (let tick = 0; tick < pages.length; tick++) {
    const page = pages[tick];
    const user = sequences[tick] + 1;
    if (userOf[page] === 0) userOf[page] = user;
    else if (userOf[page] > 0 && userOf[page] !== user) {
      userOf[page] = -user;
      sharedPages++;
    }
  }
  return { objectPages: pageCount, sharedPages };
}
