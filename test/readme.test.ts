import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadPolicies } from '../src/node/policyCatalog.ts';

const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

describe('the README', () => {
  it('names every policy of the folder once, and none that there is not', async () => {
    const section = readme.slice(readme.indexOf('\n## Policies'), readme.indexOf('stands for the'));
    const rows = section.split('\n').filter((line) => line.startsWith('| '));
    const named = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map((match) => match[1]));
    expect(named.sort()).toEqual([...(await loadPolicies()).keys()].sort());
  });

  it('has no place left to fill in', () => {
    expect(readme).not.toMatch(/@[A-Z]+@/);
  });
});
