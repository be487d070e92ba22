import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { evictlab, evictlabJson, type JsonObject, temporaryFolder } from './program.ts';

const ZIPF = 'synthetic:zipf:pages=300,references=4000';
/** The reference string of the textbooks, as page numbers. */
const TEXTBOOK = '7 0 1 2 0 3 0 4 2 3 0 3 2 1 2 0 1 7 0 1';

/** A folder with the textbook's string, as a trace and as a fingerprint. */
function textbookFolder(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'trace.txt'), `${TEXTBOOK.split(' ').join('\n')}\n`);
  evictlabJson('import trace.txt --format plain -o trace.evfp', { cwd: folder });
  return folder;
}

const numbers = (json: JsonObject, names: readonly string[]): unknown[] =>
  names.map((name) => json[name]);

describe('import', () => {
  it('says what it wrote', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'loop.txt.gz'), gzipSync('1\n2 W\n0x3 R\n\n# end\n1\n'));
    const json = evictlabJson('import loop.txt.gz --format plain -o loop.evfp', { cwd: folder });
    const { elapsedMs, digest, ...rest } = json;
    expect(rest).toEqual({
      fingerprint: 'loop',
      output: 'loop.evfp',
      bytes: readFileSync(join(folder, 'loop.evfp')).length,
      sequences: 1,
      actions: 4,
      references: 4,
      pages: 3,
    });
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('reads every format it names', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.csv'), 'when;address;op\n1;0x1000;r\n2;8191;w\n3;12288;r\n');
    writeFileSync(
      join(folder, 'a.lackey'),
      '==7== Lackey\nI  00001000,4\n L 1fff,2\n S 3000,8\n M 3004,4\n',
    );
    const record = Buffer.alloc(48);
    record.writeBigUInt64LE(12345678901234567890n, 4);
    record.writeBigUInt64LE(7n, 28);
    writeFileSync(join(folder, 'a.oracle'), record);
    const csv = '--format csv --address address --write op --delimiter ;';
    const counts = [
      `import a.csv ${csv} -o csv.evfp`,
      'import a.lackey --format lackey -o lackey.evfp',
      'import a.lackey --format lackey --no-instructions -o data.evfp',
      'import a.oracle --format oracle -o oracle.evfp',
      'import csv.evfp -o csv.txt',
      'import csv.txt --format fingerprint --name again -o again.evfp',
    ].map((line) => numbers(evictlabJson(line, { cwd: folder }), ['references', 'pages']));
    expect(counts).toEqual([
      [3, 2],
      [5, 3],
      [4, 3],
      [2, 2],
      [3, 2],
      [3, 2],
    ]);
  });

  it('takes page size, backing and name', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.lackey'), ' L 0,1\n L 1000,1\n L 2000,1\n');
    const options = '--page-size 8192 --backing anonymous --name mine';
    evictlabJson(`import a.lackey --format lackey ${options} -o a.evfp`, { cwd: folder });
    const json = evictlabJson('inspect a.evfp', { cwd: folder });
    expect(numbers(json, ['fingerprint', 'pages', 'pageSizeBytes', 'backing'])).toEqual([
      'mine',
      2,
      8192,
      'anonymous',
    ]);
  });

  it('reads standard input', () => {
    const folder = temporaryFolder();
    const call = { cwd: folder, input: '5\n6\n5\n' };
    expect(evictlabJson('import - --format plain -o a.evfp', call).references).toBe(3);
  });
});

describe('inspect', () => {
  it('counts what several processes do, as the notation shows it', () => {
    const folder = temporaryFolder();
    const text = [
      'a  U(a) U(b) S(10) W(0x1000) R(0x2000) E',
      'b  D(a) R(0x1000) R(0x3008) E',
      '',
    ].join('\n');
    writeFileSync(join(folder, 'two.txt'), text);
    const json = evictlabJson('inspect two.txt', { cwd: folder });
    const { digest, origin, heatMap, workingSet, ...rest } = json;
    expect(rest).toEqual({
      fingerprint: 'two',
      sequences: 2,
      actions: 10,
      references: 4,
      reads: 3,
      writes: 1,
      pages: 3,
      objectPages: 3,
      sharedPages: 1,
      pageSizeBytes: 4096,
      backing: 'anonymous',
    });
    expect(digest).toMatch(/^sha256:/);
    expect(origin).toEqual({});
    // b is woken while a sleeps, so its pages 1 and 3 are used before a's 1 and 2.
    expect(heatMap).toEqual({
      blockBytes: 4096,
      blocks: 3,
      starts: [0, 1, 2, 3, 4],
      references: [
        [1, 0, 0],
        [0, 0, 1],
        [1, 0, 0],
        [0, 1, 0],
      ],
    });
    expect(workingSet).toMatchObject({ window: 1, meanPages: 1 });
    expect(evictlabJson('inspect two.txt --no-pictures', { cwd: folder })).not.toHaveProperty(
      'heatMap',
    );
  });

  it('counts pages, not addresses, where there are maps', () => {
    const folder = temporaryFolder();
    const text = [
      '# the same address is another page in b; the file is one for both',
      'a U(a) M(0x1000,1,anonymous) M(0x8000,1,file:/f@0,shared) W(0x1000) R(0x8000) U(b) E',
      'b D(a) M(0x1000,1,anonymous) M(0x9000,1,file:/f@0,shared) W(0x1000) R(0x9000) E',
      '',
    ].join('\n');
    writeFileSync(join(folder, 'maps.txt'), text);
    const json = evictlabJson('inspect maps.txt', { cwd: folder });
    expect(json).toMatchObject({ pages: 3, objectPages: 3, sharedPages: 1 });
    const { stdout } = evictlab('inspect maps.txt', { cwd: folder });
    expect(stdout).toMatch(/^page addresses\s+3$/m);
    expect(stdout).toMatch(/^pages\s+3$/m);
    expect(stdout).toMatch(/^# x-axis: space, 3 blocks of 4 KB/m);
    expect(stdout).toMatch(/^ {3}0 {2}1 pages \|\*{50}\|$/m);
  });

  it('prints a fingerprint in the notation, whole or its beginning', () => {
    const folder = textbookFolder();
    const whole = evictlab('inspect trace.evfp --notation', { cwd: folder }).stdout;
    const pages = TEXTBOOK.split(' ').map((page) => (page === '0' ? 'R(0x0)' : `R(0x${page}000)`));
    expect(whole.trimEnd().split('\n').at(-1)).toBe(`imported ${pages.join(' ')}`);
    const short = evictlab('inspect trace.evfp --notation --limit 2', { cwd: folder }).stdout;
    expect(short.trimEnd().split('\n').at(-1)).toBe('imported R(0x7000) R(0x0)');
    writeFileSync(join(folder, 'copy.txt'), whole);
    const digests = ['trace.evfp', 'copy.txt'].map(
      (file) => evictlabJson(`inspect ${file}`, { cwd: folder }).digest,
    );
    expect(digests[1]).toBe(digests[0]);
  });
});

describe('simulate', () => {
  it("has the textbook's counts", () => {
    const folder = textbookFolder();
    const json = evictlabJson('simulate trace.evfp --frames 3 --policy lru', { cwd: folder });
    expect(json).toMatchObject({
      fingerprint: 'trace',
      policy: 'lru',
      frames: 3,
      references: 20,
      minorFaults: 0,
      pageIns: 12,
      pageOuts: 0,
      evictions: 9,
      dirtyAtEnd: 0,
      cost: 12,
      seed: 1,
    });
  });

  it('makes rows of several policies and sizes', () => {
    const folder = textbookFolder();
    const line = 'simulate trace.evfp --frames 3,4,100% --policy fifo,lru --policy min';
    const { rows } = evictlabJson(line, { cwd: folder });
    expect(
      (rows as JsonObject[]).map((row) => numbers(row, ['frames', 'policy', 'pageIns'])),
    ).toEqual([
      [3, 'fifo', 15],
      [3, 'lru', 12],
      [3, 'min', 9],
      [4, 'fifo', 10],
      [4, 'lru', 8],
      [4, 'min', 8],
      [6, 'fifo', 6],
      [6, 'lru', 6],
      [6, 'min', 6],
    ]);
  });

  it('prices page-ins, page-outs and what is dirty at the end', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'trace.txt'), '1 W\n2 W\n3\n');
    evictlabJson('import trace.txt --format plain -o trace.evfp', { cwd: folder });
    const line = 'simulate trace.evfp --frames 2 --policy fifo --page-in-cost 2 --page-out-cost 10';
    const names = ['pageIns', 'pageOuts', 'dirtyAtEnd', 'cost'];
    expect(numbers(evictlabJson(line, { cwd: folder }), names)).toEqual([3, 1, 1, 16]);
    const charged = evictlabJson(`${line} --charge-final`, { cwd: folder });
    expect(numbers(charged, names)).toEqual([3, 2, 1, 26]);
  });

  it('notes that more frames than pages evict nothing, and costs no memory for them', () => {
    const folder = textbookFolder();
    const line = 'simulate trace.evfp --frames 2000000000 --policy clock --json';
    const { status, stdout, stderr } = evictlab(line, { cwd: folder });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ frames: 2000000000, pageIns: 6, evictions: 0 });
    expect(stderr).toBe(
      'evictlab: --frames 2000000000 holds all 6 pages: nothing need ever leave\n',
    );
  });

  it("runs a user's own policy by its path", () => {
    const folder = textbookFolder();
    writeFileSync(
      join(folder, 'first-frame.js'),
      `export const policy = {
        id: 'first-frame', title: 'Always frame 0', source: 'here', observes: 'faults', defaults: {},
        create: () => ({
          onLoad() {}, onReference() {}, chooseVictim: () => 0, onFree() {}, onInterval() {},
        }),
      };`,
    );
    const line = 'simulate trace.evfp --frames 3 --policy ./first-frame.js';
    const json = evictlabJson(line, { cwd: folder });
    // 7 0 1 fill the frames; 0 and 1 stay, and the others follow each other through frame 0.
    const others = TEXTBOOK.split(' ').filter((page) => page > '1');
    const changes = others.filter((page, i) => page !== others[i - 1]).length;
    expect(numbers(json, ['policy', 'pageIns'])).toEqual(['./first-frame.js', 2 + changes]);
  });

  it('runs a schedule that optimum wrote, at its cost', () => {
    const folder = temporaryFolder();
    const found = evictlabJson(`optimum ${ZIPF} --frames 10% -o best.plan`, { cwd: folder });
    expect(existsSync(join(folder, 'best.plan'))).toBe(true);
    if (found.upperMethod !== 'plan') throw new Error('this input is there to need a plan');
    const line = `simulate ${ZIPF} --frames 10% --policy plan:best.plan`;
    expect(evictlabJson(line, { cwd: folder }).cost).toBe(found.upperBound);
  });
});

describe('optimum', () => {
  it('is exact in page-ins when page-outs cost nothing', () => {
    const folder = textbookFolder();
    const line = 'optimum trace.evfp --frames 3 --page-out-cost 0';
    expect(evictlabJson(line, { cwd: folder })).toMatchObject({
      frames: 3,
      pageInCost: 1,
      pageOutCost: 0,
      lowerBound: 9,
      upperBound: 9,
      exact: true,
      pageIns: 9,
      pageOuts: 0,
      minPageIns: 9,
    });
    const { stdout } = evictlab(line, { cwd: folder });
    expect(stdout).toMatch(/least cost +9 \(exact\)\n/);
  });

  it('says between what it is certain', () => {
    const line = `optimum ${ZIPF} --frames 10%,5000`;
    const { rows } = evictlabJson(line);
    const [row, all] = rows as JsonObject[];
    const { pageIns, pageOuts, lowerBound, upperBound, minPageIns } = row;
    expect(Number(pageIns) + Number(pageOuts)).toBe(upperBound);
    expect(lowerBound).toBeLessThanOrEqual(Number(upperBound));
    expect(minPageIns).toBeLessThanOrEqual(Number(pageIns));
    // Everything fits: each page is read once and nothing is written.
    expect(all).toMatchObject({ frames: 5000, exact: true, pageOuts: 0 });
    expect(all.lowerBound).toBe(evictlabJson(`inspect ${ZIPF}`).pages);
  });
});

describe('curve', () => {
  it('is one column of page-ins for each policy', () => {
    const folder = textbookFolder();
    const lru = evictlabJson('curve trace.evfp', { cwd: folder });
    expect(numbers(lru, ['frames', 'pageIns'])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [20, 17, 12, 8, 7, 6],
    ]);
    const { stdout } = evictlab('curve trace.evfp --policy min --csv', { cwd: folder });
    expect(stdout.split('\n').slice(0, 4)).toEqual(['frames,pageIns', '1,20', '2,13', '3,9']);
  });

  it('is estimated from a share of the pages, with its error', () => {
    const input = 'synthetic:zipf:pages=2000,references=20000';
    const exact = evictlabJson(`curve ${input}`);
    const sampled = evictlabJson(`curve ${input} --sample 0.3`);
    const columnsOf = (json: JsonObject, names: readonly string[]): number[][] =>
      numbers(json, names) as number[][];
    const names = ['frames', 'pageIns', 'standardErrors'];
    const [frames, pageIns, standardErrors] = columnsOf(sampled, names);
    expect(sampled.sample).toMatchObject({ rate: 0.3, seed: 1, pages: frames.length + 1 });
    const [exactFrames, exactPageIns] = columnsOf(exact, names);
    expect([frames.at(-1), pageIns.at(-1)]).toEqual([exactFrames.at(-1), exactPageIns.at(-1)]);
    for (const [i, count] of frames.entries()) {
      const off = Math.abs(pageIns[i] - exactPageIns[exactFrames.indexOf(count)]);
      expect(off).toBeLessThanOrEqual(4 * standardErrors[i] + 200);
    }
    const { stdout, stderr } = evictlab(`curve ${input} --sample 0.3 --csv`);
    expect(stdout).toMatch(/^frames,pageIns,standardError\n\d+,\d+,\d+\.\d\n/);
    expect(stderr).toMatch(/^evictlab: an estimate, from \d+ of \d+ pages\n$/);
  });

  it('is estimated from so many pages, and exact where there are no more', () => {
    const input = 'synthetic:zipf:pages=2000,references=20000';
    const sampled = evictlabJson(`curve ${input} --sample-pages 500`);
    expect(sampled.sample).toEqual({ seed: 1, pages: 500, references: expect.any(Number) });
    expect(sampled.frames).toHaveLength(499);
    const whole = evictlab(`curve ${input} --sample-pages 2000`);
    expect(whole).toEqual(evictlab(`curve ${input}`));
  });
});

describe('label and train', () => {
  it('lead from fingerprints to a policy', () => {
    const folder = temporaryFolder();
    const call = { cwd: folder };
    const inputs = `${ZIPF} synthetic:phases:references=5000`;
    const labelling = `label ${inputs} --frames 10%,20% --candidates 8 --max-decisions 200 --features age,dirty,frequency,recency`;
    const labelled = evictlabJson(`${labelling} --states-of lru -o d.parquet`, call);
    expect(labelled).toMatchObject({
      output: 'd.parquet',
      decisions: 4 * 200,
      rows: 4 * 200 * 8,
      features: ['age', 'dirty', 'frequency', 'recency'],
      labels: ['forwardDistance', 'optimalVictim', 'ioScore'],
    });
    const training = 'train d.parquet --learner least-squares --option ridge=0.01';
    const trained = evictlabJson(`${training} --features recency,dirty -o m.json`, call);
    expect(trained).toMatchObject({
      model: 'm.json',
      learner: 'least-squares',
      features: ['recency', 'dirty'],
      rows: 4 * 200 * 8,
      fit: { rows: 4 * 200 * 8, decisions: 4 * 200 },
    });
    expect(trained.elapsedMs).toBeGreaterThanOrEqual(0);
    const model = JSON.parse(readFileSync(join(folder, 'm.json'), 'utf8'));
    expect(model.options.ridge).toBe(0.01);
    expect(model.provenance.fingerprints).toEqual(['synthetic-zipf', 'synthetic-phases']);
    const simulated = evictlabJson(`simulate ${ZIPF} --frames 10% --policy model:m.json`, call);
    const lowest = evictlabJson(`simulate ${ZIPF} --frames 10% --policy min`, call);
    expect(Number(simulated.pageIns)).toBeGreaterThan(Number(lowest.pageIns));
    const other = 'synthetic:loop:pages=50,rounds=20';
    const evaluating = `evaluate ${ZIPF} ${other} --policies lru,model:m.json --frames 10%`;
    expect(evictlab(`${evaluating} --effort rules`, call).stderr).toBe(
      'evictlab: model:m.json was fitted on "synthetic-zipf": its row there is not held out\n',
    );
  });

  it('write CSV with a line a row', () => {
    const folder = temporaryFolder();
    const line = `label ${ZIPF} --frames 20 --candidates all --max-decisions 5 -o d.csv`;
    expect(evictlabJson(line, { cwd: folder }).rows).toBe(100);
    const lines = readFileSync(join(folder, 'd.csv'), 'utf8').trimEnd().split('\n');
    expect(lines.length).toBe(101);
    expect(lines[0].split(',')).toContain('forwardDistance');
  });
});

describe('evaluate', () => {
  it('puts policies beside the optimum', () => {
    const line = `evaluate ${ZIPF} --policies lru,min --frames 10%,20% --effort rules`;
    const { rows } = evictlabJson(line);
    expect((rows as JsonObject[]).length).toBe(4);
    for (const row of rows as JsonObject[]) {
      const [low, high] = row.gapPercent as [number, number];
      const { cost, lowerBound, upperBound } = row as Record<string, number>;
      expect(high).toBeCloseTo((100 * (cost - lowerBound)) / lowerBound, 9);
      expect(low).toBeCloseTo(Math.max(0, (100 * (cost - upperBound)) / upperBound), 9);
      expect(row.fingerprint).toBe('synthetic-zipf');
      expect(row.pageIns).toBe(
        evictlabJson(`simulate ${ZIPF} --frames ${row.frames} --policy ${row.policy}`).pageIns,
      );
    }
  });

  it('prints a table, or CSV', () => {
    const line = `evaluate ${ZIPF} --policies lru,clock --frames 10% --effort rules`;
    expect(evictlab(line).stdout).toMatch(/^synthetic-zipf\n.*optimum.*lru.*clock/s);
    const csv = evictlab(`${line} --csv`).stdout.trimEnd().split('\n');
    expect(csv.length).toBe(3);
    expect(csv[0]).toMatch(/^fingerprint,/);
  });

  it('keeps optima in a folder, for the next run to check instead of finding', () => {
    const folder = temporaryFolder();
    const line = `evaluate ${ZIPF} --policies lru --frames 10% --optima kept`;
    const first = evictlabJson(line, { cwd: folder });
    expect(existsSync(join(folder, 'kept'))).toBe(true);
    expect(evictlabJson(line, { cwd: folder }).rows).toEqual(first.rows);
  });
});

describe('study', () => {
  it('makes labels, models and tables, and the same again', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'plans'));
    writeFileSync(
      join(folder, 'plans/tiny.yaml'),
      `name: tiny
fingerprints:
  - synthetic:zipf:pages=100,references=2000
  - synthetic:phases:references=3000
frames: 10%
policies: [lru, sieve]
label: { max-decisions: 100 }
`,
    );
    const line = 'study plans/tiny.yaml --effort rules';
    const json = evictlabJson(line, { cwd: folder });
    const made = [json.labels, json.models, json.tables].flat().map(String);
    expect(made.length).toBe(2 + 2 + 5);
    for (const path of made) expect(existsSync(resolve(folder, path))).toBe(true);
    expect((json.rows as JsonObject[]).map((row) => row.policy)).toEqual([
      'lru',
      'sieve',
      'least-squares',
      'lru',
      'sieve',
      'least-squares',
    ]);
    expect(evictlabJson(line, { cwd: folder })).toEqual(json);
  });
});

describe('lists', () => {
  it('name policies, features and learners with what they need and where they are from', () => {
    const lists = {
      policies: ['id', 'title', 'observes', 'options', 'source'],
      features: ['id', 'title', 'unit', 'observes'],
      learners: ['id', 'title', 'options', 'source'],
    };
    for (const [name, fields] of Object.entries(lists)) {
      const list = evictlabJson(name)[name] as JsonObject[];
      const text = evictlab(name).stdout;
      expect(list.length).toBeGreaterThan(0);
      for (const item of list) {
        for (const field of fields) expect(item[field]).toBeDefined();
        expect(text).toContain(`\n${item.id} `);
      }
    }
  });
});
