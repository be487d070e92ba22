/** The program's own version, for results and models. */
import { readFileSync } from 'node:fs';
import { assert } from '../support/assert.ts';

/** The version in package.json, two folders up both from src/node and from dist/node. */
export function programVersion(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { version }: { version?: unknown } = JSON.parse(readFileSync(file, 'utf8'));
  assert(typeof version === 'string', 'the package has a version');
  return version;
}
