/*
 * A policy with a shadow: one policy runs, another is shown everything that happens and asked, at
 * each eviction, whom it would have evicted. Choosing and forgetting are apart, so it may ask for
 * one page and see another leave. The run is that of the first policy alone.
 *
 * Both look at the same frame table but for the accessed bits, which a policy may clear: the shadow
 * has its own.
 */
import type { Frame, FrameTable } from '../engine/frameTable.ts';
import { commonInterval } from '../engine/interval.ts';
import { definePolicy, type PolicyContext, type PolicySpec } from '../engine/policy.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import { InputError } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import type { NamedPolicy } from './simulation.ts';

/** The victim, the shadow's, and the reference that needs a frame; before anything changes. */
export type DecisionObserver = (
  frames: FrameTable,
  victim: Frame,
  shadows: Frame,
  tick: Tick,
) => void;

/** `leader` as a policy, observed. `seed` is the shadow's. */
export function withShadow(
  leader: NamedPolicy,
  shadow: NamedPolicy,
  seed: number,
  observe: DecisionObserver,
): PolicySpec {
  for (const { spec } of [leader, shadow]) {
    if (spec.usesPager === undefined) continue;
    throw new InputError(
      `${spec.id} evicts when nobody needs a frame, so its victims can't be set beside another's.`,
      'compare their counts: `evictlab evaluate`',
    );
  }
  const isForeseen = [leader, shadow].some(({ spec }) => spec.observes === 'future');
  return definePolicy({
    id: leader.spec.id,
    title: leader.spec.title,
    source: leader.spec.source,
    // Every reference is needed for the shadow's accessed bits.
    observes: isForeseen ? 'future' : 'every-reference',
    interval: (frameCount) =>
      commonInterval(intervalOf(leader, frameCount), intervalOf(shadow, frameCount)),
    defaults: {},
    create(context) {
      const { frames } = context;
      const { frameCount } = frames;
      const referenced = new Uint8Array(frameCount);
      const own = { ...context, random: new Random(seed), frames: { ...frames, referenced } };
      const first = createPolicy(leader, context);
      const second = createPolicy(shadow, own);
      const both = [
        { policy: first, ...needsOf(leader, frameCount) },
        { policy: second, ...needsOf(shadow, frameCount) },
      ];
      return {
        onLoad(frame, tick) {
          referenced[frame] = 1;
          for (const { policy } of both) policy.onLoad(frame, tick);
        },
        onReference(frame, tick) {
          referenced[frame] = 1;
          for (const { policy, seesReferences } of both) {
            if (seesReferences) policy.onReference(frame, tick);
          }
        },
        chooseVictim(wanted, tick) {
          const victim = first.chooseVictim(wanted, tick);
          observe(frames, victim, second.chooseVictim(wanted, tick), tick);
          return victim;
        },
        onFree(frame, tick) {
          for (const { policy } of both) policy.onFree(frame, tick);
          referenced[frame] = 0;
        },
        onInterval(tick) {
          for (const { policy, interval } of both) {
            if (interval > 0 && tick % interval === 0) policy.onInterval(tick);
          }
        },
      };
    },
  });
}

function createPolicy({ spec, options }: NamedPolicy, context: PolicyContext) {
  const nextUse = spec.observes === 'future' ? context.nextUse : undefined;
  return spec.create({ ...context, nextUse }, { ...spec.defaults, ...options });
}

function needsOf(policy: NamedPolicy, frameCount: number) {
  const { observes } = policy.spec;
  return {
    seesReferences: observes === 'future' || observes === 'every-reference',
    interval: intervalOf(policy, frameCount),
  };
}

/** References between two calls; 0 for never. */
function intervalOf({ spec, options }: NamedPolicy, frameCount: number): number {
  return spec.interval?.(frameCount, { ...spec.defaults, ...options }) ?? 0;
}
