/** Public page traces for tests, read from the data folder beside the repository when it is there. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { decompress } from 'fzstd';
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';

const repositoryRoot = resolve(import.meta.dirname, '../..');

/** `../shared/data`, or undefined, with a warning, when it is absent. */
export function sharedData(neededFor: string): string | undefined {
  const folder = resolve(repositoryRoot, '../shared/data');
  if (existsSync(folder)) return folder;
  console.warn(`SKIPPED: ${neededFor} needs ../shared/data, which is not there.`);
  return undefined;
}

/** A file of `<page> [R|W]` lines under zstd; pages numbered by first use, all of a file. */
export function readTrace(path: string): ReferenceString {
  const text = decompress(readFileSync(path));
  // A reference is at least a digit and a newline.
  const pages = new Uint32Array(text.length / 2 + 1);
  const writes = new Uint8Array(text.length / 2 + 1);
  const numbers = new Map<number, number>();
  let length = 0;
  let at = 0;
  while (at < text.length) {
    let page = 0;
    for (; text[at] >= 48 && text[at] <= 57; at++) page = page * 10 + text[at] - 48;
    if (text[at] === 32) {
      writes[length] = text[at + 1] === 87 ? 1 : 0;
      at += 2;
    }
    if (text[at++] !== 10) throw new Error(`${path}: line ${length + 1} is no reference`);
    let number = numbers.get(page);
    if (number === undefined) numbers.set(page, (number = numbers.size));
    pages[length++] = number;
  }
  return {
    pages: pages.slice(0, length),
    writes: writes.slice(0, length),
    pageCount: numbers.size,
    kinds: new Uint8Array(numbers.size).fill(PageKind.File),
    releases: undefined,
  };
}

/** Without the references to the page referenced just before; which were writes is lost. */
export function withoutRepeats(references: ReferenceString): ReferenceString {
  const pages = references.pages.filter((page, tick, all) => tick === 0 || page !== all[tick - 1]);
  return { ...references, pages, writes: new Uint8Array(pages.length) };
}
