/** Reference strings for tests, as text: `7 0 1 2w 0 3`, a `w` marks a write. */
import {
  PageKind,
  type ReferenceString,
  type Releases,
} from '../../src/fingerprint/fingerprint.ts';

/**
 * Pages keep their numbers. File-backed by default; `anonymous` takes all pages, or a list of them.
 * `x3` before a reference releases page 3 there, as an exit would.
 */
export function references(
  text: string,
  options: { anonymous?: boolean | readonly number[] } = {},
): ReferenceString {
  const pages: number[] = [];
  const writes: number[] = [];
  const released: [number, number][] = [];
  for (const word of text.trim().split(/\s+/)) {
    const match = /^(x?)(\d+)(w?)$/.exec(word);
    if (match === null) throw new Error(`not a reference: ${word}`);
    if (match[1] === 'x') released.push([pages.length, Number(match[2])]);
    else {
      pages.push(Number(match[2]));
      writes.push(match[3] === 'w' ? 1 : 0);
    }
  }
  return stringOf(pages, writes, { ...options, released });
}

/** The same from columns; `released` lists [tick, page], ascending by tick. */
export function stringOf(
  pages: readonly number[],
  writes: readonly number[],
  options: {
    anonymous?: boolean | readonly number[];
    released?: readonly (readonly [number, number])[];
  } = {},
): ReferenceString {
  const { anonymous = false, released = [] } = options;
  const pageCount = Math.max(0, ...pages, ...released.map(([, page]) => page)) + 1;
  const isAnonymous = (page: number): boolean =>
    typeof anonymous === 'boolean' ? anonymous : anonymous.includes(page);
  return {
    pages: Uint32Array.from(pages),
    writes: Uint8Array.from(writes),
    pageCount,
    kinds: Uint8Array.from({ length: pageCount }, (_, page) =>
      isAnonymous(page) ? PageKind.Anonymous : PageKind.File,
    ),
    releases: released.length === 0 ? undefined : releasesOf(released),
  };
}

function releasesOf(released: readonly (readonly [number, number])[]): Releases {
  const ticks = [...new Set(released.map(([tick]) => tick))];
  const rows = ticks.map((tick) => released.filter(([at]) => at === tick).map(([, page]) => page));
  const firstPage = [0];
  for (const row of rows) firstPage.push(firstPage[firstPage.length - 1] + row.length);
  return {
    ticks: Int32Array.from(ticks),
    firstPage: Int32Array.from(firstPage),
    pages: Uint32Array.from(rows.flat()),
  };
}
