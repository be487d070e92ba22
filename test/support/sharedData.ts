/** The public traces and instances beside the checkout; absent on most machines. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** True where the file is there; else says on stderr what is missing and which test is skipped. */
export function hasSharedData(file: string, what: string): boolean {
  const isThere = existsSync(`${root}${file}`);
  if (!isThere) console.warn(`SKIPPED: ${what}: ../shared/data/${file} is not on this machine`);
  return isThere;
}

export function readSharedData(file: string): Buffer {
  return readFileSync(`${root}${file}`);
}
