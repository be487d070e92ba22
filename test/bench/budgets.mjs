/*
 * `node test/bench/budgets.mjs [LOG]` after `npm run build`: start-up of the program, lines of
 * lackey's a second (of a Zipf string, and of the file LOG), and how fast binary fingerprints are
 * loaded. CPU time, the least of the rounds, the first
 * one left out; README.md beside this has the budgets.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importLackey } from '../../dist/fingerprint/importers/lackey.js';
import { countReferences } from '../../dist/fingerprint/nextStep.js';
import { readFingerprint, writeFingerprint } from '../../dist/node/fingerprintFile.js';
import { zipfReferences } from './zipf.mjs';

const ROUNDS = 6;
const LINES = 4_000_000;
const PAGES = 100_000;
const PROGRAMS = ['cc1', 'perl', 'gitlog', 'run-make'];
const CHUNK_BYTES = 65_536;
/** In memory: a page number and a bit for reading or writing. */
const BYTES_A_REFERENCE = 5;

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const fingerprints = fileURLToPath(new URL('../../datasets/fingerprints', import.meta.url));
const small = join(fingerprints, 'run-git.evfp');
const folder = mkdtempSync(join(tmpdir(), 'evictlab-bench-'));
const options = { name: 'zipf', pageSize: 4096, backing: 'file' };

console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ` +
    `${cpus().length} × ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)} at the start`,
);
try {
  const bare = await least(() => childSeconds(['-e', '0']));
  const help = await least(() => childSeconds([program, '--help']));
  const words = [program, 'simulate', small, '--frames', '10%', '--policy', 'lru'];
  const simulate = await least(() => childSeconds(words));
  console.log(`node itself ${milliseconds(bare)}, --help ${milliseconds(help)}`);
  console.log(`simulate, ${small.split('/').at(-1)}: ${milliseconds(simulate)}`);

  const texts = [['Zipf', lackeyText()]];
  if (process.argv[2] !== undefined) texts.push([process.argv[2], readFileSync(process.argv[2])]);
  for (const [name, text] of texts) {
    const lines = text.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    const reading = await least(() => cpuSeconds(() => importLackey(chunksOf(text), options)));
    console.log(`lackey, ${name}: ${(lines / reading / 1e6).toFixed(1)} M lines/s`);
  }

  const file = join(folder, 'zipf.evfp');
  await writeFingerprint(file, await importLackey(chunksOf(texts[0][1]), options));
  const programs = PROGRAMS.map((name) => join(fingerprints, `${name}.evfp`));
  for (const path of [file, ...programs]) {
    const { fingerprint } = await readFingerprint(path, 1);
    const references = fingerprint.sequences.reduce(
      (sum, { actions }) => sum + countReferences(actions),
      0,
    );
    const loading = await least(() => cpuSeconds(() => readFingerprint(path, 1)));
    const decoded = (references * BYTES_A_REFERENCE) / loading / 1e6;
    console.log(
      `load, ${path.split('/').at(-1)}: ${references} references, ${decoded.toFixed(0)} MB/s ` +
        `decoded, ${(statSync(path).size / references).toFixed(2)} bytes a reference`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`load ${loadavg()[0].toFixed(1)} at the end`);

async function least(measure) {
  await measure();
  let seconds = Number.POSITIVE_INFINITY;
  for (let round = 1; round < ROUNDS; round++) seconds = Math.min(seconds, await measure());
  return seconds;
}

/** CPU time of a Node process, of all its threads. */
function childSeconds(words) {
  const hook =
    'process.on("exit",()=>{const{user,system}=process.cpuUsage();' +
    'process.stderr.write(String((user+system)/1e6))})';
  const preload = `data:text/javascript,${encodeURIComponent(hook)}`;
  const script = ['--import', preload, ...words];
  const code = `const r=require('node:child_process').spawnSync(process.execPath,${JSON.stringify(
    script,
  )},{encoding:'utf8'});process.stdout.write(r.stderr.split('\\n').at(-1))`;
  return Number(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }));
}

async function cpuSeconds(run) {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function milliseconds(seconds) {
  return `${(1000 * seconds).toFixed(0)} ms`;
}

function lackeyText() {
  const { pages, writes } = zipfReferences(LINES, PAGES, 1);
  const lines = [];
  for (let tick = 0; tick < LINES; tick++) {
    const address = (pages[tick] * 4096 + (tick % 512) * 8).toString(16).padStart(8, '0');
    lines.push(` ${writes[tick] === 1 ? 'S' : 'L'} ${address},8\n`);
  }
  return Buffer.from(lines.join(''));
}

async function* chunksOf(text) {
  for (let at = 0; at < text.length; at += CHUNK_BYTES) yield text.subarray(at, at + CHUNK_BYTES);
}
