import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type DecisionBatch,
  type DecisionTable,
  sliceDecisions,
} from '../../src/dataset/decisionTable.ts';
import { learner } from '../../src/learning/learners/leastSquares.ts';
import { modelToText } from '../../src/learning/model.ts';
import {
  readDecisionFileInfo,
  readDecisions,
  writeDecisions,
} from '../../src/node/decisionFile.ts';
import { readFeatureCatalog } from '../../src/node/featureCatalog.ts';
import { readLearnerCatalog } from '../../src/node/learnerCatalog.ts';
import { InputError } from '../../src/support/assert.ts';
import { FEATURES, fit, mixedString, PROVENANCE, tableOf } from '../learning/decisions.ts';

const folder = mkdtempSync(join(tmpdir(), 'evictlab-decisions-'));
afterAll(() => rmSync(folder, { recursive: true }));
const pathOf = (name: string): string => join(folder, name);

const string = mixedString(5000, 1);
const tables: readonly DecisionTable[] = [
  tableOf(string, { fingerprint: 'a "quoted", name' }),
  tableOf(string, { fingerprint: 'a "quoted", name', frameCount: 30 }),
  tableOf(string, { fingerprint: 'nothing evicted', frameCount: 500 }),
  tableOf(mixedString(3000, 2), { fingerprint: 'other', candidates: 'all' }),
];
const filled = tables.filter((table) => table.tick.length > 0);

async function all(batches: AsyncIterable<DecisionBatch>): Promise<DecisionBatch[]> {
  const list: DecisionBatch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

const batchOf = (table: DecisionTable): DecisionBatch =>
  sliceDecisions(table, 0, table.tick.length);

describe('a Parquet file of decisions', () => {
  it('gives back every column of every table, and what they were made from', async () => {
    const path = pathOf('round-trip.parquet');
    const written = await writeDecisions(path, tables);
    const rows = filled.reduce((sum, table) => sum + table.page.length, 0);
    const decisions = filled.reduce((sum, table) => sum + table.tick.length, 0);
    expect(written).toEqual({
      features: ['age', 'dirty', 'frequency', 'recency'],
      decisions,
      rows,
    });
    expect(await all(readDecisions(path))).toEqual(filled.map(batchOf));
    expect(await readDecisionFileInfo(path)).toEqual({
      format: 'evictlab-decisions',
      version: 1,
      features: written.features,
      tables: tables.map((table) => table.provenance),
    });
  });

  it('is read alike by another reader, as rows', async () => {
    const path = pathOf('rows.parquet');
    await writeDecisions(path, tables);
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    let row = 0;
    let decisionNumber = 0;
    for (const table of filled) {
      for (let decision = 0; decision < table.tick.length; decision++, decisionNumber++) {
        for (let i = table.firstRow[decision]; i < table.firstRow[decision + 1]; i++, row++) {
          expect(rows[row]).toEqual({
            fingerprint: table.fingerprint,
            frames: table.frames,
            decision: decisionNumber,
            tick: table.tick[decision],
            page: table.page[i],
            age: table.features[0][i],
            dirty: table.features[1][i],
            frequency: table.features[2][i],
            recency: table.features[3][i],
            forwardDistance: table.forwardDistance[i],
            optimalVictim: table.optimalVictim[i],
            ioScore: table.ioScore[i],
          });
        }
      }
    }
    expect(row).toBe(rows.length);
    expect(rows.some((one) => one.forwardDistance === Number.POSITIVE_INFINITY)).toBe(true);
  });

  it('cuts a long table between decisions and trains to the same model as the table itself', async () => {
    const long = tableOf(mixedString(30_000, 3), { candidates: 'all', maxDecisions: 8000 });
    const path = pathOf('long.parquet');
    await writeDecisions(path, [long]);
    const batches = await all(readDecisions(path));
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.reduce((sum, batch) => sum + batch.tick.length, 0)).toBe(8000);
    const model = await learner.fit(() => readDecisions(path), FEATURES, {}, PROVENANCE);
    expect(modelToText(model)).toBe(modelToText(await fit([long])));
  });

  it('has the same bytes twice', async () => {
    await writeDecisions(pathOf('one.parquet'), tables);
    await writeDecisions(pathOf('two.parquet'), tables);
    const [one, two] = ['one', 'two'].map((name) => readFileSync(pathOf(`${name}.parquet`)));
    expect(one.equals(two)).toBe(true);
  });

  it('holds no decisions when nothing was evicted', async () => {
    const path = pathOf('empty.parquet');
    await writeDecisions(path, [tables[2]]);
    expect(await all(readDecisions(path))).toEqual([]);
    expect((await readDecisionFileInfo(path)).tables.length).toBe(1);
  });

  it('is not there when writing failed', async () => {
    const path = pathOf('failed.parquet');
    function* failing(): Generator<DecisionTable> {
      yield tables[0];
      throw new Error('the run broke');
    }
    await expect(writeDecisions(path, failing())).rejects.toThrow('the run broke');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.tmp-'))).toEqual([]);
  });

  it('is refused, whatever part of it is missing', async () => {
    await writeDecisions(pathOf('whole.parquet'), tables);
    const whole = readFileSync(pathOf('whole.parquet'));
    const cut = pathOf('cut.parquet');
    for (const length of [0, 3, 11, 100, whole.length >> 1, whole.length - 9, whole.length - 1]) {
      writeFileSync(cut, whole.subarray(0, length));
      await expect(all(readDecisions(cut))).rejects.toThrow(InputError);
    }
    await expect(all(readDecisions(pathOf('absent.parquet')))).rejects.toThrow(InputError);
    await expect(all(readDecisions(folder))).rejects.toThrow(InputError);
  });

  it('is refused when it is of another kind, or its columns say something else', async () => {
    const write = (
      info: unknown,
      changes: Readonly<Record<string, readonly unknown[]>>,
    ): string => {
      const columns: Readonly<Record<string, readonly unknown[]>> = {
        fingerprint: ['a', 'a'],
        frames: [2, 2],
        decision: [0, 0],
        tick: [5, 5],
        page: [1, 2],
        recency: [1.5, 2.5],
        forwardDistance: [3.5, Number.POSITIVE_INFINITY],
        optimalVictim: [0, 1],
        ioScore: [0.5, 0.25],
        ...changes,
      };
      const path = pathOf('made.parquet');
      const buffer = parquetWriteBuffer({
        columnData: Object.entries(columns)
          .filter(([, data]) => data.length > 0)
          .map(([name, data]) => ({ name, data: [...data] })),
        kvMetadata: info === undefined ? [] : [{ key: 'evictlab', value: JSON.stringify(info) }],
      });
      writeFileSync(path, new Uint8Array(buffer));
      return path;
    };
    const info = { format: 'evictlab-decisions', version: 1, features: ['recency'], tables: [] };
    expect((await all(readDecisions(write(info, {})))).length).toBe(1);
    const wrongs: readonly (readonly [
      unknown,
      Readonly<Record<string, readonly unknown[]>>,
      RegExp,
    ])[] = [
      [undefined, {}, /does not say/],
      [{ ...info, format: 'x' }, {}, /something else/],
      [{ ...info, version: 2 }, {}, /version is 2/],
      [{ ...info, features: ['age'] }, {}, /no column "age"/],
      [info, { tick: [] }, /no column "tick"/],
      [info, { recency: [1.5, Number.NaN] }, /not a finite number/],
      [info, { forwardDistance: [0.5, 2.5] }, /forward distance/],
      [info, { optimalVictim: [0, 0] }, /not one optimal victim/],
      [info, { optimalVictim: [1, 1] }, /not one optimal victim/],
      [info, { frames: ['many', 'more'] }, /holds text/],
    ];
    for (const [changed, columns, message] of wrongs) {
      const path = write(changed, columns);
      await expect(all(readDecisions(path))).rejects.toThrow(InputError);
      await expect(all(readDecisions(path))).rejects.toThrow(message);
    }
  });
});

describe('a CSV file of decisions', () => {
  it('has a line a row, with names quoted where they must be and `inf` for never', async () => {
    const path = pathOf('rows.csv');
    await writeDecisions(path, tables);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const [first] = filled;
    expect(lines.length).toBe(1 + filled.reduce((sum, table) => sum + table.page.length, 0));
    expect(lines[0]).toBe(
      'fingerprint,frames,decision,tick,page,age,dirty,frequency,recency,' +
        'forwardDistance,optimalVictim,ioScore',
    );
    const row = first.forwardDistance.indexOf(Number.POSITIVE_INFINITY);
    const decision = first.firstRow.findLastIndex((start) => start <= row);
    const values = [
      first.frames,
      decision,
      first.tick[decision],
      first.page[row],
      ...first.features.map((column) => column[row]),
      'inf',
      first.optimalVictim[row],
      0,
    ];
    expect(lines[1 + row]).toBe(`"a ""quoted"", name",${values.join(',')}`);
  });

  it('is not read back', async () => {
    await expect(all(readDecisions(pathOf('rows.csv')))).rejects.toThrow(InputError);
  });
});

describe('the catalogs', () => {
  it('hold the features and learners of their folders, in order of id', async () => {
    const ids = (await readFeatureCatalog()).map((feature) => feature.id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toEqual(expect.arrayContaining(['age', 'dirty', 'frequency', 'recency']));
    expect((await readLearnerCatalog()).map(({ id }) => id)).toContain('least-squares');
  });
});
