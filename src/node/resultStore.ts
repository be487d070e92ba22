/*
 * Finished pieces of work, kept under the digest of everything they depend on, so that work that
 * was interrupted or is asked for again does only what is missing. A folder, a small JSON file a
 * piece.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from './atomicWrite.ts';
import { fileError } from './fileErrors.ts';
import { programVersion } from './version.ts';

/** 16 hexadecimal digits of SHA-256 over the program's version and `parts`, in their order. */
export function keyOf(parts: readonly unknown[]): string {
  const text = JSON.stringify([programVersion(), ...parts]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * What a result under `policy` depends on besides the fingerprint: the name of the catalog, or the
 * content of the model or plan it names. Undefined for a user's module, which may import anything:
 * its results are not kept.
 */
export async function policyIdentity(policy: string): Promise<string | undefined> {
  const file = /^(?:model|plan):(.*?)(:[^:/\\]*=[^:/\\]*)?$/.exec(policy);
  if (file !== null) {
    const content = await readFile(file[1]).catch((error) => {
      throw fileError(error, file[1]);
    });
    const digest = createHash('sha256').update(content).digest('hex');
    return `${digest}${file[2] ?? ''}`;
  }
  return /[\\/]|\.(js|mjs|ts)(:|$)/.test(policy) ? undefined : policy;
}

export class ResultStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The value stored under `key`, else what `make` returns, stored if it is `worthKeeping`. */
  async getOrMake<T>(
    key: string,
    make: () => Promise<T>,
    worthKeeping: (value: T) => boolean,
  ): Promise<T> {
    const path = join(this.#folder, `${key}.json`);
    // Written whole or not at all; what is no JSON was damaged since, and is made again.
    if (existsSync(path)) {
      try {
        return JSON.parse(await readFile(path, 'utf8')) as T;
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
      }
    }
    const value = await make();
    if (!worthKeeping(value)) return value;
    await mkdir(this.#folder, { recursive: true });
    const bytes = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
    await writeAtomically(path, (sink) => sink.write(bytes));
    return value;
  }
}
