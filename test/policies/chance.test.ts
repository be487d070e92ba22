/*
 * Policies that draw, against programs that draw from other generators: the counts can't be equal,
 * and where a draw early in a loop decides for good they are far apart with our own next seed. So
 * what is compared is the median, and how far apart most rows are.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { readTrace, sharedData } from '../support/traces.ts';

const policies = await loadPolicies();

/** Short ones, on which every size was counted. */
const TRACES = ['lirs_cpp', 'lirs_gli', 'lirs_multi1', 'lirs_multi2', 'lirs_ps'];

/** Names in the file of counts and the program; `nine` of ten rows are within that share. */
const PROGRAMS = [
  { id: 'lecar', name: 'LeCaR', program: 'sylab', nine: 0.08 },
  { id: 'cacheus', name: 'Cacheus', program: 'sylab', nine: 0.03 },
  { id: 'hyperbolic', name: 'Hyperbolic', program: 'libCacheSim', nine: 0.08 },
] as const;

const data = sharedData('comparing policies that draw');

if (data === undefined) it.skip('policies that draw cost what they cost other programs');
else compareWith(data);

function compareWith(data: string): void {
  const lines = readFileSync(resolve(data, 'reference-misses.csv'), 'utf8').trim().split('\n');
  describe('on five traces and all sizes, most counts are near those of another program for', () => {
    it.each([...PROGRAMS])('$id', ({ id, name, program, nine }) => {
      const policy = policies.get(id) as PolicySpec;
      const apart: number[] = [];
      for (const trace of TRACES) {
        const references = readTrace(resolve(data, 'traces', `${trace}.pages.zst`));
        for (const line of lines) {
          if (!line.startsWith(`${trace},${name},`) || !line.includes(program)) continue;
          const [, , frames, , misses] = line.split(',').map(Number);
          const run = { policy, frameCount: frames, seed: 1 };
          apart.push(replayVerified(references, run).pageIns / misses - 1);
        }
      }
      apart.sort((a, b) => a - b);
      expect(apart.length).toBeGreaterThan(40);
      expect(Math.abs(apart[apart.length >> 1])).toBeLessThan(0.005);
      const near = apart.filter((difference) => Math.abs(difference) <= nine);
      expect(near.length / apart.length).toBeGreaterThanOrEqual(0.9);
    });
  });
}
