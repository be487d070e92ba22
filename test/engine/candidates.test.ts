import { describe, expect, it } from 'vitest';
import { CandidatePool, CandidateSampler } from '../../src/engine/candidates.ts';
import { Memory } from '../../src/engine/memory.ts';
import { Random } from '../../src/support/random.ts';

describe('CandidateSampler', () => {
  it('draws every pair of frames equally often', () => {
    const sampler = new CandidateSampler(6, new Random(1));
    const drawn = new Int32Array(2);
    const counts = new Map<string, number>();
    const draws = 30_000;
    for (let i = 0; i < draws; i++) {
      sampler.draw([], drawn);
      const pair = [...drawn].sort().join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(15);
    // 2000 of each pair are expected; 5 standard deviations are 216.
    for (const count of counts.values()) expect(Math.abs(count - draws / 15)).toBeLessThan(216);
  });

  it('holds the required frames once each, and the others equally often', () => {
    const sampler = new CandidateSampler(10, new Random(2));
    const drawn = new Int32Array(4);
    const counts = new Array<number>(10).fill(0);
    const draws = 16_000;
    for (let i = 0; i < draws; i++) {
      sampler.draw(i % 2 === 0 ? [7, 3] : [3, 7, 7], drawn);
      expect(new Set(drawn).size).toBe(4);
      for (const frame of drawn) counts[frame]++;
    }
    counts.forEach((count, frame) => {
      if (frame === 3 || frame === 7) expect(count).toBe(draws);
      // Two of eight others: 4000 expected; 5 standard deviations are 274.
      else expect(Math.abs(count - draws / 4)).toBeLessThan(274);
    });
  });

  it('draws all frames when as many are wanted', () => {
    const drawn = new Int32Array(5);
    new CandidateSampler(5, new Random(3)).draw([4], drawn);
    expect([...drawn].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('the pool of candidates', () => {
  it.each([0, 1])(
    'keeps the best of last time but the victim, while their frames hold the same pages, hand=%i',
    (hand) => {
      const frameCount = 40;
      const { frames } = new Memory({ kinds: new Uint8Array(frameCount) }, frameCount);
      for (let frame = 0; frame < frameCount; frame++) frames.pageOf[frame] = frame;
      const pool = new CandidatePool(frames, { candidates: 8, pool: 3, hand }, new Random(2));
      let kept: number[] = [];
      for (let round = 0; round < 200; round++) {
        const count = pool.draw();
        const candidates = [...pool.candidates.subarray(0, count)];
        expect([count, new Set(candidates).size]).toEqual([8, 8]);
        expect(candidates.slice(0, kept.length)).toEqual(kept);
        // The higher the number, the better; the best leaves, and another page has its frame.
        const best = [...candidates].sort((a, b) => b - a);
        const scores = Float64Array.from(candidates);
        pool.keepBest(scores, count, candidates.indexOf(best[0]));
        frames.pageOf[best[0]] += 1000;
        kept = best.slice(1, 4);
        if (round % 5 === 0) {
          frames.pageOf[kept[1]] += 1000;
          kept.splice(1, 1);
        }
      }
    },
  );

  it('with a hand takes the frames in turn, passing over those of the pool', () => {
    const frameCount = 11;
    const { frames } = new Memory({ kinds: new Uint8Array(frameCount) }, frameCount);
    for (let frame = 0; frame < frameCount; frame++) frames.pageOf[frame] = frame;
    const random = new Random(3);
    for (const poolSize of [0, 2]) {
      const options = { candidates: 4, pool: poolSize, hand: 1 };
      const pool = new CandidatePool(frames, options, random);
      const turn: number[] = [];
      let expected: number[] = [];
      for (let round = 0; round < 100; round++) {
        pool.draw();
        const candidates = [...pool.candidates];
        const kept = expected;
        expect(candidates.slice(0, kept.length)).toEqual(kept);
        // Where the hand came to last, and from there on whoever is not kept.
        let frame = turn.length === 0 ? 0 : (turn[turn.length - 1] + 1) % frameCount;
        for (const taken of candidates.slice(kept.length)) {
          while (kept.includes(frame)) frame = (frame + 1) % frameCount;
          expect(taken).toBe(frame);
          turn.push(frame);
          frame = (frame + 1) % frameCount;
        }
        const scores = Float64Array.from(candidates, () => random.unit());
        const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
        pool.keepBest(scores, 4, order[0]);
        expected = order.slice(1, 1 + poolSize).map((row) => candidates[row]);
      }
    }
  });
});
