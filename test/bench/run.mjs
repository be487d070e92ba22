/*
 * `npm run bench [-- POLICY… | all]` after `npm run build`: references a second of the policies that
 * have a budget (README.md beside this), of those named, or of all; the naive version is with them.
 * One policy and string a process; each round runs them all, so that a busy minute of the machine
 * falls on all of them. CPU time, the least and the median of the rounds; trust ratios, not digits.
 *
 *   EVICTLAB_BENCH_STRINGS=zipf-200k-10%   which strings, separated by commas (size.mjs)
 *   EVICTLAB_BENCH_ROUNDS=3
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { loadPolicies } from '../../dist/node/policyCatalog.js';
import { SEED, STRINGS } from './size.mjs';

const WITH_BUDGET = ['fifo', 'clock', 'sieve', 'lru', '2q', 'arc', 's3-fifo', 'lirs', 'clock-pro'];
const MODEL = fileURLToPath(new URL('../../models/least-squares.json', import.meta.url));
const KERNELS =
  'linux-classic mglru-6.12 freebsd windows linux-2.2 linux-2.4.0 aa-2.4.17 aa-2.4.27';
const BUDGETED = [
  ...WITH_BUDGET,
  'min',
  ...KERNELS.split(' '),
  'wsclock',
  `model:${MODEL}:candidates=64`,
  `model:${MODEL}:candidates=64,hand=1`,
];

const child = fileURLToPath(new URL('./replay.mjs', import.meta.url));
const { EVICTLAB_BENCH_STRINGS, EVICTLAB_BENCH_ROUNDS } = process.env;
const strings = EVICTLAB_BENCH_STRINGS?.split(',') ?? Object.keys(STRINGS).slice(0, 3);
const roundCount = Number(EVICTLAB_BENCH_ROUNDS ?? 3);
const named = process.argv.slice(2);
const wanted = named[0] === 'all' ? [...(await loadPolicies()).keys()] : named;
const names = wanted.length > 0 ? wanted : [...BUDGETED, 'map-lru'];

const load = () => loadavg()[0].toFixed(1);
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ` +
    `${cpus().length} × ${cpus()[0].model}, load ${load()} at the start`,
);
console.log(`${strings.join(', ')}; Zipf by seed ${SEED}; ${roundCount} rounds\n`);

const cells = names.flatMap((name) => strings.map((string) => ({ name, string, rounds: [] })));
for (let round = 0; round < roundCount; round++) {
  for (const { name, string, rounds } of cells) {
    const printed = execFileSync(process.execPath, [child, name, string], { encoding: 'utf8' });
    rounds.push(JSON.parse(printed));
  }
}

console.log('policy           string          ns min  median   M refs/s     page-ins   page-outs');
for (const { name, string, rounds } of cells) {
  const times = rounds.map((round) => round.nanoseconds).sort((a, b) => a - b);
  const [least, median] = [times[0], times[times.length >> 1]];
  const { pageIns, pageOuts } = rounds[0];
  console.log(
    name.split('/').at(-1).padEnd(17) +
      string.padEnd(14) +
      least.toFixed(1).padStart(8) +
      median.toFixed(1).padStart(8) +
      (1000 / least).toFixed(1).padStart(11) +
      String(pageIns).padStart(13) +
      String(pageOuts).padStart(12),
  );
}
console.log(`\nload ${load()} at the end`);
