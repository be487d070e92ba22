import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modelToText } from '../../src/learning/model.ts';
import { writeDecisions } from '../../src/node/decisionFile.ts';
import { exportModel } from '../../src/node/exportModel.ts';
import { importModel } from '../../src/node/importModel.ts';
import { loadModelPolicy, writeModel } from '../../src/node/modelFile.ts';
import { trainFiles } from '../../src/node/trainFiles.ts';
import { mixedString, tableOf } from '../learning/decisions.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const decisions = join(folder, 'd.parquet');
const table = tableOf(mixedString(3000, 3));
await writeDecisions(decisions, [table]);
const fixture = JSON.parse(
  readFileSync(new URL('../learning/fixtures/trees.json', import.meta.url), 'utf8'),
);

async function trained(learner: string): Promise<string> {
  const path = join(folder, `${learner}.json`);
  const request = { inputs: [decisions], learner, options: {}, features: undefined };
  await writeModel(path, await trainFiles(request));
  return path;
}

const nothing = {
  integer: false,
  target: undefined,
  output: undefined,
  decisions: [],
  distilTerms: undefined,
};

describe('an exported model', () => {
  it('is told by formula and cost, and with decisions by effects and integer error', async () => {
    const model = await trained('least-squares');
    const told = await exportModel({ ...nothing, model });
    expect(told.formula[0]).toMatch(/^score = /);
    expect(told.cost.numbers).toBe(5);
    expect([told.effects, told.quantised, told.distilled]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const measured = await exportModel({ ...nothing, model, decisions: [decisions] });
    expect(measured.effects?.map(({ id }) => id)).toEqual(told.model.features.map(({ id }) => id));
    expect(measured.quantised?.bytes).toBe(8);
    expect(measured.quantised?.agreement).toBeGreaterThan(0.5);
  });

  it('is written as C, JavaScript, or distilled as a model that is a policy again', async () => {
    const model = await trained('piecewise');
    for (const target of ['c', 'js'] as const) {
      const output = join(folder, `piecewise.${target}`);
      await exportModel({ ...nothing, model, target, output });
      expect(readFileSync(output, 'utf8')).toContain('evictlab_log2');
    }
    const output = join(folder, 'short.json');
    const report = await exportModel({
      ...nothing,
      model,
      target: 'json',
      output,
      decisions: [decisions],
      distilTerms: 2,
    });
    expect(report.distilled?.agreement).toBeGreaterThan(0.3);
    expect(report.model.features.length).toBeLessThanOrEqual(2);
    expect((await loadModelPolicy(output)).fittedOn).toEqual([table.fingerprint]);
  });
});

describe('imported trees', () => {
  it('are a model, and a policy, with what they are fitted on', async () => {
    const path = join(folder, 'lightgbm.txt');
    writeFileSync(path, fixture.lightgbm.text);
    const model = await importModel(path, [decisions]);
    expect(model.kind).toBe('trees');
    expect(model.features.map(({ id }) => id)).toEqual(['age', 'recency', 'frequency']);
    expect(model.fit.rows).toBe(table.page.length);
    expect(model.fit.r2).toBeGreaterThanOrEqual(0);
    const output = join(folder, 'imported.json');
    await writeModel(output, model);
    expect(readFileSync(output, 'utf8')).toBe(modelToText(model));
    expect((await loadModelPolicy(output)).fittedOn).toEqual([table.fingerprint]);
  });

  it('are refused, with the name of the file, when they are not', async () => {
    const path = join(folder, 'other.txt');
    writeFileSync(path, 'nothing');
    expect(await inputErrorOf(importModel(path, [decisions]))).toContain(path);
    writeFileSync(path, fixture.lightgbm.text.replace('recency', 'novelty'));
    expect(await inputErrorOf(importModel(path, [decisions]))).toContain('novelty');
  });
});
