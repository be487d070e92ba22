/*
 * `node test/bench/capture.mjs` after `npm run build`: what a capture costs a long run, `sort` of
 * 20 MB beside the same under our Valgrind tool, and what is left of it on disk. Wall time, the
 * least of the rounds; reading the log is told apart.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureWithValgrind } from '../../dist/capture/capture.js';
import { prepareTool, valgrindVersion } from '../../dist/capture/valgrindTool.js';
import { summarizeFingerprint } from '../../dist/fingerprint/summary.js';
import { writeFingerprint } from '../../dist/node/fingerprintFile.js';

const ROUNDS = 3;
const BYTES = 20_000_000;
const FILTER = 16;
const REDUCTIONS = [0, 32, 64];

const folder = mkdtempSync(join(tmpdir(), 'evictlab-bench-'));
const text = join(folder, 'lines.txt');
writeLines();
process.env.LC_ALL = 'C';
const sort = ['sort', '--parallel=1', '-o', '/dev/null', text];
const library = prepareTool();

console.log(
  `${new Date().toISOString().slice(0, 10)}, ${valgrindVersion()}, Node ${process.version}, ` +
    `${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the start`,
);
try {
  const native = least(() => execFileSync(sort[0], sort.slice(1)));
  const captured = least(underTool);
  console.log(`sort of ${BYTES / 1e6} MB   ${(native / 1e3).toFixed(2)} s`);
  const ratio = (captured / native).toFixed(1);
  console.log(`under the tool, K = ${FILTER}   ${(captured / 1e3).toFixed(2)} s   ${ratio} x`);
  for (const reduceFor of REDUCTIONS) await captureWhole(reduceFor);
} finally {
  rmSync(folder, { recursive: true });
}

/** Program, logs and file. */
async function captureWhole(reduceFor) {
  const startMs = performance.now();
  const start = process.cpuUsage();
  const { fingerprint, instructions, logBytes } = await captureWithValgrind({
    name: 'sort',
    command: sort,
    filterPages: FILTER,
    epochInstructions: 0,
    reduceFor,
    instructionsMax: 0,
    signatures: false,
    nsPerInstruction: 0.25,
  });
  const { bytes } = await writeFingerprint(join(folder, 'sort.evfp'), fingerprint);
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(start);
  const { actions, references } = summarizeFingerprint(fingerprint);
  console.log(
    `with its file, reduced for ${reduceFor}   ${(elapsedMs / 1e3).toFixed(1)} s, of them ` +
      `${((user + system) / 1e6).toFixed(1)} s CPU to read ${logBytes} bytes of log and write; ` +
      `${instructions} instructions, ${references} references, ` +
      `${bytes} bytes, ${(bytes / actions).toFixed(2)} bytes an action`,
  );
}

function underTool() {
  const logs = mkdtempSync(join(folder, 'logs-'));
  writeFileSync(join(logs, 'control'), '');
  truncateSync(join(logs, 'control'), 4096);
  const tool = ['--tool=evictlab', '-q', '--vgdb=no', `--capture-dir=${logs}`];
  const env = { ...process.env, VALGRIND_LIB: library };
  execFileSync('valgrind', [...tool, `--capture-filter=${FILTER}`, ...sort], { env });
  rmSync(logs, { recursive: true });
}

function least(work) {
  let leastMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    work();
    leastMs = Math.min(leastMs, performance.now() - startMs);
  }
  return leastMs;
}

/** Lines of 5 to 60 letters, the same every time. */
function writeLines() {
  const bytes = Buffer.alloc(BYTES);
  let state = 1;
  const draw = () => (state = (state * 48_271) % 2_147_483_647);
  for (let end = 0; end < BYTES; ) {
    for (let left = 5 + (draw() % 56); left > 0 && end < BYTES - 1; left--) {
      bytes[end++] = 97 + (draw() % 26);
    }
    bytes[end++] = 10;
  }
  writeFileSync(text, bytes);
  if (statSync(text).size !== BYTES) throw new Error('the text has its size');
}
