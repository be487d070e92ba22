/*
 * `node test/bench/learning.mjs` after `npm run build`: rows labelled to Parquet a second, seconds
 * and memory of least squares on 10⁷ rows of twelve features, the time from a model's file to its
 * first eviction, and what an eviction takes a linear policy. CPU time; the file is read as well as written in the first.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replay } from '../../dist/engine/replay.js';
import { PageKind } from '../../dist/fingerprint/fingerprint.js';
import { learnedPolicy } from '../../dist/learning/learnedPolicy.js';
import { readFeatures } from '../../dist/node/featureCatalog.js';
import { labelFiles } from '../../dist/node/labelFiles.js';
import { readLearnerCatalog } from '../../dist/node/learnerCatalog.js';
import { resolveNamedPolicy } from '../../dist/node/namedPolicy.js';
import { Random } from '../../dist/support/random.js';
import { zipfReferences } from './zipf.mjs';

const ROWS = 10_000_000;
const BATCH_ROWS = 131_072;
const CANDIDATES = 16;
const EVICTIONS = 100_000;
const TWELVE = [
  ...['recency', 'frequency', 'age', 'dirty', 'file', 'ageFaults', 'idleFaults', 'loads'],
  ...['gap1', 'gap2', 'reuseGap', 'visits'],
];
const model = fileURLToPath(new URL('../../models/least-squares.json', import.meta.url));

await firstEviction();
await leastSquares();
await evictions();
await label();

/** In a fresh process: nothing of it is loaded or compiled before. */
async function firstEviction() {
  const before = process.cpuUsage();
  const { spec: policy } = await resolveNamedPolicy(`model:${model}`);
  const pages = Uint32Array.from({ length: 1001 }, (_, page) => page);
  const writes = new Uint8Array(pages.length);
  const kinds = new Uint8Array(pages.length).fill(PageKind.File);
  const string = { pages, writes, kinds, pageCount: pages.length, releases: undefined };
  const { evictions } = replay(string, { frameCount: 1000, policy, seed: 1 });
  console.log(`model read, ${evictions} eviction from 1000 frames: ${ms(before)} ms`);
}

/**
 * From 10,000 frames, 16 candidates, drawn or in turn: `chooseVictim` alone, on a memory that a
 * Zipf string has filled. Weights do not matter to the time, nor whether the victim leaves.
 */
async function evictions() {
  const string = zipfReferences(1_000_000, 100_000, 1);
  for (const ids of [TWELVE.slice(0, 4), TWELVE]) {
    const features = await readFeatures(ids);
    const terms = features.map(({ id, unit, scale }, i) => {
      return { id, unit, scale, mean: i, deviation: 1 + i, coefficient: i % 2 === 0 ? 0.3 : -0.2 };
    });
    const provenance = { inputs: [], fingerprints: ['random'], seed: 1, program: 'bench' };
    const linear = { kind: 'linear', learner: 'none', options: {}, features: terms, intercept: 0 };
    const policy = learnedPolicy({ ...linear, provenance }, features);
    for (const hand of [0, 1]) {
      let made;
      const watched = { ...policy, create: (...given) => (made = policy.create(...given)) };
      const options = { candidates: CANDIDATES, hand };
      replay(string, { frameCount: 10_000, policy: watched, options, seed: 1 });
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 10; round++) {
        const before = process.cpuUsage();
        for (let i = 0; i < EVICTIONS; i++) made.chooseVictim(0, string.pages.length);
        least = Math.min(least, ms(before));
      }
      const how = hand === 1 ? 'in turn' : 'drawn';
      const ns = ((least * 1e6) / EVICTIONS).toFixed(0);
      console.log(`an eviction, ${ids.length} features, 16 candidates ${how}: ${ns} ns`);
    }
  }
}

async function label() {
  const folder = mkdtempSync(join(tmpdir(), 'evictlab-bench-'));
  try {
    for (const features of [['recency', 'frequency', 'dirty', 'age'], TWELVE]) {
      const before = process.cpuUsage();
      const { rows } = await labelFiles({
        inputs: ['synthetic:zipf:pages=100000,references=2000000'],
        sizes: [{ percent: 10 }],
        statesOf: 'lru',
        candidates: CANDIDATES,
        maxDecisions: undefined,
        seed: 1,
        features,
        output: join(folder, 'rows.parquet'),
        onDone: () => {},
      });
      const seconds = ms(before) / 1000;
      console.log(
        `label, ${features.length} features: ${rows} rows in ${seconds.toFixed(1)} s, ` +
          `${(rows / seconds / 1e6).toFixed(2)} M rows/s, the string made too`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function leastSquares() {
  const features = await readFeatures(TWELVE);
  const learner = (await readLearnerCatalog()).find(({ id }) => id === 'least-squares');
  const batch = batchOf(features);
  const provenance = { inputs: [], fingerprints: ['random'], seed: 1, program: 'bench' };
  async function* source() {
    for (let rows = 0; rows < ROWS; rows += BATCH_ROWS) yield batch;
  }
  const before = process.cpuUsage();
  await learner.fit(source, features, {}, provenance);
  const held = process.resourceUsage().maxRSS / 1024;
  console.log(
    `least squares, ${ROWS} rows × 12: ${(ms(before) / 1000).toFixed(1)} s, ${held.toFixed(0)} MiB held`,
  );
}

function batchOf(features) {
  const random = new Random(1);
  const decisions = BATCH_ROWS / CANDIDATES;
  const optimalVictim = new Uint8Array(BATCH_ROWS);
  for (let row = 0; row < BATCH_ROWS; row += CANDIDATES) optimalVictim[row] = 1;
  const distances = Float32Array.from({ length: BATCH_ROWS }, () => 1 + random.below(1e6));
  for (let row = 0; row < BATCH_ROWS; row += CANDIDATES) distances[row] = 2e6;
  return {
    fingerprint: 'random',
    frames: 10_000,
    featureIds: features.map(({ id }) => id),
    firstRow: Uint32Array.from({ length: decisions + 1 }, (_, i) => i * CANDIDATES),
    tick: Int32Array.from({ length: decisions }, (_, i) => i),
    page: Uint32Array.from({ length: BATCH_ROWS }, () => random.below(100_000)),
    features: features.map(() =>
      Float32Array.from({ length: BATCH_ROWS }, () => random.below(1e5)),
    ),
    forwardDistance: distances,
    optimalVictim,
    ioScore: distances.map((distance) => 1 / distance),
  };
}

function ms(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
