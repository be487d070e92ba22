/*
 * A folder whose modules are a list: joining it means adding a file, and nothing else changes.
 *
 *   features/age.ts      export const feature = …  ┐
 *   features/dirty.ts    export const feature = …  ├─►  [age, dirty, …]  in order of id
 *
 * The same code reads src/ under a test runner that takes TypeScript, and dist/ when compiled.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { assert } from '../support/assert.ts';

/** Source or compiled module, but no declaration or source map. */
const MODULE_NAME = /^(?!.*\.d\.ts$).*\.(ts|js)$/;

/**
 * What the module of `folder` named after `id` exports, `s3-fifo` in s3Fifo.ts; undefined when
 * there is none, or it is of something else. So that who wants one need not read all.
 */
export async function readModule<T extends { readonly id: string }>(
  folder: URL,
  exportName: string,
  id: string,
): Promise<T | undefined> {
  const name = id.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const file = new URL(`${name}${extname(import.meta.url)}`, folder);
  if (!/^[a-z0-9][\w.-]*$/i.test(name) || !existsSync(file)) return undefined;
  const module: Readonly<Record<string, unknown>> = await import(file.href);
  // As below: the define… function checked it when it was compiled.
  const item = module[exportName] as T | undefined;
  return item?.id === id ? item : undefined;
}

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
