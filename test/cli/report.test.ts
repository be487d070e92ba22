import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openParquet } from '../../src/node/parquetReader.ts';
import { hasBrowser, launchBrowser } from '../report/browser.ts';
import { meanColours, meanDifference } from '../report/meanColours.ts';
import { evictlab, evictlabJson, temporaryFolder } from './program.ts';

const STUDY = `name: small
fingerprints:
  - synthetic:zipf:pages=200,references=12000
  - synthetic:phases:pages=200,references=12000
frames: [10%, 30%]
policies: [lru, clock, min, random]
label: { states: [lru], candidates: 8, max-decisions: 100 }
train: { learner: least-squares, features: [recency, frequency, age] }
seed: 5
`;
const NAMES = ['synthetic-zipf', 'synthetic-phases'];
const PICTURES = [
  'cost',
  'page-ins',
  'gaps',
  'heat-map',
  'blocks',
  'working-set',
  'working-set-percentiles',
  'reuse',
  'victims',
  'influence',
];

/** Mean colours of the page in a grid; made anew with EVICTLAB_UPDATE=1 and `npm run format`. */
const SCREENSHOT = new URL('../report/page.json', import.meta.url);
/**
 * Of 255. Fonts differ between machines, and a fit by a pixel; a page without pictures differs by 8,
 * one with letters of twice the size by 5.
 */
const SCREENSHOT_TOLERANCE = 3;

function finishedStudy(study = STUDY): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'study.yaml'), study);
  const { status, stderr } = evictlab('study study.yaml -o results --effort rules', {
    cwd: folder,
  });
  expect([status, stderr]).toEqual([0, '']);
  return folder;
}

const contents = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((file) => /\.\w+$/.test(file))
    .map((file) => [file, readFileSync(join(folder, file)).toString('base64')]);

describe('a report of a study', () => {
  it('holds every picture, its numbers, and the words for them, and is the same twice', async () => {
    const folder = finishedStudy();
    const line = 'report results --machine here';
    const { report, bytes, figures } = evictlabJson(line, { cwd: folder });
    expect(report).toBe('results/report/report.html');
    expect(figures).toBe(1 + NAMES.length * PICTURES.length);
    expect(bytes).toBeLessThan(3_000_000);
    const output = join(folder, 'results/report');
    const ids = ['gaps', ...NAMES.flatMap((name) => PICTURES.map((what) => `${name}-${what}`))];
    expect(readdirSync(join(output, 'figures')).sort()).toEqual(
      ids.map((id) => `${id}.svg`).sort(),
    );
    const html = readFileSync(join(output, 'report.html'), 'utf8');
    const markdown = readFileSync(join(output, 'report.md'), 'utf8');
    for (const id of ids) {
      expect(html).toContain(`<figure id="${id}">`);
      expect(markdown).toContain(`(figures/${id}.svg)`);
      const lines = readFileSync(join(output, 'data', `${id}.csv`), 'utf8')
        .trimEnd()
        .split('\n');
      const parquet = await openParquet(join(output, 'data', `${id}.parquet`));
      expect(parquet.columnNames).toEqual(lines[0].split(','));
      let rows = 0;
      for await (const [column] of parquet.groups(parquet.columnNames.slice(0, 1))) {
        rows += column.length;
      }
      expect(rows).toBe(lines.length - 1);
    }
    for (const text of ['slower than the best case', 'sha256:', 'here', 'evictlab study small']) {
      expect(html).toContain(text);
      expect(markdown).toContain(text);
    }
    expect(html).not.toContain(folder);

    const first = contents(output);
    rmSync(output, { recursive: true });
    evictlab(line, { cwd: folder });
    expect(contents(output)).toEqual(first);
  });

  it.runIf(hasBrowser('a report in a browser'))(
    'opens in a browser: no request, no error, every picture seen, and tables sort',
    async () => {
      const folder = finishedStudy();
      evictlab('report results', { cwd: folder });
      const browser = await launchBrowser();
      try {
        const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
        const requests: string[] = [];
        const complaints: string[] = [];
        page.on('request', (request) => requests.push(request.url()));
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        const address = pathToFileURL(join(folder, 'results/report/report.html')).href;
        await page.goto(address);

        const figures = page.locator('figure svg[role=img]');
        expect(await figures.count()).toBe(1 + NAMES.length * PICTURES.length);
        for (const figure of await figures.all()) {
          await figure.scrollIntoViewIfNeeded();
          const box = await figure.boundingBox();
          expect(box?.width).toBeGreaterThan(300);
          expect(box?.height).toBeGreaterThan(60);
        }
        // The rasters are decoded, and not one colour.
        for (const image of await page.locator('figure image').all()) {
          const { length } = await image.screenshot();
          expect(length).toBeGreaterThan(1000);
        }

        const table = page.locator('table').nth(4);
        const column = (title: string) => table.locator('th button', { hasText: title }).first();
        const values = (index: number) =>
          table
            .locator(`tbody tr td:nth-child(${index})`)
            .allTextContents()
            .then((texts) => texts.map((text) => text.replaceAll(',', '')));
        await column('cost').click();
        const costs = (await values(7)).map(Number);
        expect(costs).toEqual([...costs].sort((a, b) => a - b));
        expect(new Set(costs).size).toBeGreaterThan(5);
        await column('cost').click();
        expect((await values(7)).map(Number)).toEqual([...costs].reverse());
        await column('policy').click();
        const policies = await values(4);
        expect(policies).toEqual([...policies].sort());

        expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
        expect(complaints).toEqual([]);

        await page.reload();
        const colours = async () => meanColours(await page.screenshot({ fullPage: true }));
        const grid = await colours();
        if (process.env.EVICTLAB_UPDATE === '1') {
          writeFileSync(SCREENSHOT, `${JSON.stringify(grid)}\n`);
        }
        const expected = JSON.parse(readFileSync(SCREENSHOT, 'utf8')) as number[][];
        expect(meanDifference(grid, expected)).toBeLessThan(SCREENSHOT_TOLERANCE);
        // Without its pictures, or with other letters, it is another page.
        for (const content of ['figure svg { visibility: hidden }', 'body { font-size: 45px }']) {
          await page.reload();
          await page.addStyleTag({ content });
          const spoilt = meanDifference(await colours(), expected);
          expect(spoilt).toBeGreaterThan(1.5 * SCREENSHOT_TOLERANCE);
        }
      } finally {
        await browser.close();
      }
    },
  );

  it('shows the fitted policy with the options of the study', () => {
    const victims = (study: string) => {
      const folder = finishedStudy(study);
      evictlabJson('report results', { cwd: folder });
      const data = join(folder, 'results/report/data');
      return NAMES.map((name) => readFileSync(join(data, `${name}-victims.csv`), 'utf8'));
    };
    const few = STUDY.replace('age] }', 'age], policy: { candidates: 1 } }');
    expect(few).not.toBe(STUDY);
    expect(victims(few)).not.toEqual(victims(STUDY));
  });

  it('counts a model that the study was given as fitted', () => {
    const folder = finishedStudy();
    const own = readdirSync(join(folder, 'results/models')).find((name) => name.endsWith('.json'));
    const given = `model:results/models/${own}`;
    writeFileSync(
      join(folder, 'second.yaml'),
      STUDY.replace('[lru, clock, min, random]', `[random, "${given}"]`),
    );
    evictlabJson('study second.yaml -o second --effort rules', { cwd: folder });
    evictlabJson('report second', { cwd: folder });
    const markdown = readFileSync(join(folder, 'second/report/report.md'), 'utf8');
    const [, best] = /than under (\S+), the best hand-made/.exec(markdown) ?? [];
    expect(best).toBe('random');
  });

  it('is refused where there is no finished study', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'empty'));
    const { status, stderr } = evictlab('report empty', { cwd: folder });
    expect(status).toBe(2);
    expect(stderr).toMatch(/empty: the study is not finished\n.*evictlab study/);
    expect(existsSync(join(folder, 'empty/report'))).toBe(false);
  });

  it('takes a study alone', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'results'));
    const given = evictlab('report results --policies lru', { cwd: folder });
    expect(given.stderr).toMatch(/results is a study, and --policies is given/);
    const two = evictlab('report results a.evfp', { cwd: folder });
    expect(two.stderr).toMatch(/results is a study, and another input is given/);
  });
});

describe('a report of fingerprints', () => {
  const inputs = 'synthetic:zipf:pages=90,references=3000 synthetic:loop:pages=40,rounds=20';

  it('evaluates them first; --pictured says how many get pictures', () => {
    const folder = temporaryFolder();
    const line = `report ${inputs} --policies lru,random --frames 20% --effort rules --pictured 1`;
    const { report, figures } = evictlabJson(line, { cwd: folder });
    expect(report).toBe('report/report.html');
    // One over all cells, and all but the influence of a model's features.
    expect(figures).toBe(1 + PICTURES.length - 1);
    const html = readFileSync(join(folder, 'report/report.html'), 'utf8');
    expect(html).toContain('without: synthetic-loop');
    expect(html).toContain('--policies lru,random --frames 20%');
  });

  it('draws each fingerprint from its own file, also when all cells of another fail', () => {
    const folder = temporaryFolder();
    const loop = 'synthetic:loop:pages=50,rounds=8';
    evictlab(`optimum ${loop} --frames 20 -o loop.plan`, { cwd: folder });
    const blocksOf = (inputs: string) => {
      const rest = '--policies plan:loop.plan --frames 20 --effort rules -o both';
      evictlab(`report ${inputs} ${rest}`, { cwd: folder });
      return readFileSync(join(folder, 'both/data/synthetic-loop-blocks.csv'), 'utf8');
    };
    const alone = blocksOf(loop);
    rmSync(join(folder, 'both'), { recursive: true });
    expect(blocksOf(`synthetic:zipf:pages=100,references=3000 ${loop}`)).toBe(alone);
  });

  it('says which option is missing', () => {
    const without = evictlab('report synthetic:zipf:pages=90,references=3000');
    expect([without.status, without.stderr]).toEqual([
      2,
      expect.stringMatching(/--policies is missing.*\nhint: .*--policies and --frames/),
    ]);
    const frameless = evictlab('report synthetic:zipf:pages=90 --policies lru');
    expect(frameless.stderr).toMatch(/--frames is missing/);
  });
});
