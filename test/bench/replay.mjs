/*
 * One policy in a process of its own: `node replay.mjs POLICY`, "map-lru" being the naive one. A
 * process that has run several policies measures each at the price of all: V8 inlines the calls of
 * a loop only while it has seen at most four classes there.
 *
 * Prints {"nanoseconds": CPU time a reference, "pageIns", "pageOuts"}.
 */
import { replay } from '../../dist/engine/replay.js';
import { resolvePolicy } from '../../dist/node/policyCatalog.js';
import { mapLru } from './mapLru.mjs';
import { FRAMES, PAGES, REFERENCES, SEED, WARM_UP } from './size.mjs';
import { zipfReferences } from './zipf.mjs';

const name = process.argv[2];
const references = zipfReferences(REFERENCES, PAGES, SEED);
const run = name === 'map-lru' ? mapRun() : await policyRun(name);

run({
  ...references,
  pages: references.pages.subarray(0, WARM_UP),
  writes: references.writes.subarray(0, WARM_UP),
});
const before = process.cpuUsage();
const { pageIns, pageOuts } = run(references);
const { user, system } = process.cpuUsage(before);
const nanoseconds = ((user + system) * 1000) / REFERENCES;
console.log(JSON.stringify({ nanoseconds, pageIns, pageOuts }));

function mapRun() {
  return (string) => mapLru(string, FRAMES);
}

async function policyRun(text) {
  const { spec, options } = await resolvePolicy(text);
  return (string) => replay(string, { frameCount: FRAMES, policy: spec, options, seed: SEED });
}
