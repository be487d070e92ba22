import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { highest } from '../../../src/engine/candidates.ts';
import type { PolicySpec } from '../../../src/engine/policy.ts';
import { replay } from '../../../src/engine/replay.ts';
import { modelToC } from '../../../src/learning/export/c.ts';
import { modelToIntegerC } from '../../../src/learning/export/integerC.ts';
import { hasPolicyModule, modelToJs } from '../../../src/learning/export/js.ts';
import { quantise } from '../../../src/learning/export/quantise.ts';
import { learnedPolicy } from '../../../src/learning/learnedPolicy.ts';
import type { FittedModel } from '../../../src/learning/model.ts';
import { createModelScore } from '../../../src/learning/modelScore.ts';
import { resolvePolicy } from '../../../src/node/policyCatalog.ts';
import { log2 } from '../../../src/support/log2.ts';
import { Random } from '../../../src/support/random.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { FEATURES, mixedString } from '../decisions.ts';
import { models, modelsByKind } from './models.ts';

const hasGcc = spawnSync('gcc', ['--version']).status === 0;
if (!hasGcc) console.warn('SKIPPED: the C export is compiled and compared only where gcc is');

const folder = temporaryFolder();
const CANDIDATES = 3;
/** Of each kind; a million of the linear one. */
const decisionsOf = (model: FittedModel): number => (model.kind === 'linear' ? 1_000_000 : 100_000);
const SIZES = [1, 20, 64, 1000, 77_777];

/** Raw values from small to large, fractions too; times and counts are whole, but need not be. */
function randomValues(count: number, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const size = 2 ** random.below(31);
    return random.below(4) === 0 ? random.unit() : random.below(size);
  });
}

describe.skipIf(!hasGcc)('a model as C', () => {
  for (const model of models) {
    it(`scores and evicts as ours, to the last bit: ${model.kind}`, () => {
      const width = model.features.length;
      const source = join(folder, `${model.kind}.c`);
      const program = join(folder, model.kind);
      writeFileSync(source, modelToC(model));
      const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-DEVICTLAB_HARNESS'];
      execFileSync('gcc', [...flags, '-o', program, source]);

      const count = decisionsOf(model);
      const random = new Random(61);
      const values = randomValues(count * CANDIDATES * width, random);
      const recordWords = 2 + CANDIDATES * width;
      const input = new ArrayBuffer(4 * count * recordWords);
      const heads = new Uint32Array(input);
      const floats = new Float32Array(input);
      for (let d = 0; d < count; d++) {
        heads[d * recordWords] = SIZES[d % SIZES.length];
        heads[d * recordWords + 1] = CANDIDATES;
        const own = values.subarray(d * CANDIDATES * width, (d + 1) * CANDIDATES * width);
        floats.set(own, d * recordWords + 2);
      }
      const output = execFileSync(program, [], {
        input: new Uint8Array(input),
        maxBuffer: 2 ** 28,
      });
      const answers = new DataView(output.buffer, output.byteOffset, output.byteLength);
      expect(answers.byteLength).toBe(12 * count);

      const scorer = createModelScore(model);
      const columns = model.features.map(() => new Float32Array(CANDIDATES));
      const scores = new Float64Array(CANDIDATES);
      let different = 0;
      for (let d = 0; d < count; d++) {
        for (let row = 0; row < CANDIDATES; row++) {
          for (let i = 0; i < width; i++) {
            columns[i][row] = values[(d * CANDIDATES + row) * width + i];
          }
        }
        scorer.score(columns, 0, CANDIDATES, SIZES[d % SIZES.length], scores);
        const victim = highest(scores, CANDIDATES);
        const isSame =
          answers.getInt32(12 * d, true) === victim &&
          answers.getFloat64(12 * d + 4, true) === scores[victim];
        if (!isSame) different++;
      }
      expect(different).toBe(0);
    }, 60_000);
  }
});

describe.skipIf(!hasGcc)('a model as C in integers', () => {
  for (const model of [modelsByKind.linear, modelsByKind.additive]) {
    it(`scores and evicts as our integers do, a million times: ${model.kind}`, () => {
      const width = model.features.length;
      const source = join(folder, `integer-${model.kind}.c`);
      const program = join(folder, `integer-${model.kind}`);
      writeFileSync(source, modelToIntegerC(model));
      const text = modelToIntegerC(model);
      expect(text).not.toMatch(/float|double/);
      const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-DEVICTLAB_HARNESS'];
      execFileSync('gcc', [...flags, '-o', program, source]);

      const count = 1_000_000;
      const random = new Random(62);
      const recordWords = 2 + CANDIDATES * width;
      const input = new Uint32Array(count * recordWords);
      for (let d = 0; d < count; d++) {
        const at = d * recordWords;
        input[at] = SIZES[d % SIZES.length];
        input[at + 1] = CANDIDATES;
        for (let i = 0; i < CANDIDATES * width; i++) {
          input[at + 2 + i] = random.below(2 ** (1 + random.below(31)));
        }
      }
      const output = execFileSync(program, [], {
        input: new Uint8Array(input.buffer),
        maxBuffer: 2 ** 28,
      });
      const answers = new DataView(output.buffer, output.byteOffset, output.byteLength);
      expect(answers.byteLength).toBe(12 * count);

      const { score } = quantise(model);
      // C is given whole eighths of what is linear; a double of ours holds them exactly.
      const parts = model.features.map(({ scale }) => (scale === 'linear' ? 8 : 1));
      const columns = model.features.map(() => new Float64Array(CANDIDATES));
      const scores = new Float64Array(CANDIDATES);
      let different = 0;
      const chosen = new Set<number>();
      for (let d = 0; d < count; d++) {
        for (let row = 0; row < CANDIDATES; row++) {
          for (let i = 0; i < width; i++) {
            columns[i][row] = input[d * recordWords + 2 + row * width + i] / parts[i];
          }
        }
        // The score reads its columns only; they are wider here, so that nothing is rounded.
        const wide = columns as unknown as readonly Float32Array[];
        score.score(wide, 0, CANDIDATES, SIZES[d % SIZES.length], scores);
        const victim = highest(scores, CANDIDATES);
        chosen.add(victim);
        const isSame =
          answers.getInt32(12 * d, true) === victim &&
          Number(answers.getBigInt64(12 * d + 4, true)) === scores[victim];
        if (!isSame) different++;
      }
      expect(different).toBe(0);
      expect(chosen.size).toBe(CANDIDATES);
    }, 60_000);
  }

  it('is refused of trees and nets, which have no integer form', () => {
    expect(() => modelToIntegerC(modelsByKind.trees)).toThrow(/no integer form/);
  });
});

interface ExportedModule {
  readonly score: (values: Float32Array, log2Frames: number) => number;
  readonly evictlab_log2: (x: number) => number;
  readonly policy?: PolicySpec;
}

async function exported(model: FittedModel): Promise<{ path: string; module: ExportedModule }> {
  const path = join(folder, `${model.kind}.mjs`);
  writeFileSync(path, modelToJs(model, 'every-reference'));
  return { path, module: await import(pathToFileURL(path).href) };
}

describe('a model as a module', () => {
  it('has our logarithm, to the last bit', async () => {
    const { module } = await exported(models[0]);
    const random = new Random(71);
    for (let i = 0; i < 20_000; i++) {
      const x = 2 ** (random.unit() * 60 - 20);
      expect(module.evictlab_log2(x)).toBe(log2(x));
    }
  });

  for (const model of models) {
    it(`scores as ours, and is a policy that evicts as ours: ${model.kind}`, async () => {
      const { path, module } = await exported(model);
      const values = randomValues(4 * 2000, new Random(81));
      const columns = model.features.map(() => new Float32Array(1));
      const out = new Float64Array(1);
      const scorer = createModelScore(model);
      for (let row = 0; row < 2000; row++) {
        const own = values.subarray(4 * row, 4 * row + 4);
        own.forEach((value, i) => {
          columns[i][0] = value;
        });
        const frames = SIZES[row % SIZES.length];
        scorer.score(columns, 0, 1, frames, out);
        expect(module.score(own, module.evictlab_log2(frames))).toBe(out[0]);
      }

      const { spec } = await resolvePolicy(path);
      const ours = learnedPolicy(model, FEATURES);
      const string = mixedString(5000, 9);
      for (const candidates of [0, 8]) {
        const victimsOf = (policy: PolicySpec): number[] => {
          const victims: number[] = [];
          replay(string, {
            frameCount: 24,
            policy,
            options: { candidates },
            seed: 5,
            observe:
              ({ frames }) =>
              (victim) => {
                victims.push(frames.pageOf[victim]);
              },
          });
          return victims;
        };
        const wanted = victimsOf(ours);
        expect(wanted.length).toBeGreaterThan(500);
        expect(victimsOf(spec)).toEqual(wanted);
      }
    });
  }

  it('has no policy when a feature needs what the frame table does not hold', () => {
    const { linear } = modelsByKind;
    expect(hasPolicyModule(linear)).toBe(true);
    if (linear.kind !== 'linear') return;
    const [first, ...others] = linear.features;
    const other: FittedModel = { ...linear, features: [{ ...first, id: 'gap1' }, ...others] };
    expect(hasPolicyModule(other)).toBe(false);
    expect(modelToJs(other, 'every-reference')).not.toMatch(/export const policy/);
  });
});
