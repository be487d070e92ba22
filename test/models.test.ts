import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseFrames } from '../src/evaluation/frameSizes.ts';
import { modelToText, parseModel } from '../src/learning/model.ts';
import { labelFiles } from '../src/node/labelFiles.ts';
import { writeModel } from '../src/node/modelFile.ts';
import { trainFiles } from '../src/node/trainFiles.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const textOf = (name: string): string => readFileSync(`${root}models/${name}.json`, 'utf8');

/** The list of the study, so that the model is of its features. */
const studyFeatures = (): readonly string[] => {
  const study = readFileSync(`${root}datasets/default.yaml`, 'utf8');
  return /features: \[(.*)\]/.exec(study)?.[1].split(', ') ?? [];
};

/** The six programs at four sizes, labelled in the states of `statesOf`, and fitted. */
async function fit(
  folder: string,
  title: string,
  statesOf: string,
  features: readonly string[],
  options: Readonly<Record<string, number>>,
): Promise<string> {
  const names = ['cc1', 'gitlog', 'perl', 'pyast', 'sort', 'sqlite'];
  const output = join(folder, `${title}.parquet`);
  await labelFiles({
    inputs: names.map((name) => `${root}datasets/fingerprints/${name}.evfp`),
    sizes: parseFrames('5%,10%,20%,40%'),
    statesOf,
    candidates: 24,
    maxDecisions: 2000,
    seed: 1,
    features,
    output,
    onDone: () => {},
  });
  const request = { learner: 'least-squares', options, features: undefined };
  const path = join(folder, `${title}.json`);
  await writeModel(path, await trainFiles({ inputs: [output], ...request }));
  return path;
}

describe('the bundled models', () => {
  it('are read, and written again to the same bytes', () => {
    for (const name of ['least-squares', 'adaptive']) {
      expect(modelToText(parseModel(textOf(name)))).toBe(textOf(name));
    }
  });

  it('are what their README says: a formula of four features, and the features of the study', () => {
    const adaptive = parseModel(textOf('adaptive'));
    expect(adaptive.features.map(({ id }) => id)).toEqual(studyFeatures());
    const readme = readFileSync(`${root}models/README.md`, 'utf8');
    const model = parseModel(textOf('least-squares'));
    if (model.kind !== 'linear') return expect.unreachable();
    for (const { coefficient, deviation } of model.features) {
      expect(readme).toContain(Math.abs(coefficient / deviation).toFixed(3));
    }
  });

  // Three labellings of 15 million references at four sizes: two minutes and more.
  it.runIf(process.env.EVICTLAB_LONG === '1')(
    'are made again, bit for bit, by the commands of their README',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'evictlab-models-'));
      try {
        const four = ['age', 'dirty', 'frequency', 'recency'];
        const first = await fit(folder, 'round-0', 'lru', four, {});
        const second = await fit(folder, 'own', `model:${first}`, four, {});
        expect(readFileSync(second, 'utf8')).toBe(textOf('least-squares'));
        const adaptive = await fit(folder, 'adaptive', 'lru', studyFeatures(), { high: 2 });
        expect(readFileSync(adaptive, 'utf8')).toBe(textOf('adaptive'));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    900_000,
  );
});
