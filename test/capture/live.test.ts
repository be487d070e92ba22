/** Captures of real programs, where Valgrind and gcc are there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CaptureOptions, captureWithValgrind } from '../../src/capture/capture.ts';
import { examine } from '../../src/capture/doctor.ts';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replay } from '../../src/engine/replay.ts';
import { Action } from '../../src/fingerprint/action.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { lruFaultCurve } from '../../src/optimal/faultCurve.ts';
import { checkScenario, SCENARIOS } from './scenarios.ts';

const missing = examine()
  .find(({ id }) => id === 'valgrind')
  ?.facilities.filter(({ isThere }) => !isThere);
if (missing === undefined || missing.length > 0) {
  const remedies = missing?.map(({ id, remedy }) => `${id} (${remedy})`).join(', ');
  console.warn(`SKIPPED: captures of live programs; missing: ${remedies}`);
}
const live = missing?.length === 0 ? it : it.skip;

let folder = '';
let every = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evictlab-test-'));
  every = join(folder, 'every');
  if (missing?.length !== 0) return;
  const source = new URL('./everyEdge.c', import.meta.url).pathname;
  execFileSync('gcc', ['-O1', '-pthread', '-o', every, source]);
  process.env.LC_ALL = 'C';
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function capture(command: readonly string[], options: Partial<CaptureOptions> = {}) {
  return captureWithValgrind({
    name: 'test',
    command,
    filterPages: 16,
    epochInstructions: 0,
    reduceFor: 0,
    instructionsMax: 0,
    signatures: false,
    nsPerInstruction: 0.25,
    ...options,
  });
}

describe('a capture under our Valgrind tool', () => {
  for (const scenario of SCENARIOS) {
    live(`tells the story of ${scenario.word}`, async () => {
      const argument = join(folder, scenario.argument ?? '');
      if (scenario.argument === 'file') {
        writeFileSync(argument, '');
        truncateSync(argument, 8192);
      }
      const { fingerprint, exit } = await capture([every, scenario.word, argument]);
      expect(exit).toBe(0);
      checkScenario(scenario, fingerprint);
    });
  }

  live('draws the example of the proposal: a shell pipes ls to sort', async () => {
    const script = join(folder, 'sortls');
    writeFileSync(script, `ls -lR ${folder} | sort -u\n`);
    const { fingerprint } = await capture(['sh', script]);
    expect(fingerprint.sequences.map(({ name }) => name)).toEqual(['sortls', 'ls', 'sort']);
    const text = printFingerprint(fingerprint);
    expect(parseFingerprint(text, 'x')).toEqual(fingerprint);
    const references = linearize(fingerprint);
    for (const policy of (await loadPolicies()).values()) {
      const nextUse = computeNextUse(references);
      const run = { frameCount: 200, policy, options: policy.defaults, seed: 1, nextUse };
      const { pageIns, minorFaults } = replay(references, run);
      expect(pageIns + minorFaults).toBeGreaterThanOrEqual(references.pageCount);
    }
    const edges = text
      .split('\n')
      .map((line) => (line.match(/(?<= )([DUF]\(\w+\)|E$)/g) ?? []).join(' '));
    expect(edges).toContainEqual(
      expect.stringMatching(
        /^U\(sortls\) F\(ls\) U\(ls\) F\(sort\) U\(sort\) D\(ls\) D\(sort\) E$/,
      ),
    );
    expect(edges).toContainEqual(expect.stringMatching(/^D\(sortls\)( U\(sort\))+ E$/));
    expect(edges).toContainEqual(expect.stringMatching(/^D\(sortls\)( D\(ls\))+ E$/));
  });

  live('counts the same from run to run', async () => {
    const command = ['ls', '/'];
    const [a, b] = [await capture(command), await capture(command)];
    expect(b.instructions).toBe(a.instructions);
    expect(b.fingerprint.sequences[0].actions).toEqual(a.fingerprint.sequences[0].actions);
  });

  live('keeps page-ins of LRU in every memory of K frames and more', async () => {
    const text = join(folder, 'lines.txt');
    let lines = '';
    for (let i = 0; i < 8000; i++)
      lines += `${(i * 2_654_435_761) % 1_000_003} ${'x'.repeat(i % 40)}\n`;
    writeFileSync(text, lines);
    const command = ['sort', '--parallel=1', '-o', '/dev/null', text];
    const whole = await capture(command, { filterPages: 1 });
    const truth = lruFaultCurve(linearize(whole.fingerprint)).pageIns;
    const sizes = Array.from(truth, (_, i) => i + 1);
    for (const filterPages of [2, 16, 64]) {
      const { fingerprint, instructions, logBytes } = await capture(command, { filterPages });
      expect(instructions).toBe(whole.instructions);
      if (filterPages > 2) expect(logBytes).toBeLessThan(whole.logBytes);
      expect(fingerprint.filter).toMatchObject({ kind: 'safe-drop', framesMin: 4 * filterPages });
      const curve = lruFaultCurve(linearize(fingerprint)).pageIns;
      expect(curve.length).toBe(truth.length);
      const wrong = sizes.filter((frames) => curve[frames - 1] !== truth[frames - 1]);
      expect(wrong.filter((frames) => frames >= filterPages)).toEqual([]);
    }
  });

  live('signs references to data with their instruction, the same in every run', async () => {
    const [a, b] = [
      await capture([every], { signatures: true }),
      await capture([every], { signatures: true }),
    ];
    const { signatures } = a.fingerprint.sequences[0];
    expect(new Set(signatures).size).toBeGreaterThan(100);
    expect(b.fingerprint.sequences[0].signatures).toEqual(signatures);
  });

  live('says what the pages of each map are for', async () => {
    const { fingerprint } = await capture([every]);
    const uses = new Set(fingerprint.mappings.map(({ use }) => use));
    expect(uses).toEqual(new Set(['code', 'data', 'heap', 'stack']));
  });

  live('keeps what a program did that crashes, is killed, or is cut', async () => {
    const crashed = await capture([every, 'crash']);
    expect(crashed.exit).toBe('SIGSEGV');
    const killed = await capture([every, 'die']);
    expect(killed.exit).toBe('SIGKILL');
    expect(killed.fingerprint.origin.exit).toBe('SIGKILL');
    const cut = await capture([every], { instructionsMax: 50_000 });
    expect(cut.fingerprint.origin.losses).toContain('cut after 50000 instructions');
    for (const { fingerprint } of [crashed, killed, cut]) {
      expect(fingerprint.sequences[0].actions.length).toBeGreaterThan(20);
    }
  });

  const isLong = process.env.EVICTLAB_LONG === '1';
  live(`tells all of a program that forks ${isLong ? 1000 : 40} times`, async () => {
    const count = isLong ? 1000 : 40;
    const { fingerprint, exit, processes } = await capture([every, 'many', `${count}`]);
    expect([exit, processes, fingerprint.sequences.length]).toEqual([0, count + 1, count + 1]);
    const [parent, ...children] = fingerprint.sequences;
    const of = (action: number): number[] =>
      Array.from(parent.operands).filter((_, row) => parent.actions[row] === action);
    const all = children.map((_, i) => i + 1);
    expect(of(Action.Fork)).toEqual(all);
    expect(of(Action.Wait)).toEqual(all);
    for (const { actions } of children) expect(actions.at(-1)).toBe(Action.Exit);
    // A page that a child writes is its own copy, and goes with it.
    expect(linearize(fingerprint).releases!.ticks.length).toBeGreaterThanOrEqual(count);
  });

  live('has a fingerprint of a program that writes no page', async () => {
    const source = join(folder, 'quiet.s');
    const quiet = join(folder, 'quiet');
    writeFileSync(source, '.globl _start\n_start: movl $60, %eax\nxorl %edi, %edi\nsyscall\n');
    execFileSync('gcc', ['-nostdlib', '-static', '-o', quiet, source]);
    const { fingerprint, exit } = await capture([quiet]);
    expect(exit).toBe(0);
    const { actions } = fingerprint.sequences[0];
    expect(actions).toContain(Action.Read);
    expect(actions).not.toContain(Action.Write);
    expect(actions.at(-1)).toBe(Action.Exit);
  });

  live('ends at an interrupt with what happened so far', async () => {
    const started = Date.now();
    setTimeout(() => process.emit('SIGINT'), 3000);
    const { exit, fingerprint } = await capture([every, 'sleep']);
    expect(exit).toBe('SIGINT');
    expect(fingerprint.sequences.length).toBe(1);
    expect(Date.now() - started).toBeLessThan(29_000);
  });

  live('refuses what is no program, and leaves nothing behind', async () => {
    await expect(capture(['no-such-program'])).rejects.toThrow('there is no program');
    await expect(capture([folder])).rejects.toThrow('cannot be run');
    const text = join(folder, 'text');
    writeFileSync(text, 'no program\n', { mode: 0o755 });
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('evictlab-capture-'));
    await capture([text]).catch((error: Error) => expect(error.message).toContain('did not run'));
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('evictlab-capture-'));
    expect(after.length).toBeLessThanOrEqual(before.length);
  });
});
