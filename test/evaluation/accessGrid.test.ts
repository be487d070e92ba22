import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replay } from '../../src/engine/replay.ts';
import { accessGrid, residentShare } from '../../src/evaluation/accessGrid.ts';
import { memoryBlocks } from '../../src/evaluation/memoryBlocks.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';

const catalog = await loadPolicies();
const strings = randomStrings({ pages: 10, maxLength: 60, maxReleases: 4 });
const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 12 }),
  columns: fc.nat(20).map((n) => n + 1),
});

it('counts every reference in the cell of its page and time', () => {
  fc.assert(
    fc.property(strings, sizes, (string, size) => {
      const grid = accessGrid(string, memoryBlocks(string, 1), size);
      const naive = new Float64Array(grid.counts.length);
      string.pages.forEach((page, tick) => {
        const column = grid.starts.findLastIndex((start) => start <= tick);
        naive[grid.rowOf[page] * grid.columnCount + column]++;
      });
      expect([...grid.counts]).toEqual([...naive]);
    }),
    { seed: 4, numRuns: 200 },
  );
});

it('holds at the end of a column what a replay cut there has in memory', () => {
  const policies = fc.constantFrom('lru', 'fifo', 'clock');
  fc.assert(
    fc.property(strings, sizes, policies, fc.integer({ min: 1, max: 8 }), (string, size, id, n) => {
      const spec = catalog.get(id)!;
      const grid = accessGrid(string, memoryBlocks(string, 1), size);
      const run = { policy: { label: id, spec, options: {} }, frameCount: n, seed: 1 };
      const { share } = residentShare(string, grid, run);
      for (let column = 0; column < grid.columnCount; column++) {
        const end = grid.starts[column + 1];
        // The same string up to there; what it holds then is read from its memory.
        const rows =
          string.releases === undefined ? 0 : string.releases.ticks.findIndex((t) => t >= end);
        const releases = string.releases && {
          ...string.releases,
          ticks: string.releases.ticks.slice(0, rows < 0 ? undefined : rows),
        };
        let held: number[] = [];
        const cut = { ...string, pages: string.pages.slice(0, end), releases };
        let frames: Int32Array | undefined;
        replay(cut, {
          frameCount: n,
          policy: spec,
          seed: 1,
          observe: (memory) => {
            frames = memory.frames.pageOf;
            return () => {};
          },
        });
        held = [...frames!].filter((page) => page >= 0);
        for (let row = 0; row < grid.rowCount; row++) {
          const own = [...grid.rowOf.keys()].filter((page) => grid.rowOf[page] === row);
          const inMemory = own.filter((page) => held.includes(page));
          expect(share[row * grid.columnCount + column]).toBe(inMemory.length / own.length);
        }
      }
    }),
    { seed: 4, numRuns: 150 },
  );
});
