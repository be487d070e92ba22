/*
 * `node test/bench/scale.mjs [MAX] [JOB…]` after `npm run build`: ns of CPU a reference and the most
 * memory held, for strings of 10⁶, 10⁷ … MAX references (default 10⁸; 10⁹ takes 12 GB and ten
 * minutes) over the same 100,000 pages. A process each, which does the same with five other strings
 * of a million first, for only after them is everything compiled: what the first of them took is
 * said apart. Memory is what the process held at most, in bytes a reference beyond what the same
 * takes for 10⁶.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { labelDecisions } from '../../dist/dataset/recorder.js';
import { computeNextUse } from '../../dist/engine/nextUse.js';
import { replay } from '../../dist/engine/replay.js';
import { importLackey } from '../../dist/fingerprint/importers/lackey.js';
import { linearize } from '../../dist/fingerprint/linearize.js';
import { generate } from '../../dist/fingerprint/synthetic.js';
import { readFeatures } from '../../dist/node/featureCatalog.js';
import { resolvePolicy } from '../../dist/node/policyCatalog.js';
import { lruFaultCurve, lruPartCurves } from '../../dist/optimal/faultCurve.js';
import { sampledFaultCurve } from '../../dist/optimal/sampledCurve.js';
import { zipfReferences } from './zipf.mjs';

const PAGES = 100_000;
const FRAMES = 10_000;
const BLOCK_LINES = 500_000;
const JOBS = ['generate', 'import', 'lru', 'min', 'label', 'curve', 'sampled curve'];
/** Strings that come first, and their references. */
const WARM_UPS = 5;
const WARM_UP = 1e6;
/** Of so many references a decision is labelled. */
const LABEL_EVERY = 1000;

const [first, ...others] = process.argv.slice(2);
if (first === 'job') await job(others[0], Number(others[1]));
else table(Number(first ?? 1e8), others.length === 0 ? JOBS : others);

function table(max, names) {
  for (const name of names) {
    const times = [];
    let least;
    for (let count = 1e6; count <= max; count *= 10) {
      const words = [fileURLToPath(import.meta.url), 'job', name, String(count)];
      const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
      if (stdout === '') throw new Error(stderr);
      const { ns, warmUpNs, bytes } = JSON.parse(stdout);
      least ??= bytes;
      times.push(ns / count);
      const held = count === 1e6 ? '' : `, ${((bytes - least) / (count - 1e6)).toFixed(1)} bytes`;
      console.log(
        `${name}, ${count} references: ${(ns / count).toFixed(1)} ns a reference (the first ` +
          `million of the process: ${(warmUpNs / WARM_UP).toFixed(1)}), ` +
          `${(bytes / 1e6).toFixed(0)} MB${held}`,
      );
    }
    const spread = Math.max(...times) / Math.min(...times) - 1;
    console.log(`${name}: the slowest length takes ${(100 * spread).toFixed(0)} % more`);
  }
}

async function job(name, count) {
  const warmUpNs = await measure(name, WARM_UP, 1);
  for (let seed = 2; seed <= WARM_UPS; seed++) await measure(name, WARM_UP, seed);
  const ns = await measure(name, count, WARM_UPS + 1);
  // Kilobytes.
  const bytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ ns, warmUpNs, bytes }));
}

/** ns of CPU for all references, what is made beforehand left out. */
async function measure(name, count, seed) {
  let before;
  if (name === 'import') {
    const block = linesOf(BLOCK_LINES, seed);
    before = process.cpuUsage();
    await importLackey(repeated(block, count / BLOCK_LINES), { name });
  } else {
    if (name === 'generate') before = process.cpuUsage();
    const references = linearize(generate(`zipf:pages=${PAGES},references=${count}`, seed));
    before ??= process.cpuUsage();
    await run(name, references);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) * 1000;
}

async function run(name, references) {
  if (name === 'curve') lruFaultCurve(references);
  if (name === 'sampled curve')
    sampledFaultCurve(references, lruPartCurves, { rate: 0.01, seed: 1 });
  if (name === 'lru' || name === 'min') {
    const { spec: policy } = await resolvePolicy(name);
    replay(references, { frameCount: FRAMES, policy, seed: 1 });
  }
  if (name === 'label') {
    const { spec: policy } = await resolvePolicy('lru');
    labelDecisions(references, {
      fingerprint: 'zipf',
      digest: '',
      policy,
      frameCount: FRAMES,
      seed: 1,
      nextUse: computeNextUse(references),
      features: await readFeatures(['recency', 'dirty', 'age', 'frequency']),
      candidates: 16,
      maxDecisions: references.pages.length / LABEL_EVERY,
    });
  }
}

/** As lackey prints them. */
function linesOf(count, seed) {
  const { pages, writes } = zipfReferences(count, PAGES, seed);
  const lines = Array.from(pages, (page, tick) => {
    const address = (page * 4096 + (tick % 512) * 8).toString(16).padStart(8, '0');
    return ` ${writes[tick] === 1 ? 'S' : 'L'} ${address},8\n`;
  });
  return Buffer.from(lines.join(''));
}

async function* repeated(block, times) {
  for (let i = 0; i < times; i++) {
    for (let at = 0; at < block.length; at += 262_144) yield block.subarray(at, at + 262_144);
  }
}
