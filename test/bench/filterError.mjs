/*
 * `node test/bench/filterError.mjs FOLDER [NAME…]` after `npm run build`: how far replays of
 * filtered and of reduced captures are from the truth, which is the same program captured with
 * --filter 1 and not reduced (datasets/capture.sh; captures already in FOLDER are taken as they are).
 *
 *   bundled   the truth reduced as the bundled file is: the largest error of LRU and MIN in any
 *             memory of its framesMin and more, of CLOCK and SIEVE with framesMin
 *   K = 16    captured anew with the usual filter, not reduced: LRU with its framesMin, and
 *             the largest error with that and more; "same order" when all sequences woke, waited and
 *             mapped alike in both runs. If not, the error is also that of another run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replay } from '../../dist/engine/replay.js';
import { linearize } from '../../dist/fingerprint/linearize.js';
import { reduceReferences } from '../../dist/fingerprint/reduce.js';
import { readFingerprint } from '../../dist/node/fingerprintFile.js';
import { lruFaultCurve, minFaultCurve } from '../../dist/optimal/faultCurve.js';
import { policy as clock } from '../../dist/policies/clock.js';
import { policy as sieve } from '../../dist/policies/sieve.js';

const NAMES = ['sort', 'git', 'diff', 'bc', 'zstd', 'xz', 'pipeline', 'perl', 'python', 'sqlite'];
NAMES.push('cc1', 'make', 'postgres', 'node');
const datasets = fileURLToPath(new URL('../../datasets/', import.meta.url));
const [folder = '/tmp/evictlab-filter-error', ...words] = process.argv.slice(2);

console.log('program | sequences | pages | references || bundled: frames | references | LRU | MIN');
console.log('  | CLOCK | SIEVE || K = 16: frames | references | LRU | largest | order');
for (const name of words.length > 0 ? words : NAMES.map((word) => `run-${word}`)) {
  const truth = await captured(name, 1);
  const whole = linearize(truth);
  const lru = lruFaultCurve(whole).pageIns;
  const { filter } = await read(join(datasets, 'fingerprints', `${name}.evfp`));
  const { framesMin: frames, reducedFor } = filter;
  const less = linearize(reduceReferences(truth, reducedFor));
  const others = [clock, sieve].map((policy) => {
    const run = { frameCount: frames, policy, seed: 1 };
    return percent(Math.abs(replay(less, run).pageIns / replay(whole, run).pageIns - 1));
  });
  const usual = await captured(name, 16);
  const usualFrames = usual.filter.framesMin;
  const usualString = linearize(usual);
  const usualLru = lruFaultCurve(usualString).pageIns;
  const cells = [
    [name, truth.sequences.length, whole.pageCount, whole.pages.length],
    [frames, less.pages.length, percent(largestError(lruFaultCurve(less).pageIns, lru, frames))],
    [percent(largestError(minFaultCurve(less).pageIns, minFaultCurve(whole).pageIns, frames))],
    others,
    [usualFrames, usualString.pages.length],
    [percent(largestError(usualLru, lru, usualFrames, usualFrames))],
    [percent(largestError(usualLru, lru, usualFrames))],
    [controlOf(usual) === controlOf(truth) ? 'same' : 'other'],
  ];
  console.log(cells.flat().join(' | '));
}

async function captured(name, filter) {
  const path = join(folder, `filter-${filter}`);
  mkdirSync(path, { recursive: true });
  const file = join(path, `${name}.evfp`);
  if (!existsSync(file)) {
    const env = { ...process.env, FILTER: String(filter), REDUCE: '0' };
    execFileSync('sh', [join(datasets, 'capture.sh'), path, name], { env, stdio: 'ignore' });
  }
  return read(file);
}

async function read(file) {
  return (await readFingerprint(file, 1)).fingerprint;
}

/** Relative, of the page-ins with `from` … `to` frames. */
function largestError(pageIns, truth, from, to = truth.length) {
  let largest = 0;
  for (let frames = from; frames <= Math.min(to, truth.length); frames++) {
    const found = pageIns[Math.min(frames, pageIns.length) - 1];
    largest = Math.max(largest, Math.abs(found / truth[frames - 1] - 1));
  }
  return largest;
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}

/** What each sequence did but touch pages and sleep. */
function controlOf({ sequences }) {
  const words = [];
  for (const { name, actions, operands } of sequences) {
    words.push(name);
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > 2) words.push(`${actions[row]}:${operands[row]}`);
    }
  }
  return words.join(' ');
}
