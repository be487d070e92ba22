import { describe, expect, it, vi } from 'vitest';
import { defineFeature, type Feature } from '../../src/dataset/feature.ts';
import { FeatureSet, withFeatures } from '../../src/dataset/featureSet.ts';
import { feature as dirty } from '../../src/dataset/features/dirty.ts';
import { feature as recency } from '../../src/dataset/features/recency.ts';
import { Memory } from '../../src/engine/memory.ts';
import type { PolicyOptions, PolicySpec } from '../../src/engine/policy.ts';
import { replay, replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { learnedPolicy, Scorer } from '../../src/learning/learnedPolicy.ts';
import { modelToText, parseModel } from '../../src/learning/model.ts';
import { readFeatureCatalog } from '../../src/node/featureCatalog.ts';
import { min } from '../../src/optimal/min.ts';
import { Random } from '../../src/support/random.ts';
import { fifo, lru } from '../dataset/policies.ts';
import { stringOf } from '../support/references.ts';
import { FEATURES, fit, mixedString, relabelled, tableOf } from './decisions.ts';

const ALL = { candidates: 0 };
const string = mixedString(6000, 1);

function victimsOf(
  policy: PolicySpec,
  options: PolicyOptions = {},
  on: ReferenceString = string,
  frameCount = 20,
): number[] {
  const victims: number[] = [];
  const observe =
    ({ frames }: Memory) =>
    (victim: number): void => {
      victims.push(frames.pageOf[victim]);
    };
  replayVerified(on, { frameCount, policy, options, seed: 9, observe });
  return victims;
}

describe('a fitted policy', () => {
  it('recovers a policy that is linear in its features, victim by victim', async () => {
    const states = tableOf(string, { policy: fifo, candidates: 'all' });
    const bounds = { low: -40, high: 40 };
    // Labels as LRU and FIFO see the world: the older, the later it is wanted.
    for (const [policy, column] of [
      [lru, 3],
      [fifo, 0],
    ] as const) {
      const labelled = relabelled(states, (row) => states.features[column][row]);
      for (const centre of [0, 1]) {
        const model = await fit([labelled], { ...bounds, centre });
        expect(model.fit.r2).toBeGreaterThan(0.999999);
        expect(model.fit.victimAgreement).toBe(1);
        const victims = victimsOf(learnedPolicy(model, FEATURES), ALL);
        expect(victims.length).toBeGreaterThan(1000);
        expect(victims).toEqual(victimsOf(policy));
      }
    }
  });

  it('closes the whole gap where one feature tells the future: on a loop', async () => {
    const pages = Array.from({ length: 3000 }, (_, tick) => tick % 31);
    const loop = stringOf(
      pages,
      pages.map(() => 0),
    );
    const model = await fit([tableOf(loop)], {}, [recency]);
    const run = { frameCount: 20, seed: 1 };
    const learned = replay(loop, { ...run, policy: learnedPolicy(model, FEATURES), options: ALL });
    const optimum = replay(loop, { ...run, policy: min }).pageIns;
    expect(replay(loop, { ...run, policy: lru }).pageIns).toBeGreaterThan(2 * optimum);
    expect(learned.pageIns).toBe(optimum);
  });

  it('evicts the same when a feature changes its unit and the model is fitted again', async () => {
    const victims: number[][] = [];
    for (const factor of [1, 1024, 0.001]) {
      const changed = defineFeature({
        ...recency,
        scale: 'linear',
        create(context) {
          const fill = recency.create(context);
          return (candidates, count, tick, out, offset) => {
            fill(candidates, count, tick, out, offset);
            for (let i = 0; i < count; i++) out[offset + i] *= factor;
          };
        },
      });
      const features: readonly Feature[] = [dirty, changed];
      const model = await fit([tableOf(string, { features })], { ridge: 0.1 }, features);
      victims.push(victimsOf(learnedPolicy(model, features), ALL));
    }
    expect(victims[0].length).toBeGreaterThan(1000);
    expect(victims[1]).toEqual(victims[0]);
    expect(victims[2]).toEqual(victims[0]);
  });

  it('evicts the same after it was saved and loaded', async () => {
    const model = await fit([tableOf(string)]);
    const loaded = parseModel(modelToText(model));
    for (const options of [ALL, { candidates: 8 }]) {
      const victims = victimsOf(learnedPolicy(loaded, FEATURES), options);
      expect(victims).toEqual(victimsOf(learnedPolicy(model, FEATURES), options));
    }
  });

  it('looks at every page when asked for more candidates than there are frames', async () => {
    const policy = learnedPolicy(await fit([tableOf(string)]), FEATURES);
    expect(victimsOf(policy, { candidates: 21 })).toEqual(victimsOf(policy, ALL));
    expect(victimsOf(policy, { candidates: 2 })).not.toEqual(victimsOf(policy, ALL));
  });

  it('observes what the strongest of its features observes', async () => {
    const table = tableOf(string);
    const age = FEATURES[0];
    expect(learnedPolicy(await fit([table]), FEATURES).observes).toBe('every-reference');
    const weak = await fit([table], {}, [age, dirty]);
    expect(learnedPolicy(weak, FEATURES).observes).toBe('reference-bits');
  });

  it('refuses a model of features that are unknown or have changed their unit', async () => {
    const model = await fit([tableOf(string)]);
    expect(() => learnedPolicy(model, [recency])).toThrow(/"age"/);
    const other = FEATURES.map((feature) => ({ ...feature, scale: 'linear' as const }));
    expect(() => learnedPolicy(model, other)).toThrow(/"age"/);
    expect(() => victimsOf(learnedPolicy(model, FEATURES), { candidates: 1.5 })).toThrow(/1.5/);
    expect(() => victimsOf(learnedPolicy(model, FEATURES), { hand: 2 })).toThrow(/switch, not 2/);
  });

  it('spares dirty pages as far as their weight says, victim by victim', async () => {
    const model = await fit([tableOf(string)], {}, [recency]);
    const [{ coefficient, deviation }] = model.features;
    const slope = coefficient / deviation;
    // Straight from the definition: the highest of score less weight, the lowest frame of equals.
    const naive = (weight: number): PolicySpec => ({
      ...lru,
      create: ({ frames: { frameCount, lastUsedAt, dirty: isDirty } }) => ({
        onLoad() {},
        onReference() {},
        onFree() {},
        onInterval() {},
        chooseVictim(_wanted, tick) {
          const worth = Array.from(
            { length: frameCount },
            (_, i) => slope * Math.log2(1 + tick - lastUsedAt[i]) - weight * isDirty[i],
          );
          return worth.indexOf(Math.max(...worth));
        },
      }),
    });
    const learned = learnedPolicy(model, FEATURES);
    const pageOuts = [0, 0.3, 1.1, 64].map((dirtyWeight) => {
      expect(victimsOf(learned, { ...ALL, dirtyWeight })).toEqual(victimsOf(naive(dirtyWeight)));
      const run = { frameCount: 20, policy: learned, options: { ...ALL, dirtyWeight }, seed: 1 };
      return replay(string, run).pageOuts;
    });
    expect(pageOuts).toEqual([...new Set(pageOuts)].sort((a, b) => b - a));
  });

  it('refuses a weight of dirty pages that is none, or that it cannot see', async () => {
    const table = tableOf(string);
    const learned = learnedPolicy(await fit([table]), FEATURES);
    for (const dirtyWeight of [-1, 65, Number.NaN]) {
      expect(() => victimsOf(learned, { dirtyWeight })).toThrow(/cannot weigh/);
    }
    const blind = learnedPolicy(await fit([table], {}, [FEATURES[0]]), FEATURES);
    expect(() => victimsOf(blind, { dirtyWeight: 1 })).toThrow(/observes faults only/);
  });

  it('in a duel is followed where it is best, and not where a hand-made one is', async () => {
    const pages = Array.from({ length: 6000 }, (_, tick) => (tick >> 4) + ((tick * 7) % 12));
    const drifting = stringOf(
      pages,
      pages.map(() => 0),
    );
    const model = await fit([tableOf(drifting, { features: [recency] })], {}, [recency]);
    const features = model.features.map((term) => ({ ...term, coefficient: -term.coefficient }));
    const run = (which: typeof model, options: PolicyOptions, on = drifting) =>
      replayVerified(on, {
        frameCount: 20,
        policy: learnedPolicy(which, FEATURES),
        options: { ...ALL, ...options },
        seed: 1,
      }).pageIns;
    const wrong = { ...model, features };
    const byLru = replay(drifting, { frameCount: 20, policy: lru, seed: 1 }).pageIns;
    expect(run(wrong, {})).toBeGreaterThan(2 * byLru);
    expect(run(wrong, { duel: 1 })).toBeLessThan(1.05 * byLru);
    // Most recently used first is right on a loop; the hand-made ones find that out late or never.
    const loopPages = Array.from({ length: 6000 }, (_, tick) => tick % 31);
    const loop = stringOf(
      loopPages,
      loopPages.map(() => 0),
    );
    const best = run(wrong, {}, loop);
    expect(run(wrong, { duel: 1 }, loop)).toBeLessThan(1.1 * best);
    expect(() => run(model, { duel: 1, guard: 1 })).toThrow(/guarded or in a duel/);
    expect(() => run(model, { hand: 1, guard: 1 })).toThrow(/a hand takes/);
    expect(() => run(model, { duel: 2 })).toThrow(/duel is a switch/);
  });

  it('in a duel sees which pages of its own memory are dirty', async () => {
    // In the shadow of a memory of its own, and not as the only expert: it sees what it sees alone.
    const model = await fit([tableOf(string, { features: [dirty, recency] })], {}, [
      dirty,
      recency,
    ]);
    const seen: number[][] = [];
    const watched = defineFeature({
      ...dirty,
      create(context) {
        const fill = dirty.create(context);
        const values: number[] = [];
        seen.push(values);
        return (candidates, count, tick, out, offset) => {
          fill(candidates, count, tick, out, offset);
          values.push(...out.subarray(offset, offset + count));
        };
      },
    });
    const policy = learnedPolicy(model, [watched, recency]);
    for (const duel of [0, 1]) {
      replay(string, { frameCount: 20, policy, options: { ...ALL, duel }, seed: 9 });
    }
    const [alone, inDuel] = seen;
    expect(alone.length).toBeGreaterThan(1000);
    expect(new Set(alone)).toEqual(new Set([0, 1]));
    // Its shadow is shown a reference before the memory is, so that the two are not in step.
    const share = (values: number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(share(inDuel)).toBeCloseTo(share(alone), 1);
  });
});

describe('Scorer', () => {
  it('finds as best the first frame with the highest of the scores it gives, to the last bit', async () => {
    // All features there are, of each of which the compiled loop must know where it stands.
    const catalog = await readFeatureCatalog();
    const random = new Random(7);
    const model = await fit([tableOf(string, { features: catalog })], { ridge: 1 }, catalog);
    const features = model.features.map((term) => ({ ...term, coefficient: random.unit() - 0.5 }));
    const candidates = Int32Array.from({ length: 20 }, (_, i) => (i * 7) % 20);
    let compared = 0;
    let set: FeatureSet | undefined;
    const watched = withFeatures(lru, {}, catalog, (made) => {
      set = made;
    });
    replay(string, {
      frameCount: 20,
      policy: watched,
      seed: 1,
      observe: ({ frames }) => {
        const scorer = new Scorer({ ...model, features }, set!, frames, candidates.length);
        return (_victim, _wanted, tick) => {
          const scores = [...candidates].map((frame) => scorer.score(frame, tick));
          const count = 1 + (compared++ % candidates.length);
          const best = scorer.best(candidates, count, tick);
          expect([...scorer.scores.subarray(0, count)]).toEqual(scores.slice(0, count));
          expect(best).toBe(scores.indexOf(Math.max(...scores.slice(0, count))));
        };
      },
    });
    expect(compared).toBeGreaterThan(1000);
  });

  it('takes the first of equals', async () => {
    const model = await fit([tableOf(string)], {}, [dirty]);
    const pages = { kinds: new Uint8Array(9) };
    const random = new Random(1);
    const context = { pages, random, sequenceAt: () => 0, signatureAt: () => 0, writeAt: () => 0 };
    const { frames } = new Memory(pages, 9);
    const features = new FeatureSet([dirty], { ...context, frames });
    expect(new Scorer(model, features, frames, 3).best(Int32Array.of(6, 2, 4), 3, 1)).toBe(0);
  });

  it('finds the same where no code may be made of text', async () => {
    const model = await fit([tableOf(string)]);
    const victims = victimsOf(learnedPolicy(model, FEATURES), { candidates: 8 });
    const made = vi.spyOn(globalThis, 'Function').mockImplementation(function refuse() {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
    try {
      expect(victimsOf(learnedPolicy(model, FEATURES), { candidates: 8 })).toEqual(victims);
      expect(made).toHaveBeenCalledTimes(1);
    } finally {
      made.mockRestore();
    }
  });
});
