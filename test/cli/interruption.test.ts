/*
 * A study is killed at moments drawn over the time it takes undisturbed, one in each of as many
 * equal parts of it, and completed. Node's start is in that time too, and so are reading, labelling,
 * fitting, evaluating and the writing of tables.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Random } from '../../src/support/random.ts';
import { folderContents } from '../support/folderContents.ts';
import { isLong } from '../support/long.ts';
import { evictlab, startEvictlab, temporaryFolder } from './program.ts';

const STUDY = `name: small
fingerprints:
  - synthetic:zipf:pages=100,references=2000
  - synthetic:phases:pages=100,references=2000
frames: 20%
policies: [lru, min]
label: { states: [lru], candidates: 8, max-decisions: 100 }
train: { learner: least-squares, features: [recency, frequency, age], rounds: 1 }
seed: 5
`;
const KILLS = isLong ? 10 : 3;

it(`a study killed at ${KILLS} random moments ends in the bytes of one left in peace`, async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'study.yaml'), STUDY);
  const line = (output: string) => `study study.yaml -o ${output} --threads 2`;
  const start = async (output: string, killAfterMs?: number, signal?: NodeJS.Signals) => {
    const startedAtMs = performance.now();
    const child = startEvictlab(line(output), folder);
    const ended = new Promise<boolean>((resolve) => {
      child.on('exit', (code) => resolve(code !== 0));
    });
    const timer = killAfterMs && setTimeout(() => child.kill(signal), killAfterMs);
    const wasKilled = await ended;
    clearTimeout(timer);
    return { wasKilled, tookMs: performance.now() - startedAtMs };
  };
  const { tookMs } = await start('whole');
  const whole = folderContents(join(folder, 'whole'));
  expect(Object.keys(whole).length).toBeGreaterThan(15);

  const random = new Random(8);
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const output = `killed${kill}`;
    const share = (kill + random.next() / 2 ** 32) / KILLS;
    const signal = kill % 2 === 0 ? 'SIGKILL' : 'SIGINT';
    const { wasKilled } = await start(output, share * tookMs, signal);
    if (wasKilled) killed++;
    expect(evictlab(line(output), { cwd: folder }).status).toBe(0);
    expect(folderContents(join(folder, output))).toEqual(whole);
  }
  expect(killed).toBeGreaterThanOrEqual(KILLS / 3);
});

it('what a killed study left unfinished is swept; what lives, and is not ours, stays', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'study.yaml'), STUDY);
  expect(evictlab(`study study.yaml -o out`, { cwd: folder }).status).toBe(0);
  const before = folderContents(join(folder, 'out'));
  // No process has this number: Linux counts to 2^22.
  const dead = ['.', 'labels', 'models', 'cells', 'optima'].map((name) =>
    join(folder, 'out', name, '.tmp-99999999-0'),
  );
  const others = [`.tmp-${process.pid}-0`, '.tmp-x', 'mine.tmp-99999999-0'];
  for (const path of dead) writeFileSync(path, 'half');
  for (const name of others) writeFileSync(join(folder, 'out/labels', name), 'half');
  expect(evictlab(`study study.yaml -o out`, { cwd: folder }).status).toBe(0);
  const kept = Object.fromEntries(
    others.map((name) => [`/labels/${name}`, Buffer.from('half').toString('base64')]),
  );
  expect(folderContents(join(folder, 'out'))).toEqual({ ...before, ...kept });
});
