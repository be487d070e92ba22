/*
 * `node test/bench/optimum.mjs [PAGE-OUT-COST] [FINGERPRINT…]` after `npm run build`: references a
 * second of MIN, the next-use pass included, and for every fingerprint (those of the default study if
 * none is named) at 10, 20 and 40 % of its pages the width of the bracket, CPU time and memory. One process a
 * figure. With page-outs priced a cell takes seconds to minutes; `min` as the only word skips them.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REFERENCES = 20e6;
const PAGES = 1e6;
const SEED = 1;
const FRAMES = [10_000, 100_000, 400_000];
const SHARES = [0.1, 0.2, 0.4];
/** Enough for V8 to have compiled the loops. */
const WARM_UP = 1e6;

const self = fileURLToPath(import.meta.url);
const [word, ...words] = process.argv.slice(2);
if (word === '--min') await measureMin(Number(words[0]));
else if (word === '--cell') await measureCell(words[0], Number(words[1]), Number(words[2]));
else drive();

function drive() {
  const load = () => loadavg()[0].toFixed(1);
  console.log(
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ` +
      `${cpus().length} × ${cpus()[0].model}, load ${load()} at the start\n`,
  );
  console.log(
    `MIN, ${REFERENCES / 1e6} M references (Zipf, seed ${SEED}) to ${PAGES / 1e6} M pages`,
  );
  console.log('frames   M refs/s     page-ins  MiB');
  for (const frames of FRAMES) {
    const { seconds, pageIns, mebibytes } = child('--min', frames);
    const rate = (REFERENCES / seconds / 1e6).toFixed(1);
    console.log(
      String(frames).padStart(6) +
        rate.padStart(11) +
        String(pageIns).padStart(13) +
        String(mebibytes).padStart(5),
    );
  }
  if (word === 'min') return;
  const isPrice = word !== undefined && /^[\d.]+$/.test(word);
  const named = [...(isPrice ? [] : [word]), ...words].filter((file) => file !== undefined);
  const price = isPrice ? Number(word) : 1;
  console.log(`\nThe optimum, page-outs at ${price}`);
  console.log('fingerprint      frames       lower       upper  width %  CPU s   MiB  by');
  for (const file of named.length > 0 ? named : bundled()) {
    for (const share of SHARES) printCell(child('--cell', file, share, price));
  }
  console.log(`\nload ${load()} at the end`);
}

function printCell({ name, frames, lower, upper, seconds, mebibytes, method }) {
  const width = lower === 0 ? 0 : (100 * (upper - lower)) / lower;
  console.log(
    name.padEnd(16) +
      String(frames).padStart(7) +
      String(lower.toFixed(1)).padStart(12) +
      String(upper).padStart(12) +
      width.toFixed(3).padStart(9) +
      seconds.toFixed(1).padStart(7) +
      String(mebibytes).padStart(6) +
      `  ${method}`,
  );
}

function child(...args) {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 20 };
  return JSON.parse(execFileSync(process.execPath, [self, ...args.map(String)], options));
}

function bundled() {
  const folder = fileURLToPath(new URL('../../datasets/fingerprints/', import.meta.url));
  const files = readdirSync(folder).filter((file) => /^(?!run-).*\.evfp$/.test(file));
  return files.sort().map((file) => join(folder, file));
}

async function measureMin(frameCount) {
  const { computeNextUse } = await import('../../dist/engine/nextUse.js');
  const { replay } = await import('../../dist/engine/replay.js');
  const { min } = await import('../../dist/optimal/min.js');
  const { zipfReferences } = await import('./zipf.mjs');
  const references = zipfReferences(REFERENCES, PAGES, SEED);
  const run = (string) =>
    replay(string, { frameCount, policy: min, nextUse: computeNextUse(string), seed: SEED });
  run({
    ...references,
    pages: references.pages.subarray(0, WARM_UP),
    writes: references.writes.subarray(0, WARM_UP),
  });
  const before = process.cpuUsage();
  const { pageIns } = run(references);
  report(before, { pageIns });
}

async function measureCell(file, share, pageOutCost) {
  const { readFingerprint } = await import('../../dist/node/fingerprintFile.js');
  const { linearize } = await import('../../dist/fingerprint/linearize.js');
  const { computeOptimum } = await import('../../dist/optimal/optimum.js');
  const { fingerprint } = await readFingerprint(file, SEED);
  const references = linearize(fingerprint);
  const frameCount = Math.max(1, Math.floor(share * references.pageCount));
  const prices = { pageInCost: 1, pageOutCost, chargeFinal: false };
  const before = process.cpuUsage();
  const found = await computeOptimum(references, { frameCount, prices });
  report(before, {
    name: fingerprint.name,
    frames: frameCount,
    lower: found.lowerBound,
    upper: found.upperBound,
    method: found.exact ? 'exact' : found.lowerMethod,
  });
}

/** CPU seconds since `before`, and the most memory this process ever had. */
function report(before, figures) {
  const { user, system } = process.cpuUsage(before);
  const mebibytes = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(JSON.stringify({ ...figures, seconds: (user + system) / 1e6, mebibytes }));
}
