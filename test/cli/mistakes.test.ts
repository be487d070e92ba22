import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { printFailure } from '../../src/cli/output.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { InputError } from '../../src/support/assert.ts';
import { Random } from '../../src/support/random.ts';
import { evictlab, type Outcome, temporaryFolder } from './program.ts';

const ZIPF = 'synthetic:zipf:pages=100,references=1000';

/** Two lines on standard error and exit 2; returns the first, and the second. */
function refused({ status, stdout, stderr }: Outcome): readonly [string, string] {
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: expect.stringMatching(/^evictlab: .+\nhint: .+\n$/),
  });
  const [message, hint] = stderr.split('\n');
  return [message, hint];
}

/** Message and hint of a line refused in this process, in which nothing is started or printed. */
async function refusal(line: string): Promise<readonly [string, string]> {
  const folder = temporaryFolder();
  const words = line.split(' ').map((word) => word.replace(/^out\./, `${folder}/out.`));
  const error = await parseCommandLine(words, COMMANDS, '0').then(
    (invocation) =>
      invocation?.command.run(invocation.values, invocation.operands).then(
        () => undefined,
        (reason: unknown) => reason,
      ),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(readdirSync(folder)).toEqual([]);
  const { message, hint } = error as InputError;
  return [message, hint];
}

/** Every kind of file that is no fingerprint, trace, table or model. */
const BAD_FILES = [
  'missing.evfp',
  'folder',
  'empty',
  'noise',
  'nonsense.txt',
  'short.evfp',
  'altered.evfp',
  'short.gz',
];
/** For those who read through the same reader as another who is given them all. */
const FEW_BAD_FILES = ['missing.evfp', 'noise', 'short.evfp'];

function folderOfBadFiles(): string {
  const folder = temporaryFolder();
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, name), content);
  const random = new Random(5);
  mkdirSync(join(folder, 'folder'));
  write('empty', '');
  write(
    'noise',
    Uint8Array.from({ length: 5000 }, () => random.below(256)),
  );
  write('nonsense.txt', 'the quick brown fox\njumps over\n');
  write('trace.txt', '1\n2 W\n3\n'.repeat(1000));
  expect(evictlab('import trace.txt --format plain -o whole.evfp', { cwd: folder }).status).toBe(0);
  const whole = readFileSync(join(folder, 'whole.evfp'));
  write('short.evfp', whole.subarray(0, whole.length - 7));
  write(
    'altered.evfp',
    Uint8Array.from(whole, (byte, i) => (i === 100 ? byte ^ 1 : byte)),
  );
  write('short.gz', gzipSync('1\n2 W\n3\n'.repeat(1000)).subarray(0, 30));
  return folder;
}

describe('a file that is none of ours', () => {
  it.each([
    ['inspect', 'inspect FILE', BAD_FILES],
    ['simulate', 'simulate FILE --frames 10 --policy lru', FEW_BAD_FILES],
    ['optimum', 'optimum FILE --frames 10', FEW_BAD_FILES],
    ['curve', 'curve FILE', FEW_BAD_FILES],
    ['label', 'label FILE --frames 10 -o out.parquet', FEW_BAD_FILES],
    ['evaluate', 'evaluate FILE --policies lru --frames 10 --threads 1', FEW_BAD_FILES],
    ['train', 'train FILE -o out.json', BAD_FILES],
    ['study', 'study FILE -o out', BAD_FILES],
    ['a model', `simulate ${ZIPF} --frames 10 --policy model:FILE`, BAD_FILES],
    ['a plan', `simulate ${ZIPF} --frames 10 --policy plan:FILE`, FEW_BAD_FILES],
  ])('is refused by %s with its name, and nothing is written', (_, line, files) => {
    const folder = folderOfBadFiles();
    const before = readdirSync(folder);
    for (const file of files) {
      const [message] = refused(evictlab(line.replace('FILE', file), { cwd: folder }));
      expect(message).toContain(file);
    }
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    ['plain', BAD_FILES],
    ['csv', FEW_BAD_FILES],
    ['lackey', FEW_BAD_FILES],
    ['oracle', FEW_BAD_FILES],
    ['fingerprint', FEW_BAD_FILES],
  ])('is refused by import --format %s, and nothing is written', (format, files) => {
    const folder = folderOfBadFiles();
    const before = readdirSync(folder);
    for (const file of files) {
      const line = `import ${file} --format ${format} -o out.evfp`;
      refused(evictlab(line, { cwd: folder }));
    }
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('import', () => {
  it('wants a format for what is no fingerprint, and says which there are', () => {
    const [message, hint] = refused(evictlab('import - -o /dev/null', { input: '1 R\n2 W\n' }));
    expect(message).toContain('--format');
    for (const format of ['plain', 'csv', 'lackey', 'oracle', 'fingerprint']) {
      expect(hint).toContain(format);
    }
  });

  it.each([
    ['--format plian', 'plain'],
    ['--format plain --page-size 1000', 'power of two'],
    ['--format plain --page-size -1', 'power of two'],
    ['--format plain --backing swap', 'anonymous'],
    ['--format plain --write 2', 'csv'],
    ['--format plain --no-instructions', 'lackey'],
    ['--format fingerprint --page-size 4096', '--page-size'],
    ['--format csv --delimiter ;;', ''],
  ])('refuses %s', (options, hint) => {
    const outcome = evictlab(`import - ${options} -o /dev/null`, { input: '1,w\n2,w\n' });
    expect(refused(outcome)[1]).toContain(hint);
  });

  it('names the line that is wrong', () => {
    const input = '1 R\n2 W\n3 X\n';
    const outcome = evictlab('import - --format plain -o /dev/null', { input });
    expect(refused(outcome)[0]).toMatch(/\b3\b.*3 X/);
  });

  it.each(['no/such/folder/out.evfp', '.'])('refuses to write to %s', (output) => {
    const outcome = evictlab(`import - --format plain -o ${output}`, { input: '1\n' });
    expect(refused(outcome)[0]).toContain(output);
  });
});

describe('an option', () => {
  it.each([
    [`simulate ${ZIPF} --frames 0 --policy lru`, '--frames 0'],
    [`simulate ${ZIPF} --frames -5 --policy lru`, '--frames -5'],
    [`simulate ${ZIPF} --frames ten --policy lru`, '--frames ten'],
    [`simulate ${ZIPF} --frames 1.5 --policy lru`, '--frames 1.5'],
    [`simulate ${ZIPF} --frames 10,,20 --policy lru`, '--frames 10,,20'],
    [`simulate ${ZIPF} --frames 0% --policy lru`, '--frames 0%'],
    [`optimum ${ZIPF} --frames 99999999999`, '--frames 99999999999'],
    [`evaluate ${ZIPF} --policies lru --frames x`, '--frames x'],
    [`label ${ZIPF} --frames 0 -o out.parquet`, '--frames 0'],
    [`simulate ${ZIPF} --frames 5 --policy lru --seed x`, '--seed x'],
    [`simulate ${ZIPF} --frames 5 --policy lru --seed -1`, '--seed -1'],
    [`simulate ${ZIPF} --frames 5 --policy lru --page-in-cost -1`, '--page-in-cost -1'],
    [`optimum ${ZIPF} --frames 5 --page-out-cost much`, '--page-out-cost much'],
    [`optimum ${ZIPF} --frames 5 --seconds 0`, '--seconds 0'],
    [`optimum ${ZIPF} --frames 5,6 -o out.plan`, '--output'],
    [`inspect ${ZIPF} --notation --limit 0`, '--limit 0'],
    [`curve ${ZIPF} --policy clock`, '--policy clock'],
    [`curve ${ZIPF} --sample 0`, '--sample 0'],
    [`curve ${ZIPF} --sample 1`, '--sample 1'],
    [`curve ${ZIPF} --sample half`, '--sample half'],
    [`curve ${ZIPF} --sample 1e-9`, 'a sample of 1e-9'],
    [`curve ${ZIPF} --sample-pages 0`, '--sample-pages 0'],
    [`curve ${ZIPF} --sample-pages 0.5`, '--sample-pages 0.5'],
    [`curve ${ZIPF} --sample-pages 9`, 'a sample of 9 pages'],
    [`curve ${ZIPF} --sample 0.5 --sample-pages 90`, '--sample and --sample-pages'],
    [`label ${ZIPF} --frames 5 --candidates 1 -o out.parquet`, '--candidates 1'],
    [`label ${ZIPF} --frames 5 --candidates few -o out.parquet`, '--candidates few'],
    [`label ${ZIPF} --frames 5 --max-decisions 0 -o out.parquet`, '--max-decisions 0'],
    [`label ${ZIPF} --frames 5 -o out.xls`, 'out.xls'],
    [`evaluate ${ZIPF} --policies lru --frames 5 --effort much`, '--effort much'],
    [`evaluate ${ZIPF} --policies lru --frames 5 --threads 0`, '--threads 0'],
    [`simulate ${ZIPF} --frames 5 --policy lru --elastics`, '--elastics'],
    [`simulate ${ZIPF} --frames 5 --policy lru --cpus 2`, '--cpus'],
    [`simulate ${ZIPF} --frames 5 --policy devik:weight=-1`, '-1'],
    [`compare ${ZIPF} --frames 5 --policy devik:weight=-1,lru`, '-1'],
    ['inspect synthetic:zipf:pages=-3', 'pages'],
    ['inspect synthetic:zip', 'zip'],
    ['train a.parquet --option ridge -o m.json', '--option ridge'],
    ['train a.parquet --option ridge=x -o m.json', '--option ridge=x'],
    ['train a.parquet --learner least-sqares -o m.json', 'least-sqares'],
  ])('that is wrong is named: %s', async (line, part) => {
    expect((await refusal(line))[0]).toContain(part);
  });

  it.each([
    [`simulate ${ZIPF} --frames 5 --policy clok`, 'clock'],
    [`simulate ${ZIPF} --frames 5 --policy nru:intervall=5`, 'interval'],
    [`simulate ${ZIPF} --frames 5 --policy lru,clok`, 'clock'],
    [`evaluate ${ZIPF} --policies clok --frames 5`, 'clock'],
    [`label ${ZIPF} --frames 5 --states-of mni -o out.parquet`, 'min'],
    ['inspect synthetic:zpf', 'zipf'],
    ['inspect synthetic:zipf:page=5', 'pages'],
    [`simulat ${ZIPF}`, 'simulate'],
    [`simulate ${ZIPF} --frame 5`, '--frames'],
  ])('or name that is nearly right leads to the right one: %s', async (line, hint) => {
    expect((await refusal(line))[1]).toContain(hint);
  });

  it("of a learner or a file's feature is checked against what there is", () => {
    const folder = temporaryFolder();
    const call = { cwd: folder };
    expect(evictlab(`label ${ZIPF} --frames 5 -o d.parquet`, call).status).toBe(0);
    const train = (options: string) =>
      refused(evictlab(`train d.parquet ${options} -o m.json`, call))[1];
    expect(train('--option rigde=1')).toContain('ridge');
    expect(train('--features recencie')).toContain('recency');
    expect(readdirSync(folder)).toEqual(['d.parquet']);
  });
});

describe('label', () => {
  it('refuses more frames than pages: there is nothing to label', () => {
    const folder = temporaryFolder();
    const line = `label ${ZIPF} --frames 5000 -o out.parquet`;
    expect(refused(evictlab(line, { cwd: folder }))[0]).toContain('nothing is ever evicted');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses two inputs of one name', () => {
    const folder = temporaryFolder();
    const line = `label ${ZIPF} ${ZIPF} --frames 5 -o out.parquet`;
    expect(refused(evictlab(line, { cwd: folder }))[0]).toContain('"synthetic-zipf" too');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a policy of the user', () => {
  it('that does not load, or is none, is named', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'broken.js'), 'export const policy = {');
    writeFileSync(join(folder, 'other.js'), 'export const nothing = 1;');
    for (const file of ['broken.js', 'other.js', 'absent.js']) {
      const line = `simulate ${ZIPF} --frames 5 --policy ./${file}`;
      expect(refused(evictlab(line, { cwd: folder }))[0]).toContain(file);
    }
  });
});

describe('a bug', () => {
  it('says that it is one, with the stack, and exits with 1', () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => write.mockRestore());
    expect(printFailure(new TypeError('as a bug would'))).toBe(1);
    expect(write.mock.calls.join('')).toMatch(
      /^evictlab: this is a bug in evictlab.*\nTypeError: as a bug would\n {4}at /,
    );
  });
});
