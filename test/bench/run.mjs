/*
 * `npm run bench [-- POLICY…]` after `npm run build`: references a second of every policy, or of
 * those named. One policy a process; each round runs them all, so that a busy minute of the machine
 * falls on all of them. CPU time, the least and the median of the rounds; trust ratios, not digits.
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadPolicies } from '../../dist/node/policyCatalog.js';
import { FRAMES, PAGES, REFERENCES, ROUNDS, SEED } from './size.mjs';

const child = fileURLToPath(new URL('./replay.mjs', import.meta.url));
const named = process.argv.slice(2);
const names = named.length > 0 ? named : [...(await loadPolicies()).keys(), 'map-lru'];

const load = () => loadavg()[0].toFixed(1);
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ` +
    `${cpus().length} × ${cpus()[0].model}, load ${load()} at the start`,
);
console.log(
  `${REFERENCES / 1e6} M references (Zipf, seed ${SEED}), ${PAGES / 1000} k pages, ` +
    `${FRAMES / 1000} k frames, ${ROUNDS} rounds\n`,
);

const results = new Map(names.map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const name of names) {
    results
      .get(name)
      .push(JSON.parse(execFileSync(process.execPath, [child, name], { encoding: 'utf8' })));
  }
}

console.log('policy           ns min  median   M refs/s     page-ins   page-outs');
for (const [name, rounds] of results) {
  const times = rounds.map((round) => round.nanoseconds).sort((a, b) => a - b);
  const [least, median] = [times[0], times[times.length >> 1]];
  const { pageIns, pageOuts } = rounds[0];
  console.log(
    name.padEnd(16) +
      least.toFixed(1).padStart(7) +
      median.toFixed(1).padStart(8) +
      (1000 / least).toFixed(1).padStart(11) +
      String(pageIns).padStart(13) +
      String(pageOuts).padStart(12),
  );
}
console.log(`\nload ${load()} at the end`);
