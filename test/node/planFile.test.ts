import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { costOf, type Prices, UNIT_PRICES } from '../../src/engine/machine.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { readFingerprint } from '../../src/node/fingerprintFile.ts';
import { requireFits, requirePlanFor, resolveNamedPolicy } from '../../src/node/namedPolicy.ts';
import { type PlanFile, readPlan, schedulePolicy, writePlan } from '../../src/node/planFile.ts';
import { checkClaim } from '../../src/optimal/claim.ts';
import { computeOptimum, type Optimum } from '../../src/optimal/optimum.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const INPUT = 'synthetic:zipf:pages=100,references=3000';
const { fingerprint, digest } = await readFingerprint(INPUT, 1);
const string = linearize(fingerprint);
const subject = { name: fingerprint.name, digest, references: string.pages.length };
const FRAMES = 12;

interface Saved {
  readonly path: string;
  readonly found: Optimum;
}

async function save(prices: Prices = UNIT_PRICES): Promise<Saved> {
  const path = join(temporaryFolder(), 'best.plan');
  const found = await computeOptimum(string, { frameCount: FRAMES, prices });
  await writePlan(path, subject, found);
  return { path, found };
}

/** A copy of the file with other fields. */
async function altered(path: string, change: (file: PlanFile) => object): Promise<string> {
  const file = JSON.parse(await readFile(path, 'utf8')) as PlanFile;
  const copy = `${path}.altered`;
  await writeFile(copy, JSON.stringify({ ...file, ...change(file) }));
  return copy;
}

/** Which claims of the file do not hold. */
async function broken(path: string): Promise<string[]> {
  const saved = await readPlan(path);
  requirePlanFor(saved, path, fingerprint.name, digest);
  const { claim, certificate } = saved;
  const findings = await checkClaim(string, claim, certificate, schedulePolicy(saved));
  return findings.filter(({ holds }) => !holds).map(({ what }) => what);
}

/** The same bytes of base64, one of them another letter. */
function otherLetter(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

describe('a saved optimum', () => {
  it.each([
    ['a plan', UNIT_PRICES],
    ["MIN's schedule", { pageInCost: 1, pageOutCost: 0, chargeFinal: false }],
    ['dear page-outs, the end charged', { pageInCost: 1, pageOutCost: 3, chargeFinal: true }],
  ])('replayed as plan:FILE has the counts claimed: %s', async (_, prices) => {
    const { path, found } = await save(prices);
    const policy = await resolveNamedPolicy(`plan:${path}`);
    requireFits(policy, fingerprint, digest);
    const run = { frameCount: FRAMES, policy: policy.spec, options: policy.options, seed: 9 };
    const counts = replayVerified(string, run);
    expect(counts).toEqual(found.schedule);
    expect(costOf(counts, prices)).toBe(found.upperBound);
    expect(await broken(path)).toEqual([]);
  });

  it('that a rule has found replays the rule, with its weight', async () => {
    const { path } = await save();
    const ruled = await altered(path, () => ({ upperMethod: 'devik', plan: null }));
    const devik = await resolveNamedPolicy('devik:weight=1');
    const plan = await resolveNamedPolicy(`plan:${ruled}`);
    const run = { frameCount: FRAMES, seed: 1 };
    expect(replayVerified(string, { ...run, policy: plan.spec })).toEqual(
      replayVerified(string, { ...run, policy: devik.spec }),
    );
  });

  it('is refused on another fingerprint, on other frames, and on another length', async () => {
    const { path } = await save();
    const policy = await resolveNamedPolicy(`plan:${path}`);
    const other = await readFingerprint(INPUT, 2);
    expect(() => requireFits(policy, other.fingerprint, other.digest)).toThrow('is a plan for');
    const run = { frameCount: FRAMES + 1, policy: policy.spec, seed: 1 };
    expect(() => replayVerified(string, run)).toThrow('3000 references on 12 frames');
    const shorter = { ...string, pages: string.pages.slice(1), writes: string.writes.slice(1) };
    expect(() => replayVerified(shorter, { ...run, frameCount: FRAMES })).toThrow('on 12 frames');
  });
});

describe('what a file claims and what it holds', () => {
  const LEAST = 'no schedule costs less than';
  const COSTS = 'its schedule costs';
  const NOTHING_GOES = brotliCompressSync(new Uint8Array(3000 / 8)).toString('base64');

  it.each([
    ['a greater lower bound', (f: PlanFile) => ({ lowerBound: f.lowerBound + 1 }), [LEAST]],
    ['a cheaper schedule', (f: PlanFile) => ({ upperBound: f.upperBound - 1 }), [COSTS]],
    ['fewer page-ins', (f: PlanFile) => ({ minPageIns: f.minPageIns - 1 }), ['fewest page-ins']],
    ['the proof of nothing', () => ({ certificate: 'Ow==' }), [LEAST, 'that is the least']],
    ['other prices', () => ({ prices: { ...UNIT_PRICES, pageOutCost: 2 } }), [COSTS]],
    ['the end charged', () => ({ prices: { ...UNIT_PRICES, chargeFinal: true } }), [COSTS]],
    ['more frames', () => ({ frames: FRAMES + 1 }), [LEAST, COSTS]],
    ['a plan that lets nothing go', () => ({ plan: NOTHING_GOES }), [COSTS]],
  ])('differ: %s', async (_, change, expected) => {
    const { path, found } = await save();
    expect(found.exact).toBe(true);
    expect(found.upperMethod).toBe('plan');
    const path2 = await altered(path, change);
    const wrong = (await broken(path2)).join();
    for (const claim of expected) expect(wrong).toContain(claim);
  });

  it('is refused in one line when the file is damaged', async () => {
    const { path } = await save();
    const text = await readFile(path, 'utf8');
    for (const length of [0, 1, text.length >> 1, text.length - 3]) {
      await writeFile(`${path}.short`, text.slice(0, length));
      expect(await inputErrorOf(readPlan(`${path}.short`))).toContain('is not a plan: it is no');
    }
    for (const [what, change] of [
      ['its format is another', { format: 'evictlab-model' }],
      ['its version is 2', { version: 2 }],
      ['no number of references', { references: -1 }],
      ['no number of frames', { frames: 0 }],
      ['no prices', { prices: { pageInCost: -1, pageOutCost: 1, chargeFinal: false } }],
      ['no prices', { prices: null }],
      ['no bounds', { lowerBound: 'low' }],
      ['no plan', { plan: null }],
      ['no plan', { upperMethod: 'min' }],
      ['no certificate', { certificate: null }],
      ['its columns are damaged', { certificate: '' }],
      ['its columns are damaged', { plan: 'AAAA' }],
      ['its plan is cut short', { references: 2000 * 8 }],
    ] as const) {
      const wrong = await altered(path, () => change);
      expect(await inputErrorOf(readPlan(wrong))).toBe(`${wrong} is not a plan: ${what}`);
    }
  });

  it('is refused, or its claims fail, when a letter of its columns is another', async () => {
    const { path } = await save();
    const text = JSON.parse(await readFile(path, 'utf8')) as PlanFile;
    let refused = 0;
    let caught = 0;
    for (const column of ['certificate', 'plan'] as const) {
      const letters = text[column] ?? '';
      for (let at = 0; at < letters.length; at += 7) {
        const wrong = await altered(path, () => ({ [column]: otherLetter(letters, at) }));
        try {
          // Other prices may prove as much, another plan may cost as much: then the claims are true.
          if ((await broken(wrong)).length > 0) caught++;
        } catch (error) {
          expect((error as Error).name).toBe('InputError');
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(caught).toBeGreaterThan(0);
  });
});
