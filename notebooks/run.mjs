/*
 * Runs the notebooks in their own kernel, tslab, by Jupyter's nbconvert, and writes the outputs
 * back; with --check compares them with what is there, and writes nothing.
 *
 *   node notebooks/run.mjs [--check] [NAME…]
 *
 * Same program, same outputs: no times, counts of cells and outputs only.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;
const check = process.argv.includes('--check');
const asked = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ipynb'))
  .filter((file) => asked.length === 0 || asked.some((name) => file.startsWith(name)))
  .sort();

const work = mkdtempSync(join(tmpdir(), 'evictlab-notebooks-'));
try {
  const kernel = join(work, 'kernels/tslab');
  mkdirSync(kernel, { recursive: true });
  const tslab = join(here, 'node_modules/.bin/tslab');
  // `tslab install` wants IPython; the kernel does not.
  const spec = {
    argv: [tslab, 'kernel', '--config-path={connection_file}'],
    display_name: 'TypeScript',
    language: 'typescript',
  };
  writeFileSync(join(kernel, 'kernel.json'), JSON.stringify(spec));
  for (const name of names) {
    const { status, stderr } = spawnSync(
      'jupyter',
      [
        ...['nbconvert', '--to', 'notebook', '--execute', join(here, name)],
        ...['--output-dir', work, '--output', name],
        ...['--allow-errors', '--ExecutePreprocessor.record_timing=False'],
        '--ExecutePreprocessor.timeout=600',
      ],
      { env: { ...process.env, JUPYTER_PATH: work }, encoding: 'utf8' },
    );
    if (status !== 0) {
      console.error(`${name} failed:\n${stderr.slice(-4000)}`);
      process.exitCode = 1;
      continue;
    }
    const run = JSON.parse(readFileSync(join(work, name), 'utf8'));
    const complaint = complaintOf(run);
    if (complaint !== undefined) {
      console.error(`${name} failed:\n${complaint}`);
      process.exitCode = 1;
      continue;
    }
    const made = asKept(run);
    const kept = readFileSync(join(here, name), 'utf8');
    if (made === kept) console.log(`${name}: the same`);
    else if (check) {
      console.error(`${name}: ${firstDifference(kept, made)}`);
      process.exitCode = 1;
    } else {
      writeFileSync(join(here, name), made);
      console.log(`${name}: written`);
    }
  }
} finally {
  rmSync(work, { recursive: true });
}

/** What the first cell that failed says: tslab tells it on standard error, and nowhere else. */
function complaintOf({ cells }) {
  const outputs = cells.flatMap((cell) => cell.outputs ?? []);
  const bad = outputs.find((one) => one.output_type === 'error' || one.name === 'stderr');
  return bad === undefined ? undefined : [bad.text ?? bad.traceback].flat().join('');
}

/** Without what differs from one version of Jupyter to the next. */
function asKept({ cells }) {
  const kept = cells.map(({ cell_type, id, source, outputs, execution_count }) =>
    cell_type === 'code'
      ? { cell_type, id, metadata: {}, execution_count, outputs: outputs.map(plain), source }
      : { cell_type, id, metadata: {}, source },
  );
  const kernelspec = { display_name: 'TypeScript', language: 'typescript', name: 'tslab' };
  const language_info = { file_extension: '.ts', mimetype: 'text/typescript', name: 'typescript' };
  const notebook = {
    cells: kept,
    metadata: { kernelspec, language_info },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/** Text in one piece: how a stream is cut into pieces is chance. */
function plain(output) {
  const joined = (text) => (Array.isArray(text) ? text.join('') : text).split(/(?<=\n)/);
  if (output.output_type === 'stream') return { ...output, text: joined(output.text) };
  const data = Object.entries(output.data ?? {}).map(([type, text]) => [type, joined(text)]);
  return { ...output, data: Object.fromEntries(data) };
}

function firstDifference(kept, made) {
  const [a, b] = [kept.split('\n'), made.split('\n')];
  const line = a.findIndex((text, i) => text !== b[i]);
  return `line ${line + 1} was\n  ${a[line]?.trim()}\nand is\n  ${b[line]?.trim()}`;
}
