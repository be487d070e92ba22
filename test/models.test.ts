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
const saved = readFileSync(`${root}models/least-squares.json`, 'utf8');

describe('the bundled model', () => {
  it('is read, and written again to the same bytes', () => {
    expect(modelToText(parseModel(saved))).toBe(saved);
  });

  it('is the formula of its README', () => {
    const readme = readFileSync(`${root}models/README.md`, 'utf8');
    const model = parseModel(saved);
    if (model.kind !== 'linear') return expect.unreachable();
    for (const { coefficient, deviation } of model.features) {
      expect(readme).toContain(Math.abs(coefficient / deviation).toFixed(3));
    }
  });

  // Two labellings of 15 million references at four sizes: a minute and more.
  it.runIf(process.env.EVICTLAB_LONG === '1')(
    'is made again, bit for bit, by the commands of its README',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'evictlab-models-'));
      try {
        const names = ['cc1', 'gitlog', 'perl', 'pyast', 'sort', 'sqlite'];
        const fit = async (statesOf: string, title: string): Promise<string> => {
          const output = join(folder, `${title}.parquet`);
          await labelFiles({
            inputs: names.map((name) => `${root}datasets/fingerprints/${name}.evfp`),
            sizes: parseFrames('5%,10%,20%,40%'),
            statesOf,
            candidates: 24,
            maxDecisions: 2000,
            seed: 1,
            features: ['age', 'dirty', 'frequency', 'recency'],
            output,
            onDone: () => {},
          });
          const request = { learner: 'least-squares', options: {}, features: undefined };
          const path = join(folder, `${title}.json`);
          await writeModel(path, await trainFiles({ inputs: [output], ...request }));
          return path;
        };
        const first = await fit('lru', 'round-0');
        const second = await fit(`model:${first}`, 'own');
        expect(readFileSync(second, 'utf8')).toBe(saved);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    600_000,
  );
});
