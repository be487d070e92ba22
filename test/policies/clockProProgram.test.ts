/*
 * Why ours is up to 0.5 % off the counts of clock-pro.c, the authors' program: two rules of it, and
 * nothing else. With them a model of it counts the same on every row, without them what ours does.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { resolvePolicy } from '../../src/node/policyCatalog.ts';
import { isLong } from '../support/long.ts';
import { readTrace, sharedData, withoutRepeats } from '../support/traces.ts';
import { clockProFaults } from './clockProProgram.ts';

const data = sharedData("comparing CLOCK-Pro with the authors' program");
if (data === undefined) it.skip("CLOCK-Pro is the authors' program but for two rules");
else compareWith(data);

function compareWith(data: string): void {
  const sizesOf = new Map<string, { frameCount: number; faults: number }[]>();
  for (const line of readFileSync(resolve(data, 'reference-misses.csv'), 'utf8').split('\n')) {
    const [trace, policy, frames, , misses] = line.split(',');
    if (policy !== 'CLOCK-Pro(fixed cold 5%)') continue;
    const size = { frameCount: Number(frames), faults: Number(misses) };
    // All sizes of the longest trace take as long as everything else: `npm run check:long`.
    if (trace === 'lirs_loop' && !isLong && ![100, 404, 1000].includes(size.frameCount)) continue;
    sizesOf.set(trace, [...(sizesOf.get(trace) ?? []), size]);
  }

  describe.each([...sizesOf])('on %s', (trace, sizes) => {
    let references: ReferenceString | undefined;
    const read = (): ReferenceString => {
      references ??= withoutRepeats(readTrace(resolve(data, 'traces', `${trace}.pages.zst`)));
      return references;
    };
    const faultsBy = (by: 'paper' | 'program', frameCount: number): number => {
      // The program has two cold frames at least.
      const coldFrames = Math.max(2, Math.floor(frameCount * 0.05));
      const { pages, pageCount } = read();
      return clockProFaults(pages, pageCount, { frameCount, coldFrames, by });
    };

    it("by the authors' rules, the faults are those of their program", () => {
      for (const { frameCount, faults } of sizes) {
        expect({ frameCount, faults: faultsBy('program', frameCount) }).toEqual({
          frameCount,
          faults,
        });
      }
    });

    it("by the paper's rules, the faults are ours, and within 0.5 % of theirs", async () => {
      const { spec: policy, options } = await resolvePolicy('clock-pro:cold=0.05,adapt=0');
      // From 40 frames on ours has two cold frames as well.
      for (const { frameCount, faults } of sizes.filter((size) => size.frameCount >= 40)) {
        const ours = replayVerified(read(), { policy, options, frameCount, seed: 1 }).pageIns;
        expect({ frameCount, faults: faultsBy('paper', frameCount) }).toEqual({
          frameCount,
          faults: ours,
        });
        expect(Math.abs(ours - faults)).toBeLessThanOrEqual(0.005 * faults);
      }
    });
  });
}
