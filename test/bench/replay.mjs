/*
 * One policy on one string in a process of its own: `node replay.mjs POLICY STRING`, "map-lru" being
 * the naive one. A process that has run several policies measures each at the price of all: V8
 * inlines the calls of a loop only while it has seen at most four classes there.
 *
 * Prints {"nanoseconds": CPU time a reference, "pageIns", "pageOuts"}.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replay } from '../../dist/engine/replay.js';
import { linearize } from '../../dist/fingerprint/linearize.js';
import { readFingerprint } from '../../dist/node/fingerprintFile.js';
import { resolveNamedPolicy } from '../../dist/node/namedPolicy.js';
import { mapLru } from './mapLru.mjs';
import { SEED, STRINGS, WARM_UP } from './size.mjs';
import { zipfReferences } from './zipf.mjs';

const [name, stringName] = process.argv.slice(2);
const { zipf, frames: share } = STRINGS[stringName];
const strings = zipf ? [zipfReferences(zipf.references, zipf.pages, SEED)] : await captures();
const run = name === 'map-lru' ? mapLru : await policyRun(name);

for (const string of strings) run(beginning(string), frameCountOf(string));
const totals = { nanoseconds: 0, pageIns: 0, pageOuts: 0 };
let references = 0;
const before = process.cpuUsage();
for (const string of strings) {
  const { pageIns, pageOuts } = run(string, frameCountOf(string));
  totals.pageIns += pageIns;
  totals.pageOuts += pageOuts;
  references += string.pages.length;
}
const { user, system } = process.cpuUsage(before);
totals.nanoseconds = ((user + system) * 1000) / references;
console.log(JSON.stringify(totals));

/** Of the pages that were to be drawn from, of which a few never were. */
function frameCountOf(string) {
  return Math.max(1, Math.floor(share * (zipf?.pages ?? string.pageCount)));
}

function beginning(string) {
  if (!zipf) return string;
  const { pages, writes } = string;
  return { ...string, pages: pages.subarray(0, WARM_UP), writes: writes.subarray(0, WARM_UP) };
}

async function captures() {
  const folder = new URL('../../datasets/fingerprints/', import.meta.url);
  const files = readdirSync(folder).filter((file) => /^run-.*\.evfp$/.test(file));
  const read = async (file) => {
    const { fingerprint } = await readFingerprint(fileURLToPath(new URL(file, folder)), SEED);
    return linearize(fingerprint);
  };
  return Promise.all(files.sort().map(read));
}

async function policyRun(text) {
  const { spec, options } = await resolveNamedPolicy(text);
  return (string, frameCount) => replay(string, { frameCount, policy: spec, options, seed: SEED });
}
