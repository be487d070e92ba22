/*
 * A folder whose modules are a list: joining it means adding a file, and nothing else changes.
 *
 *   features/age.ts      export const feature = …  ┐
 *   features/dirty.ts    export const feature = …  ├─►  [age, dirty, …]  in order of id
 *
 * The same code reads src/ under a test runner that takes TypeScript, and dist/ when compiled.
 */
import { readdir } from 'node:fs/promises';
import { assert } from '../support/assert.ts';

/** Source or compiled module, but no declaration or source map. */
const MODULE_NAME = /^(?!.*\.d\.ts$).*\.(ts|js)$/;

/**
 * What every module of `folder` exports under `exportName`, ordered by id. The caller says by `T`
 * what that is; here only the names are checked: each module has the export, and ids differ.
 */
export async function readModuleFolder<T extends { readonly id: string }>(
  folder: URL,
  exportName: string,
): Promise<readonly T[]> {
  const names = (await readdir(folder)).filter((name) => MODULE_NAME.test(name)).sort();
  assert(names.length > 0, 'a folder of modules is not empty');
  const items: T[] = [];
  for (const name of names) {
    const module: Readonly<Record<string, unknown>> = await import(new URL(name, folder).href);
    assert(module[exportName] !== undefined, 'every module of the folder has the export');
    // A module cannot be typed by its folder; its define… function checked it when it was compiled.
    items.push(module[exportName] as T);
  }
  assert(new Set(items.map((item) => item.id)).size === items.length, 'ids differ');
  return items.sort((a, b) => (a.id < b.id ? -1 : 1));
}
