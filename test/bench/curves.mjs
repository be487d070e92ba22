/*
 * `node test/bench/curves.mjs` after `npm run build`: ns a reference of fault curves, exact and
 * from a sample of 1 % of the pages, with Zipf strings of growing length over the same pages.
 * `node test/bench/curves.mjs sample [SIZE]`: how far estimates from a share of the pages (0.1), or
 * from so many (1024), are off, and how often by no more than one and two standard errors, from 2 %
 * of the pages as frames on.
 */
import { linearize } from '../../dist/fingerprint/linearize.js';
import { readFingerprint } from '../../dist/node/fingerprintFile.js';
import {
  lruFaultCurve,
  lruPartCurves,
  minFaultCurve,
  minPartCurves,
} from '../../dist/optimal/faultCurve.js';
import { sampledFaultCurve } from '../../dist/optimal/sampledCurve.js';
import { zipfReferences } from './zipf.mjs';

const PAGES = 100_000;
/** A reference costs MIN's stack the depth of its page. */
const MIN_PAGES = 20_000;
const SEEDS = 12;
const PROGRAMS = ['cc1', 'gitlog', 'perl', 'sort', 'run-make', 'run-postgres'];
const ZIPF = 'synthetic:zipf:pages=100000,references=1000000';

if (process.argv[2] === 'sample') await coverage(Number(process.argv[3] ?? 0.1));
else speed();

function speed() {
  for (const [name, curve, ofParts, pageCount, lengths] of [
    ['LRU', lruFaultCurve, lruPartCurves, PAGES, [1e6, 3e6, 1e7]],
    ['MIN', minFaultCurve, minPartCurves, MIN_PAGES, [1e5, 3e5]],
  ]) {
    for (const length of lengths) {
      const string = {
        ...zipfReferences(length, pageCount, 1),
        pageCount,
        kinds: new Uint8Array(pageCount).fill(1),
        releases: undefined,
      };
      const exact = leastNs(() => curve(string)) / length;
      const sampled =
        leastNs(() => sampledFaultCurve(string, ofParts, { rate: 0.01, seed: 1 })) / length;
      console.log(
        `${name}, ${length} references, ${pageCount} pages: ${exact.toFixed(1)} ns a reference, ` +
          `sampled ${sampled.toFixed(1)}`,
      );
    }
  }
}

async function coverage(size) {
  for (const name of [...PROGRAMS, ZIPF]) {
    const path = name === ZIPF ? ZIPF : `datasets/fingerprints/${name}.evfp`;
    const string = linearize((await readFingerprint(path, 1)).fingerprint);
    const exact = lruFaultCurve(string).pageIns;
    const errors = [];
    const within = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const sampled = sampledFaultCurve(string, lruPartCurves, {
        ...(size < 1 ? { rate: size } : { pages: size }),
        seed,
      });
      for (const [i, frames] of sampled.frames.entries()) {
        if (frames < 0.02 * string.pageCount) continue;
        const error = Math.abs(sampled.pageIns[i] - exact[frames - 1]);
        errors.push(error / string.pages.length);
        for (const k of [1, 2]) if (error <= k * sampled.standardErrors[i] + 0.5) within[k - 1]++;
      }
    }
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    console.log(
      `${name}: ${string.pages.length} references, ${string.pageCount} pages; mean error ` +
        `${(100 * mean).toFixed(2)} % of the references, within one ` +
        `${Math.round((100 * within[0]) / errors.length)} %, two ` +
        `${Math.round((100 * within[1]) / errors.length)} %`,
    );
  }
}

function leastNs(run) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) * 1000);
  }
  return least;
}
