import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadPolicies } from '../src/node/policyCatalog.ts';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

describe('the README', () => {
  it('lists every policy of the folder, as it declares itself', async () => {
    const policies = [...(await loadPolicies()).values()];
    const rows = policies.map(
      ({ id, title, observes, source }) => `| \`${id}\` | ${title} | ${observes} | ${source} |`,
    );
    const table = readme.slice(readme.indexOf('<!-- policies'));
    expect(table.match(/^\| `[^\n]*$/gm)).toEqual(rows);
  });

  it('has no place left to fill in', () => {
    expect(readme).not.toMatch(/@[A-Z]+@/);
  });
});
