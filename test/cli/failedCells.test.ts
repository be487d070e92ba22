import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openParquet } from '../../src/node/parquetReader.ts';
import { evictlab, evictlabJson, type JsonObject, temporaryFolder } from './program.ts';

const ZIPF = 'synthetic:zipf:pages=200,references=6000';
const LOOP = 'synthetic:loop:pages=50,rounds=60';
/** FIFO, until it sees page 50 or above in less than 30 frames: that is the zipf at 10 %. */
const FRAGILE = `export const policy = {
  id: 'fragile', title: 'Fragile', source: 'a test', observes: 'faults', defaults: {},
  create: ({ frames }) => ({
    hand: 0,
    onLoad(frame) {
      if (frames.frameCount === 20 && frames.pageOf[frame] >= 50) throw new Error('too\\nhigh');
    },
    onReference() {},
    chooseVictim() { return this.hand++ % frames.frameCount; },
    onFree() {},
    onInterval() {},
  }),
};
`;
const REASON = 'the policy module ./fragile.mjs throws in onLoad: Error: too high';

function folderWithModule(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'fragile.mjs'), FRAGILE);
  return folder;
}

const cellOf = ({ fingerprint, policy, frames }: JsonObject) => [fingerprint, policy, frames];

describe('a cell that fails', () => {
  const line = `evaluate ${ZIPF} ${LOOP} --policies lru,./fragile.mjs --frames 10%,20% --effort rules`;

  it('is told with its reason by evaluate, which ends with 1 after all the others', () => {
    const folder = folderWithModule();
    const outcomes = [1, 2].map((threads) =>
      evictlab(`${line} --json --threads ${threads}`, { cwd: folder }),
    );
    expect(outcomes[1]).toEqual(outcomes[0]);
    const { status, stdout, stderr } = outcomes[0];
    expect(status).toBe(1);
    expect(stderr).toBe(
      'evictlab: 1 of 8 cells failed, the others are done; first ' +
        `./fragile.mjs on synthetic-zipf in 20 frames: ${REASON}\n`,
    );
    const { rows, failures } = JSON.parse(stdout) as Record<string, JsonObject[]>;
    const sizes = { 'synthetic-zipf': [20, 40], 'synthetic-loop': [5, 10] };
    const cells = Object.entries(sizes).flatMap(([name, frames]) =>
      frames.flatMap((count) => ['lru', './fragile.mjs'].map((policy) => [name, policy, count])),
    );
    expect(failures.map(cellOf)).toEqual([cells[1]]);
    expect(failures[0]).toMatchObject({ size: '10%', seed: 1, reason: REASON });
    expect(rows.map(cellOf)).toEqual(cells.filter((_, i) => i !== 1));
    // What is there is what is there without the policy that fails.
    const lru = evictlabJson(line.replace(',./fragile.mjs', ''), { cwd: folder });
    expect(rows.filter(({ policy }) => policy === 'lru')).toEqual(lru.rows);
    expect(lru.failures).toEqual([]);
  });

  it('is a line of the text, and a row with a reason in the CSV', () => {
    const folder = folderWithModule();
    const text = evictlab(line, { cwd: folder });
    expect([text.status, text.stdout.split('\n').slice(-3)]).toEqual([
      1,
      ['failed', `./fragile.mjs on synthetic-zipf, 20 frames (10%): ${REASON}`, ''],
    ]);
    const csv = evictlab(`${line} --csv`, { cwd: folder }).stdout.trimEnd().split('\n');
    expect(csv).toHaveLength(1 + 8);
    const widths = csv.map((row) => row.split(',').length);
    expect(new Set(widths).size).toBe(1);
    expect(csv[0]).toMatch(/,failed$/);
    expect(csv.slice(1, 8).every((row) => row.endsWith(','))).toBe(true);
    expect(csv[8]).toMatch(/^synthetic-zipf,sha256:\w+,\.\/fragile\.mjs,,20,10%,1,,/);
    expect(csv[8].endsWith(`,${REASON}`)).toBe(true);
  });

  it('leaves nothing in the table where all cells fail', () => {
    const folder = folderWithModule();
    const alone = `evaluate ${ZIPF} --policies ./fragile.mjs --frames 10% --effort rules`;
    const { status, stdout } = evictlab(`${alone} --json`, { cwd: folder });
    const { rows, failures } = JSON.parse(stdout) as Record<string, JsonObject[]>;
    expect([status, rows.length, failures.length]).toEqual([1, 0, 1]);
    expect(evictlab(alone, { cwd: folder }).stdout).toContain(REASON);
    expect(evictlab(`report ${alone.slice(9)}`, { cwd: folder }).status).toBe(1);
  });

  it('is in every table of a study and its report, and is tried again', async () => {
    const folder = folderWithModule();
    const study = `name: small
fingerprints: ['${ZIPF}', '${LOOP}']
frames: [10%, 20%]
policies: [./fragile.mjs, lru]
label: { candidates: 8, max-decisions: 100 }
train: { learner: least-squares, features: [recency, frequency] }
`;
    writeFileSync(join(folder, 'study.yaml'), study);
    const run = () => evictlab('study study.yaml -o out --effort rules', { cwd: folder });
    const first = run();
    expect([first.status, first.stderr]).toEqual([
      1,
      expect.stringMatching(/^evictlab: 1 of 12 cells failed.*throws in onLoad/),
    ]);
    const read = (name: string) => readFileSync(join(folder, 'out', name), 'utf8');
    for (const name of ['gaps.json', 'gaps.csv', 'gaps.txt']) expect(read(name)).toContain(REASON);
    expect((JSON.parse(read('gaps.json')) as { rows: unknown[] }).rows).toHaveLength(11);

    const report = evictlab('report out', { cwd: folder });
    expect([report.status, report.stderr]).toEqual([1, '']);
    for (const name of ['report.html', 'report.md', 'data/rows.csv']) {
      expect(read(`report/${name}`)).toMatch(/throws in onLoad: Error: too high/);
    }
    const parquet = await openParquet(join(folder, 'out/report/data/rows.parquet'));
    for await (const [observes, failed] of parquet.groups(['observes', 'failed'])) {
      expect([observes[11], failed[10], failed[11]]).toEqual(['', '', REASON]);
    }

    writeFileSync(join(folder, 'fragile.mjs'), FRAGILE.replace('=== 20', '=== 0'));
    expect([run().status, run().stderr]).toEqual([0, '']);
    expect(read('gaps.csv')).not.toContain('failed');
  });

  it('is no excuse for a slip in a name, which ends the run before it begins', () => {
    const folder = folderWithModule();
    const slip = line.replace('lru', 'lru:share=1');
    const { status, stdout } = evictlab(slip, { cwd: folder });
    expect([status, stdout]).toEqual([2, '']);
  });
});
