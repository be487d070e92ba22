import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replay } from '../../src/engine/replay.ts';
import type { EvaluationRow } from '../../src/evaluation/evaluation.ts';
import { parseFrames, resolveFrames } from '../../src/evaluation/frameSizes.ts';
import type { LeftOutCell, PartRow } from '../../src/evaluation/part.ts';
import type { TunedFold } from '../../src/evaluation/tuned.ts';
import { firstReferences } from '../../src/fingerprint/firstReferences.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { windowOf } from '../../src/fingerprint/window.ts';
import { learnedPolicy } from '../../src/learning/learnedPolicy.ts';
import { parseModel } from '../../src/learning/model.ts';
import { readFeatureCatalog } from '../../src/node/featureCatalog.ts';
import { readFingerprint } from '../../src/node/fingerprintFile.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { folderContents } from '../support/folderContents.ts';
import { evictlab, startEvictlab, temporaryFolder } from './program.ts';

const STUDY = `name: small
fingerprints:
  - synthetic:zipf:pages=200,references=20000
  - synthetic:loop:pages=150,rounds=40
  - synthetic:phases:pages=200,references=20000
frames: [10%, 30%]
policies: [lru, clock, min]
label: { states: [lru], candidates: 8, max-decisions: 200 }
train: { learner: least-squares, rounds: 1 }
folds: leave-one-out
seed: 5
`;

const LATER = STUDY.replace('folds: leave-one-out', 'split: later-in-time\nsplit-at: 0.5');

function studyFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'study.yaml'), STUDY);
  return folder;
}

describe('a study', () => {
  it('ends in the same bytes with one thread and with two, and when it is run again', () => {
    const folder = studyFolder();
    for (const threads of [1, 2]) {
      const { status, stderr } = evictlab(
        `study study.yaml -o out${threads} --threads ${threads} --effort rules`,
        { cwd: folder },
      );
      expect([status, stderr]).toEqual([0, '']);
    }
    const first = folderContents(join(folder, 'out1'));
    expect(Object.keys(first).length).toBeGreaterThan(20);
    expect(folderContents(join(folder, 'out2'))).toEqual(first);
    evictlab('study study.yaml -o out1 --effort rules', { cwd: folder });
    expect(folderContents(join(folder, 'out1'))).toEqual(first);
  });

  it('judges each fingerprint by a model fitted on the others', () => {
    const folder = studyFolder();
    evictlab('study study.yaml -o out --effort rules', { cwd: folder });
    const models = readdirSync(join(folder, 'out/models')).filter((file) => /round-1/.test(file));
    expect(models).toHaveLength(3);
    const trainedOn = models.map((file) => {
      const text = readFileSync(join(folder, 'out/models', file), 'utf8');
      const model = JSON.parse(text) as { provenance: { fingerprints: string[] } };
      return model.provenance.fingerprints.length;
    });
    expect(trainedOn).toEqual([2, 2, 2]);
  });

  it('runs the fitted policy with the options it gives, and refuses those there are not', () => {
    const folder = studyFolder();
    const costs = (policy: string): unknown => {
      const train = `train: { learner: least-squares, policy: ${policy} }`;
      writeFileSync(join(folder, 'study.yaml'), STUDY.replace(/train: .*/, train));
      const { status, stderr } = evictlab('study study.yaml -o out --effort rules', {
        cwd: folder,
      });
      if (status !== 0) return stderr.split('\n')[0];
      const { rows } = JSON.parse(readFileSync(join(folder, 'out/gaps.json'), 'utf8')) as {
        rows: { policy: string; cost: number }[];
      };
      return rows.filter((row) => row.policy === 'least-squares').map(({ cost }) => cost);
    };
    const plain = costs('{}');
    expect(costs('{ candidates: 32 }')).toEqual(plain);
    expect(costs('{ guard: 1, candidates: 8 }')).not.toEqual(plain);
    expect(costs('{ gaurd: 1 }')).toMatch(/has no option "gaurd"/);
  });

  it('goes on after an interruption and ends in the same bytes', async () => {
    const folder = studyFolder();
    evictlab('study study.yaml -o whole --threads 1 --effort rules', { cwd: folder });
    const child = startEvictlab('study study.yaml -o cut --threads 1 --effort rules', folder);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const cells = join(folder, 'cut/cells');
    while (!existsSync(cells) && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGINT');
    await ended;
    expect(existsSync(join(folder, 'cut/gaps.json'))).toBe(false);
    const left = readdirSync(join(folder, 'cut'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((file) => file.includes('.tmp-'))).toEqual([]);
    const { status } = evictlab('study study.yaml -o cut --threads 1 --effort rules', {
      cwd: folder,
    });
    expect(status).toBe(0);
    expect(folderContents(join(folder, 'cut'))).toEqual(folderContents(join(folder, 'whole')));
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves nothing unfinished when %s stops its threads', async (signal, code) => {
    const folder = studyFolder();
    const slow = STUDY.replaceAll('references=20000', 'references=1000000')
      .replace('max-decisions: 200', 'max-decisions: 200000')
      .replace('[10%, 30%]', '[5, 6, 7, 8, 9, 10, 11, 12]');
    writeFileSync(join(folder, 'study.yaml'), slow);
    const child = startEvictlab('study study.yaml -o cut --threads 2 --effort rules', folder);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const labels = join(folder, 'cut/labels');
    const unfinished = () =>
      existsSync(labels) ? readdirSync(labels).filter((file) => file.startsWith('.tmp-')) : [];
    while (unfinished().length < 2 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill(signal);
    expect(await ended).toBe(code);
    expect(unfinished()).toEqual([]);
  });

  it('judges one model by what comes later in time, the same twice and after an interruption', async () => {
    const folder = studyFolder();
    const later = LATER.replace('split-at: 0.5', '').replace('lru, clock, min', 'lru, duel, min');
    writeFileSync(join(folder, 'study.yaml'), later);
    const study = (output: string): string => {
      const line = `study study.yaml -o ${output} --threads 2 --effort rules`;
      const { status, stdout, stderr } = evictlab(line, { cwd: folder });
      expect([status, stderr]).toEqual([0, '']);
      return stdout;
    };
    expect(study('whole')).toMatch(/least-squares \(fitted\)[\s\S]*first 33\.3 %[\s\S]*no gap/);
    const { rows, statistics } = JSON.parse(
      readFileSync(join(folder, 'whole/gaps.json'), 'utf8'),
    ) as {
      rows: { policy: string; from: number; references: number; closedPercent: number | null }[];
      statistics: { differences: { policy: string; against: string }[] };
    };
    expect(rows).toHaveLength(3 * 2 * 4);
    for (const { policy, from, references, closedPercent } of rows) {
      expect(from).toBe(Math.floor((from + references) / 3));
      if (policy === 'min') expect(closedPercent).toBe(100);
      if (policy === 'lru') expect(closedPercent).toBe(0);
    }
    expect(statistics.differences[0]).toMatchObject({ policy: 'least-squares', against: 'duel' });
    const models = readdirSync(join(folder, 'whole/models'));
    expect(models.filter((file) => /round-1/.test(file))).toHaveLength(1);
    const model = readFileSync(join(folder, 'whole/models', models[0]), 'utf8');
    const { provenance } = JSON.parse(model) as { provenance: { fingerprints: string[] } };
    expect(provenance.fingerprints).toHaveLength(3);

    const line = 'study study.yaml -o cut --threads 1 --effort rules';
    const child = startEvictlab(line, folder);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while (!existsSync(join(folder, 'cut/cells')) && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGINT');
    await ended;
    expect(existsSync(join(folder, 'cut/gaps.json'))).toBe(false);
    study('cut');
    expect(folderContents(join(folder, 'cut'))).toEqual(folderContents(join(folder, 'whole')));
    const { status, stderr } = evictlab('report whole', { cwd: folder });
    expect([status, stderr.split('\n')[0]]).toEqual([2, expect.stringMatching(/later in time/)]);
  });

  it('judges windows, in the cells that tell policies apart, each counted by itself', async () => {
    const folder = studyFolder();
    const windows = STUDY.replace('[10%, 30%]', '[1, 30%, 95%]')
      .replace('rounds: 1', 'rounds: 0')
      .replace('seed: 5', 'window: { references: 4000, from: 0.5, warm-up: 1/4 }\nseed: 5');
    writeFileSync(join(folder, 'study.yaml'), windows);
    const { status, stdout, stderr } = evictlab('study study.yaml -o out', { cwd: folder });
    expect([status, stderr]).toEqual([0, '']);
    const { rows, leftOut } = JSON.parse(readFileSync(join(folder, 'out/gaps.json'), 'utf8')) as {
      rows: PartRow[];
      leftOut: LeftOutCell[];
    };
    // Counted anew, by other code: the same string cut, LRU and MIN run to the border and the end.
    const policies = await loadPolicies();
    const left: Pick<LeftOutCell, 'fingerprint' | 'size'>[] = [];
    for (const input of STUDY.match(/synthetic:.*/g)!) {
      const { fingerprint } = await readFingerprint(input, 5);
      const whole = linearize(fingerprint);
      const start = Math.floor((whole.pages.length - 4000) / 2);
      const references = windowOf(whole, { references: 4000, from: 0.5 });
      for (const size of ['1', '30%', '95%']) {
        const { name } = fingerprint;
        const [frameCount] = resolveFrames(parseFrames(size), references.pageCount);
        const nextUse = computeNextUse(references);
        const [lru, min] = ['lru', 'min'].map((id) => {
          const run = { frameCount, policy: policies.get(id)!, seed: 5, nextUse };
          const before = replay(firstReferences(references, 1000), run);
          return replay(references, run).pageIns - before.pageIns;
        });
        const own = rows.filter((row) => row.fingerprint === name && row.size === size);
        if (lru - min < 200 || lru - min < 0.02 * min) {
          expect(own).toEqual([]);
          left.push({ fingerprint: name, size });
          continue;
        }
        expect(own.map((row) => row.policy)).toEqual(['lru', 'clock', 'min', 'least-squares']);
        for (const row of own) {
          expect(row).toMatchObject({ from: start + 1000, references: 3000, frames: frameCount });
          expect([row.lruPageIns, row.minPageIns]).toEqual([lru, min]);
        }
      }
    }
    expect(left.length).toBeGreaterThan(0);
    expect(leftOut).toMatchObject(left);
    const pareto = readFileSync(join(folder, 'out/pareto.csv'), 'utf8').split('\n');
    expect(pareto.map((line) => line.split(',')[0])).toEqual([
      'policy',
      'lru',
      'clock',
      'least-squares',
      '',
    ]);
    // CLOCK has its bits from the hardware: whoever costs as little closes no more.
    expect(pareto[2]).toMatch(/^clock,[^,]*,[^,]*,6,0,0.125,1$/);
    expect(stdout).toMatch(/windows of 4,000[\s\S]*first 25\.0 % of each window are not counted/);
    expect(stdout).toMatch(new RegExp(`${left.length} cells are left out: 0 with fewer frames`));
    const refused = evictlab('report out', { cwd: folder });
    expect([refused.status, refused.stderr.split('\n')[0]]).toEqual([
      2,
      expect.stringMatching(/judges windows/),
    ]);
  });

  it('takes the setting that costs least on what a fold is fitted on, and shows it untuned too', async () => {
    const folder = studyFolder();
    const tuned = STUDY.replace('rounds: 1', 'tune: { dirtyWeight: [0, 0.4, 8] }').replace(
      'seed: 5',
      'seed: 5\nprices: { page-in: 1, page-out: 3 }',
    );
    writeFileSync(join(folder, 'study.yaml'), tuned);
    const { status, stdout, stderr } = evictlab('study study.yaml -o out --effort rules', {
      cwd: folder,
    });
    expect([status, stderr]).toEqual([0, '']);
    const gaps = JSON.parse(readFileSync(join(folder, 'out/gaps.json'), 'utf8')) as {
      rows: EvaluationRow[];
      tuned: TunedFold[];
      statistics: { differences: { policy: string; against?: string; costPercent: number }[] };
    };
    const record = JSON.parse(readFileSync(join(folder, 'out/study.json'), 'utf8')) as {
      fingerprints: { name: string; path: string; model: string; tuned: { dirtyWeight: number } }[];
    };
    const catalog = await readFeatureCatalog();
    const run = async (input: string, size: string, policy: PolicySpec, options = {}) => {
      const { fingerprint } = await readFingerprint(input, 5);
      const references = linearize(fingerprint);
      const [frameCount] = resolveFrames(parseFrames(size), references.pageCount);
      const { pageIns, pageOuts } = replay(references, { frameCount, policy, options, seed: 5 });
      return pageIns + 3 * pageOuts;
    };
    for (const { name, path, model: file, tuned: chosen } of record.fingerprints) {
      const model = parseModel(readFileSync(join(folder, 'out', file), 'utf8'));
      expect(model.provenance.tuned).toEqual(chosen);
      const policy = learnedPolicy(model, catalog);
      const fold = gaps.tuned.find(({ fingerprints }) => fingerprints.includes(name))!;
      expect(fold.chosen).toEqual(chosen);
      // Run again on the others, each a family, by hand.
      const others = record.fingerprints.filter((other) => other.name !== name);
      for (const { options, costRatio } of fold.tried) {
        const ratios = [];
        for (const other of others) {
          let product = 1;
          for (const size of ['10%', '30%']) {
            product *= await run(other.path, size, policy, options);
            product /= await run(other.path, size, policy);
          }
          ratios.push(Math.sqrt(product));
        }
        // The median of two families is between them.
        expect(costRatio).toBeCloseTo(Math.sqrt(ratios[0] * ratios[1]), 10);
      }
      const least = Math.min(...fold.tried.map(({ costRatio }) => costRatio));
      const best = fold.tried.find(({ costRatio }) => costRatio === least);
      expect(best?.options).toEqual(chosen);
      for (const [label, options] of [
        ['least-squares', chosen],
        ['least-squares-untuned', {}],
      ] as const) {
        for (const row of gaps.rows.filter((one) => one.policy === label)) {
          if (row.fingerprint !== name) continue;
          expect(row.cost).toBe(await run(path, row.size, policy, options));
        }
      }
    }
    expect(record.fingerprints.some(({ tuned: { dirtyWeight } }) => dirtyWeight > 0)).toBe(true);
    const paired = gaps.statistics.differences.find(
      ({ against }) => against === 'least-squares-untuned',
    );
    expect(paired).toMatchObject({ policy: 'least-squares' });
    expect(stdout).toMatch(/least-squares-untuned \(fitted\)[\s\S]*dirtyWeight=0.4 .*\n/);
    expect(evictlab('report out --pictured 0', { cwd: folder }).status).toBe(0);
  });

  it('closes nothing with labels that have nothing to do with their pages', () => {
    const folder = studyFolder();
    const closed = (control: string, seed: number): number => {
      const train = `train: { learner: least-squares, features: [frequency], control: ${control} }`;
      const study = STUDY.replace(/train: .*/, train)
        .replace('loop:pages=150,rounds=40', 'mixed:pages=150,references=20000')
        .replace('seed: 5', `seed: ${seed}`);
      writeFileSync(join(folder, 'study.yaml'), study);
      const output = `${control}-${seed}`;
      const { status, stderr } = evictlab(`study study.yaml -o ${output} --effort rules`, {
        cwd: folder,
      });
      expect([status, stderr]).toEqual([0, '']);
      const { statistics } = JSON.parse(
        readFileSync(join(folder, output, 'gaps.json'), 'utf8'),
      ) as {
        statistics: { policies: { policy: string; closedPercent: number }[] };
      };
      return statistics.policies.find(({ policy }) => /least/.test(policy))!.closedPercent;
    };
    // Of noise a single feature is left with a sign, which is a coin: so several are thrown.
    const seeds = [1, 2, 3, 4];
    const mean = (control: string): number =>
      seeds.reduce((sum, seed) => sum + closed(control, seed) / seeds.length, 0);
    expect(mean('none')).toBeGreaterThan(25);
    expect(mean('shuffled')).toBeLessThan(0);
    const models = join(folder, 'shuffled-1/models');
    const model = parseModel(readFileSync(join(models, readdirSync(models)[0]), 'utf8'));
    expect(model.provenance.control).toBe('shuffled');
    expect(model.fit.r2).toBeLessThan(0.01);
  });

  it('refuses one content under two names', () => {
    const folder = studyFolder();
    writeFileSync(join(folder, 'trace.txt'), '1\n2 W\n3\n'.repeat(100));
    for (const name of ['one', 'two']) {
      const line = `import trace.txt --format plain --name ${name} -o ${name}.evfp`;
      expect(evictlab(line, { cwd: folder }).status).toBe(0);
    }
    const both = STUDY.replace('fingerprints:', 'fingerprints:\n  - one.evfp\n  - two.evfp');
    writeFileSync(join(folder, 'study.yaml'), both);
    const { status, stderr } = evictlab('study study.yaml -o out', { cwd: folder });
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      'evictlab: the fingerprints "one" and "two" have the same content',
    ]);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('refuses two fingerprints of one name, later in time, too', () => {
    const folder = studyFolder();
    const inputs = ['pages=60,references=600', 'pages=90,references=900'];
    const lines = inputs.map((options) => `  - synthetic:zipf:${options}\n`).join('');
    for (const more of ['', 'split: later-in-time\n']) {
      const study = `name: twice\nfingerprints:\n${lines}frames: 10%\npolicies: lru\n${more}`;
      writeFileSync(join(folder, 'study.yaml'), study);
      const { status, stderr } = evictlab('study study.yaml -o out', { cwd: folder });
      expect([status, stderr.split('\n')[0]]).toEqual([
        2,
        expect.stringMatching(/another fingerprint is called "synthetic-zipf" too/),
      ]);
    }
  });

  it('names the place of a mistake in its file', () => {
    const folder = studyFolder();
    mkdirSync(join(folder, 'bad'));
    const cases: [string, RegExp][] = [
      ['', /is no study/],
      ['name: x', /fingerprints is missing/],
      ['{', /study\.yaml/],
      [STUDY.replace('frames:', 'frame:'), /frames is missing/],
      [STUDY.replace('name: small', 'name: .'), /name must be letters/],
      [STUDY.replace('name: small', 'name: ..'), /name must be letters/],
      [`${STUDY}families: { synthetic-lop: loops }\n`, /"synthetic-lop".*\n.*synthetic-loop\?/],
      [`${STUDY}extra: 1\n`, /extra is not known/],
      [STUDY.replace('candidates: 8', 'candidates: 1'), /label\.candidates/],
      [STUDY.replace('rounds: 1', 'round: 1'), /train\.round is not known: did you mean rounds/],
      [STUDY.replace('[10%, 30%]', '[0%]'), /not a memory size/],
      [STUDY.replace('lru, clock', 'lru, clok'), /no policy "clok"/],
      [`${STUDY}split: later\n`, /split must be unseen or later-in-time/],
      [`${STUDY}split: later-in-time\n`, /folds has no meaning with split: later-in-time/],
      [`${STUDY}split-at: 0.5\n`, /split-at is for split: later-in-time/],
      [LATER.replace('split-at: 0.5', 'split-at: 1'), /split-at must be a share/],
      [LATER.replace('split-at: 0.5', 'split-at: 0'), /split-at must be a share/],
      [LATER.replace('split-at: 0.5', 'split-at: half'), /split-at must be a share/],
      [LATER.replace('split-at: 0.5', 'split-at: 0.00001'), /nothing is ever evicted/],
      [STUDY.replace('rounds: 1', 'tune: { adapt: [] }'), /train\.tune\.adapt must be a list/],
      [STUDY.replace('rounds: 1', 'tune: { adapt: [1, 1] }'), /adapt must be a list of different/],
      [STUDY.replace('rounds: 1', 'tune: { adapt: [a] }'), /train\.tune\.adapt must be a list/],
      [STUDY.replace('rounds: 1', 'tune: { adapt: [-1] }'), /cannot adapt by -1/],
      [STUDY.replace('rounds: 1', 'tune: { dirty: [1] }'), /has no option "dirty"/],
      [STUDY.replace('rounds: 1', `tune: { adapt: [${[...Array(65).keys()]}] }`), /65 settings/],
      [
        STUDY.replace('rounds: 1', 'policy: { adapt: 1 }, tune: { adapt: [1] }'),
        /tune has adapt, which train\.policy gives already/,
      ],
      [LATER.replace('rounds: 1', 'tune: { adapt: [1] }'), /train\.tune would look at/],
      [STUDY.replace('rounds: 1', 'control: suffled'), /train\.control must be none or shuffled/],
      [
        STUDY.replace('rounds: 1', 'control: shuffled, policy: { duel: 1 }'),
        /shows nothing with duel=1/,
      ],
      [STUDY.replace('rounds: 1', 'policy: { candidates: 1.5 }'), /cannot look at 1\.5/],
      [STUDY.replace('rounds: 1', 'policy: { margin: 2 }'), /option margin=2 is not possible/],
      [
        STUDY.replace('least-squares', 'trees').replace('rounds: 1', 'policy: { adapt: 9 }'),
        /a trees model of trees cannot adapt/,
      ],
      [
        STUDY.replace('rounds: 1', 'options: { high: 9 }, policy: { adapt: 9 }'),
        /times up to 2\^9 memories cannot adapt/,
      ],
      [STUDY.replace('least-squares', 'leas-squares'), /did you mean least-squares/],
      [STUDY.replace('rounds: 1', 'features: [recincy]'), /did you mean recency/],
      [`${STUDY}window: 5\n`, /window must be a mapping/],
      [`${STUDY}window: {}\n`, /window\.references is missing/],
      [`${STUDY}window: { references: 0 }\n`, /window\.references must be a number/],
      [`${STUDY}window: { references: 9, from: 1.5 }\n`, /window\.from must be a share/],
      [`${STUDY}window: { references: 9, from: 1/0 }\n`, /window\.from must be a share/],
      [`${STUDY}window: { references: 9, warm-up: 3/3 }\n`, /window\.warm-up leaves nothing/],
      [`${STUDY}window: { references: 9, form: 0 }\n`, /window\.form is not known.*from/],
      [`${STUDY}equal-resident: true\nwindow: { references: 9 }\n`, /equal-resident has no/],
      [`${LATER}window: { references: 9, warm-up: 0.5 }\n`, /warm-up has no meaning/],
      [`${STUDY}window: { references: 9 }\n`, /in none of the 6 cells is LRU at least 200/],
    ];
    for (const [text, what] of cases) {
      writeFileSync(join(folder, 'bad/study.yaml'), text);
      const { status, stderr, stdout } = evictlab('study bad/study.yaml -o out', { cwd: folder });
      expect([text, status, stdout]).toEqual([text, 2, '']);
      expect(stderr).toMatch(what);
      expect(stderr.trim().split('\n')).toHaveLength(2);
      // Told before the work, but for what only the work shows.
      if (!/nothing is ever evicted|in none of/.test(stderr)) {
        expect([text, existsSync(join(folder, 'out'))]).toEqual([text, false]);
      }
      rmSync(join(folder, 'out'), { recursive: true, force: true });
    }
  });
});
