import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** What each folder of src may import; every folder may import itself and support. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  support: [],
  fingerprint: [],
  engine: ['fingerprint'],
  // min and devik are written in optimal, for the optimum needs them; optimal imports no policy.
  policies: ['engine', 'fingerprint', 'optimal'],
  optimal: ['engine', 'fingerprint'],
  prefetch: ['engine', 'fingerprint'],
  vm: ['engine', 'fingerprint'],
  // Hand-made policies are experts that features and fitted policies ask.
  dataset: ['engine', 'fingerprint', 'optimal', 'policies'],
  learning: ['dataset', 'engine', 'fingerprint', 'policies'],
  evaluation: ['engine', 'fingerprint', 'optimal'],
  report: ['evaluation'],
  capture: ['fingerprint'],
  node: ['dataset', 'engine', 'evaluation', 'fingerprint', 'learning', 'optimal', 'report'],
  cli: [
    'capture',
    'dataset',
    'engine',
    'evaluation',
    'fingerprint',
    'learning',
    'node',
    'optimal',
    'report',
    'vm',
  ],
};

/** Folders that may use Node itself. */
const ON_NODE = ['capture', 'node', 'cli'];

/** Packages, and the one file that may import each. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs-backend-wasm': 'learning/tensorFlow.ts',
  '@tensorflow/tfjs-core': 'learning/tensorFlow.ts',
  '@tensorflow/tfjs-layers': 'learning/tensorFlow.ts',
  '@observablehq/plot': 'report/figures/plot.ts',
  fzstd: 'node/byteStream.ts',
  highs: 'optimal/linearProgram.ts',
  hyparquet: 'node/parquetReader.ts',
  linkedom: 'report/figures/plot.ts',
  'ml-regression-multivariate-linear': 'learning/mlRegression.ts',
  piscina: 'node/jobPool.ts',
  yaml: 'node/studyFile.ts',
  yargs: 'cli/yargs.ts',
};

/** Packages cheap enough to be loaded at once, and what the build bundles. */
const EAGER = ['yargs'];

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(src + file, 'utf8') }));

interface Import {
  readonly file: string;
  readonly target: string;
  /** Erased by the compiler. */
  readonly isType: boolean;
  readonly isDynamic: boolean;
}

const imports: Import[] = files.flatMap(({ file, text }) => [
  ...[...text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'([^']+)'/gm)].map((match) => ({
    file,
    target: match[2],
    isType: match[1] !== undefined,
    isDynamic: false,
  })),
  ...[...text.matchAll(/\bimport\('([^']+)'\)/g)].map((match) => ({
    file,
    target: match[1],
    isType: false,
    isDynamic: true,
  })),
]);

const folderOf = (file: string): string => file.split('/')[0];

describe('the structure', () => {
  it('sees every import', () => {
    expect(imports.length).toBeGreaterThan(200);
    expect(imports.some(({ isDynamic }) => isDynamic)).toBe(true);
  });

  it('has no folder without a rule', () => {
    const folders = new Set(
      files.map(({ file }) => folderOf(file)).filter((f) => f !== 'index.ts'),
    );
    expect([...folders].filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
  });

  it('lets nothing point back: each folder imports only what the table allows', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (!target.startsWith('.') || !file.includes('/')) return false;
      const from = folderOf(file);
      const to = folderOf(new URL(target, `file:///${file}`).pathname.slice(1));
      return to !== from && to !== 'support' && !MAY_IMPORT[from].includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps node: out of everything that must run in a browser', () => {
    const wrong = imports.filter(
      ({ file, target }) => target.startsWith('node:') && !ON_NODE.includes(folderOf(file)),
    );
    expect(wrong).toEqual([]);
  });

  it('imports each package in one file, and the heavy ones only when they are needed', () => {
    const wrong = imports.filter(({ file, target, isType, isDynamic }) => {
      if (target.startsWith('.') || target.startsWith('node:') || isType) return false;
      return PACKAGES[target] !== file || (!isDynamic && !EAGER.includes(target));
    });
    expect(wrong).toEqual([]);
  });

  it('draws no number and reads no clock below the command line but through what it is given', () => {
    const wrong = files.filter(
      ({ file, text }) =>
        !ON_NODE.includes(folderOf(file)) &&
        /\b(Math\.random|Date\.now|new Date|performance\.now|process\.)\b/.test(text),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('asks no policy for its id', () => {
    const wrong = files.filter(({ text }) => /\b(policy|spec)\.id\s*(===|!==)/.test(text));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('keeps lines within 100 characters and leaves no note to self', () => {
    const wrong = files.flatMap(({ file, text }) =>
      text
        .split('\n')
        .map((line, i) => ({ place: `${file}:${i + 1}`, line }))
        .filter(({ line }) => {
          const isLong = line.length > 100 && !/['"`/]/.test(line);
          return isLong || /\b(FIXME|TODO|XXX|HACK)\b/.test(line);
        })
        .map(({ place }) => place),
    );
    expect(wrong).toEqual([]);
  });
});
