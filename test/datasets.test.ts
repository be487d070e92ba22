import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { linearize } from '../src/fingerprint/linearize.ts';
import { summarizeFingerprint } from '../src/fingerprint/summary.ts';
import { readFingerprint } from '../src/node/fingerprintFile.ts';
import { readPlan } from '../src/node/planFile.ts';
import { readStudy } from '../src/node/studyFile.ts';
import { computeOptimum } from '../src/optimal/optimum.ts';

const datasets = fileURLToPath(new URL('../datasets/', import.meta.url));
const count = (n: number): string => n.toLocaleString('en-US');

describe('the bundled data', () => {
  it('is what its README says, to the reference', async () => {
    const readme = readFileSync(`${datasets}README.md`, 'utf8');
    const files = readdirSync(`${datasets}fingerprints`).filter((file) => file.endsWith('.evfp'));
    expect(files.length).toBeGreaterThanOrEqual(6);
    for (const file of files) {
      const { fingerprint, digest } = await readFingerprint(`${datasets}fingerprints/${file}`, 1);
      expect(`${fingerprint.name}.evfp`).toBe(file);
      if (fingerprint.mappings.length > 0) {
        const { sequences, references, pages } = summarizeFingerprint(fingerprint);
        const { framesMin } = fingerprint.filter!;
        const figures = [sequences, references, pages, framesMin].map(count).join(' | ');
        expect(readme).toContain(`| ${figures} | \`${digest.slice(7, 19)}…\` |`);
        continue;
      }
      const { pages, writes, pageCount } = linearize(fingerprint);
      const written = writes.reduce((sum, write) => sum + write, 0);
      const figures = [pages.length, pageCount, written].map(count).join(' | ');
      expect(readme).toContain(`| ${figures} |`);
    }
  });

  it.each(['default', 'later', 'windows', 'page-outs', 'accessed-bits'])(
    'has a study %s whose fingerprints are all there',
    async (name) => {
      const study = await readStudy(`${datasets}${name}.yaml`);
      for (const path of study.fingerprints) expect(existsSync(path)).toBe(true);
    },
  );

  it('has optima whose claims hold when replayed and added up again', async () => {
    const folder = `${datasets}optima/`;
    const plans = await Promise.all(
      readdirSync(folder).map(async (file) => ({ file, saved: await readPlan(folder + file) })),
    );
    expect(plans.length).toBeGreaterThanOrEqual(20);
    for (const name of new Set(plans.map(({ saved }) => saved.claim.fingerprint))) {
      const read = await readFingerprint(`${datasets}fingerprints/${name}.evfp`, 1);
      const references = linearize(read.fingerprint);
      for (const { file, saved } of plans.filter((plan) => plan.saved.claim.fingerprint === name)) {
        const { claim } = saved;
        expect(claim.digest).toBe(read.digest);
        const { frames: frameCount, prices } = claim;
        const found = await computeOptimum(references, { frameCount, prices, known: saved });
        expect([file, found.lowerBound, found.upperBound, found.minPageIns]).toEqual([
          file,
          claim.lowerBound,
          claim.upperBound,
          claim.minPageIns,
        ]);
      }
    }
  });
});
