/** Policies that look ahead, on orders that move, against versions that search all frames. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Frame } from '../../src/engine/frameTable.ts';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import { definePolicy, type PolicyContext, type PolicySpec } from '../../src/engine/policy.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { devik } from '../../src/optimal/devik.ts';
import { min } from '../../src/optimal/min.ts';
import { emptyPlan, isLetGo, markLetGo, type Plan, planPolicy } from '../../src/optimal/plan.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { SEED } from '../fingerprint/arbitraries.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

/** What is known of a page in memory. */
interface Resident {
  readonly frame: Frame;
  readonly lastUse: number;
  /** Place of the next use in the order foreseen; Infinity for none. */
  readonly next: number;
  readonly dirty: boolean;
  readonly blank: boolean;
  readonly letGo: boolean;
}

type Rule = (resident: readonly Resident[], tick: number) => Frame;

const earliest = (some: readonly Resident[]): Frame | undefined =>
  [...some].sort((a, b) => a.lastUse - b.lastUse)[0]?.frame;
const farthest = (some: readonly Resident[]): Resident | undefined =>
  [...some].sort((a, b) => b.next - a.next)[0];

const isWorthless = ({ blank, dirty, next }: Resident) => blank || (next === Infinity && !dirty);
const neverRead = (resident: readonly Resident[]): Frame | undefined =>
  earliest(resident.filter(isWorthless)) ??
  earliest(resident.filter(({ next }) => next === Infinity));

const naiveMin: Rule = (resident) => neverRead(resident) ?? farthest(resident)!.frame;

const naiveDevik: Rule = (resident, tick) => {
  const unread = neverRead(resident);
  if (unread !== undefined) return unread;
  const clean = farthest(resident.filter(({ dirty }) => !dirty));
  const dirty = farthest(resident.filter((row) => row.dirty));
  if (clean === undefined || dirty === undefined) return (clean ?? dirty)!.frame;
  // A use that is overdue is near.
  const io = (row: Resident, pages: number) => pages / Math.max(1, row.next - tick);
  if (io(dirty, 2) === io(clean, 1)) return Math.min(dirty.frame, clean.frame);
  return io(dirty, 2) < io(clean, 1) ? dirty.frame : clean.frame;
};

const naivePlan: Rule = (resident, tick) => {
  const going = resident.filter(({ letGo }) => letGo);
  return (
    earliest(resident.filter(isWorthless)) ??
    farthest(going.filter(({ next }) => next < Infinity))?.frame ??
    earliest(going) ??
    naiveDevik(resident, tick)
  );
};

function naivePolicy(rule: Rule, plan: Plan): PolicySpec {
  return definePolicy({
    id: 'naive',
    title: 'a rule over all frames',
    source: 'this test',
    observes: 'future',
    defaults: {},
    create: ({ frames, nextUse }: PolicyContext) => {
      const { next, positions, referenceCount } = nextUse!;
      const lastUse = new Int32Array(frames.frameCount);
      const note = (frame: Frame, tick: number) => {
        lastUse[frame] = tick;
      };
      return {
        onLoad: note,
        onReference: note,
        chooseVictim: (_wanted, tick) => {
          const resident = Array.from(
            lastUse,
            (last, frame): Resident => ({
              frame,
              lastUse: last,
              next: next[last] === referenceCount ? Infinity : next[last],
              dirty: frames.dirty[frame] === 1,
              blank: frames.blank[frame] === 1,
              letGo: isLetGo(plan, positions![last]),
            }),
          );
          return rule(resident, tick);
        },
        onFree: () => {},
        onInterval: () => {},
      };
    },
  });
}

it.each([
  ['min', () => min, naiveMin],
  ['devik', () => devik, naiveDevik],
  ['a plan', planPolicy, naivePlan],
] as const)(
  '%s evicts what a search of all frames finds, early and late uses alike',
  (_, real, rule) => {
    const fingerprints = smallFingerprints({ sequences: 4, pages: 8, minSteps: 30, steps: 90 });
    const times = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        fingerprints,
        fc.integer({ min: 1, max: 5 }),
        times,
        times,
        fc.array(fc.boolean(), { minLength: 90, maxLength: 90 }),
        (fingerprint, frameCount, readNs, foreseenNs, letGo) => {
          const run = { frameCount, seed: 1 };
          const { order } = simulate(fingerprint, {
            ...run,
            policy: lru,
            machine: { ...DEFAULT_MACHINE, readNs: foreseenNs, queueDepth: 1 },
          });
          const plan = emptyPlan(order.sequences.length);
          letGo.slice(0, order.sequences.length).forEach((bit, tick) => {
            if (bit) markLetGo(plan, tick);
          });
          const machine = { ...DEFAULT_MACHINE, readNs, queueDepth: 1 };
          const outcome = (policy: PolicySpec) =>
            simulate(fingerprint, { ...run, policy, machine, order });
          expect(outcome(real(plan, frameCount))).toEqual(outcome(naivePolicy(rule, plan)));
        },
      ),
      { seed: SEED, numRuns: 400 },
    );
  },
);
