import { describe, expect, it } from 'vitest';
import { NONE } from '../../src/engine/frameTable.ts';
import { DelayedLabels } from '../../src/learning/delayedLabels.ts';
import { Random } from '../../src/support/random.ts';

interface Sample {
  readonly page: number;
  readonly tick: number;
}

/** Plays a string in which pages are sampled at random; labels by sample, in the order they came. */
function play(pages: readonly number[], horizon: number, perDecision = 2) {
  const random = new Random(4);
  const added: Sample[] = [];
  const labels = new Map<string, number>();
  const key = ({ page, tick }: Sample) => `${page}@${tick}`;
  const waiting = new DelayedLabels(2, perDecision, 1000, horizon, (values, first, distance) => {
    const sample = { page: values[first], tick: values[first + 1] };
    expect(labels.has(key(sample))).toBe(false);
    labels.set(key(sample), distance);
  });
  pages.forEach((used, tick) => {
    waiting.onUse(used, tick);
    if (!waiting.wants(tick)) return;
    for (let i = 0; i < perDecision; i++) {
      const page = random.below(1000);
      const row = waiting.add(page, tick, false);
      if (row === NONE) continue;
      waiting.valuesOf(row).set([page, tick]);
      added.push({ page, tick });
    }
  });
  return { added, labelOf: (sample: Sample) => labels.get(key(sample)) };
}

const random = new Random(3);
const PAGES = Array.from({ length: 30_000 }, () => random.below(200) * random.below(6));

const USES = PAGES.reduce(
  (uses, page, tick) => uses.set(page, [...(uses.get(page) ?? []), tick]),
  new Map<number, number[]>(),
);

/** References until `page` is used after `tick`; Infinity when it is not. */
function distanceAfter({ page, tick }: Sample): number {
  return (USES.get(page)?.find((use) => use > tick) ?? Number.POSITIVE_INFINITY) - tick;
}

describe('labels that come late', () => {
  it('are the distances to the next use, once each, and never from beyond the horizon', () => {
    for (const horizon of [1, 50, 2000]) {
      const { added, labelOf } = play(PAGES, horizon);
      expect(added.length).toBeGreaterThan(1000);
      const labelled = added.filter((sample) => labelOf(sample) !== undefined);
      expect(labelled.length).toBeGreaterThan(1000);
      const wrong = labelled.filter((sample) => {
        const [label, distance] = [labelOf(sample), distanceAfter(sample)];
        return label === Number.POSITIVE_INFINITY ? distance < horizon : label !== distance;
      });
      expect(wrong).toEqual([]);
      // The others still wait at the end.
      const forgotten = added.filter(
        (sample) =>
          labelOf(sample) === undefined &&
          (distanceAfter(sample) < Number.POSITIVE_INFINITY ||
            PAGES.length - sample.tick > horizon),
      );
      expect(forgotten).toEqual([]);
    }
  });

  it('are awaited for one sample of a page at a time', () => {
    const { added } = play(PAGES, 2000);
    const last = new Map<number, Sample>();
    const tooSoon = added.filter((sample) => {
      const before = last.get(sample.page);
      last.set(sample.page, sample);
      if (before === undefined) return false;
      return sample.tick - before.tick < Math.min(2000, distanceAfter(before));
    });
    expect(tooSoon).toEqual([]);
    expect(last.size).toBeLessThan(added.length / 2);
  });

  it('are taken so far apart that the ring lasts for the horizon', () => {
    const horizon = 20_000;
    const { added } = play(PAGES, horizon);
    const ticks = [...new Set(added.map(({ tick }) => tick))];
    const gaps = ticks.slice(1).map((tick, i) => tick - ticks[i]);
    // 8,192 rows, two a decision: one decision in five, from the first to the last.
    expect(Math.min(...gaps)).toBe(5);
    // More where both pages wait already.
    expect(Math.max(...gaps)).toBeLessThan(100);
    expect(ticks[ticks.length - 1]).toBeGreaterThan(PAGES.length - 100);
  });

  it('by accessed bits are of the first bit that was set after the sample', () => {
    for (const isBitSet of [false, true]) {
      const distances: number[] = [];
      const labels = new DelayedLabels(1, 2, 10, 100, (_values, _first, distance) => {
        distances.push(distance);
      });
      labels.add(3, 5, isBitSet);
      for (const tick of [20, 40, 60]) labels.onBit(3, tick);
      // A page that is loaded is used, whatever its bit was.
      labels.add(4, 70, isBitSet);
      labels.onUse(4, 75);
      expect(distances).toEqual([isBitSet ? 35 : 15, 5]);
    }
  });
});
