import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evictlab, evictlabJson, temporaryFolder } from './program.ts';

const ZIPF = 'synthetic:zipf:pages=300,references=4000';
const folder = mkdtempSync(join(tmpdir(), 'evictlab-export-'));
const MODEL = join(folder, 'm.json');
evictlabJson(['label', ZIPF, '--frames', '30', '-o', 'd.parquet'], { cwd: folder });
evictlabJson('train d.parquet --features age,dirty,frequency,recency -o m.json', { cwd: folder });
afterAll(() => rmSync(folder, { recursive: true }));

describe('export', () => {
  it('writes C, and says what the model is and costs', () => {
    const cwd = temporaryFolder();
    const json = evictlabJson(['export', MODEL, '--target', 'c', '-o', 'score.c'], { cwd });
    expect(json).toMatchObject({ kind: 'linear', target: 'c', output: 'score.c' });
    expect(json.cost).toMatchObject({ numbers: 5, bytesPerPage: 12 });
    expect(readFileSync(join(cwd, 'score.c'), 'utf8')).toContain('double evictlab_score');
  });

  it('writes C without floating point', () => {
    const cwd = temporaryFolder();
    evictlabJson(['export', MODEL, '--target', 'c', '--integer', '-o', 'score.c'], { cwd });
    const text = readFileSync(join(cwd, 'score.c'), 'utf8');
    expect(text).toContain('int64_t evictlab_score');
    expect(text).not.toMatch(/float|double/);
  });

  it('tells the formula when nothing is to be written', () => {
    const { status, stdout } = evictlab(['export', MODEL]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/formula +score = −?[\d.]+ · /);
  });

  it('makes a module that simulates as the model does', () => {
    const cwd = temporaryFolder();
    evictlabJson(['export', MODEL, '--target', 'js', '-o', 'm.mjs'], { cwd });
    const run = (policy: string): unknown => {
      const words = ['simulate', ZIPF, '--frames', '30', '--policy', policy];
      const { pageIns, pageOuts } = evictlabJson(words, { cwd });
      return { pageIns, pageOuts };
    };
    expect(run('./m.mjs')).toEqual(run(`model:${MODEL}`));
  });

  it('refuses a target that is not there, and half of what it needs', () => {
    for (const words of [
      ['--target', 'pascal', '-o', 'x'],
      ['--target', 'c'],
      ['--target', 'js', '--integer', '-o', 'x'],
      ['--integer'],
      ['--distil', '3'],
      ['--distil', 'few', '--decisions', 'd.parquet'],
    ]) {
      const { status, stderr } = evictlab(['export', MODEL, ...words]);
      expect(status).toBe(2);
      expect(stderr).toContain('hint:');
    }
    expect(existsSync('x')).toBe(false);
  });
});
