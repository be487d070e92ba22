/** What a folder holds, to be compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below it by its path there, with its bytes; temporary files are told, too. */
export function folderContents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length), readFileSync(path).toString('base64')]),
  );
}
