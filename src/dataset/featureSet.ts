/** The features of one run with their trackers: told what happens, asked for columns. */
import type { Frame } from '../engine/frameTable.ts';
import { commonInterval } from '../engine/interval.ts';
import type { PolicyContext, PolicyOptions, PolicySpec } from '../engine/policy.ts';
import type { Tick } from '../fingerprint/fingerprint.ts';
import type {
  Feature,
  FeatureContext,
  FillColumn,
  Tracker,
  TrackerKind,
  WholeColumn,
} from './feature.ts';

/** A tracker and how often it is called; 0: never. */
interface Periodic {
  readonly tracker: Tracker;
  readonly interval: number;
}

export class FeatureSet {
  readonly #fills: readonly FillColumn[];
  readonly #loads: Tracker[] = [];
  readonly #references: Tracker[] = [];
  readonly #frees: Tracker[] = [];
  readonly #periodic: Periodic[] = [];

  constructor(features: readonly Feature[], context: Omit<FeatureContext, 'track'>) {
    const trackers = new Map<unknown, object>();
    const whole: FeatureContext = {
      ...context,
      track: <T extends object>(kind: TrackerKind<T>): T => {
        const known = trackers.get(kind);
        // A kind makes things of its own type only.
        if (known !== undefined) return known as T;
        // Those it is made with come before it.
        const made = kind.create(whole);
        trackers.set(kind, made);
        const tracker: Tracker = made;
        if (tracker.onLoad !== undefined) this.#loads.push(tracker);
        if (tracker.onReference !== undefined) this.#references.push(tracker);
        if (tracker.onFree !== undefined) this.#frees.push(tracker);
        const interval = kind.interval?.(context.frames.frameCount) ?? 0;
        if (interval > 0) this.#periodic.push({ tracker, interval });
        return made;
      },
    };
    this.#fills = features.map((feature) => feature.create(whole));
  }

  /** See `FillColumn`; `feature` is a row of the list it was made from. */
  fill(
    feature: number,
    candidates: Int32Array,
    count: number,
    tick: Tick,
    out: Float32Array,
    offset: number,
  ): void {
    this.#fills[feature](candidates, count, tick, out, offset);
  }

  /** Where the values of a feature stand, if it says so. */
  wholeOf(feature: number): WholeColumn | undefined {
    return this.#fills[feature].whole;
  }

  onLoad(frame: Frame, tick: Tick): void {
    for (let i = 0; i < this.#loads.length; i++) this.#loads[i].onLoad!(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    for (let i = 0; i < this.#references.length; i++) this.#references[i].onReference!(frame, tick);
  }

  onFree(frame: Frame, tick: Tick): void {
    for (let i = 0; i < this.#frees.length; i++) this.#frees[i].onFree!(frame, tick);
  }

  onInterval(tick: Tick): void {
    for (const { tracker, interval } of this.#periodic) {
      if (tick % interval === 0) tracker.onInterval!(tick);
    }
  }
}

/** References between two calls of `onInterval` of a set of these features; 0: never. */
export function featureInterval(features: readonly Feature[], frameCount: number): number {
  return features.reduce(
    (interval, feature) => commonInterval(interval, feature.interval?.(frameCount) ?? 0),
    0,
  );
}

/**
 * `policy`, with a set of features that is told of everything that happens to it. Accessed bits the
 * set clears are its own: the policy does not notice.
 */
export function withFeatures(
  policy: PolicySpec,
  options: PolicyOptions,
  features: readonly Feature[],
  onCreated: (set: FeatureSet) => void,
): PolicySpec {
  const seesReferences = policy.observes === 'future' || policy.observes === 'every-reference';
  const ownInterval = (frameCount: number): number => policy.interval?.(frameCount, options) ?? 0;
  return {
    ...policy,
    observes: policy.observes === 'future' ? 'future' : 'every-reference',
    readsHistory: true,
    interval: (frameCount) =>
      commonInterval(ownInterval(frameCount), featureInterval(features, frameCount)),
    create(context) {
      // Before the policy has drawn: shadows draw as if they ruled the run.
      const random = context.random.copy();
      const inner = policy.create(context, options);
      const { frameCount } = context.frames;
      const interval = ownInterval(frameCount);
      const referenced = new Uint8Array(frameCount);
      const seen = { ...context, random, frames: { ...context.frames, referenced } };
      const set = new FeatureSet(features, featureContext(seen));
      onCreated(set);
      return {
        onLoad(frame, tick) {
          referenced[frame] = 1;
          set.onLoad(frame, tick);
          inner.onLoad(frame, tick);
        },
        onReference(frame, tick) {
          referenced[frame] = 1;
          set.onReference(frame, tick);
          if (seesReferences) inner.onReference(frame, tick);
        },
        chooseVictim: (wanted, tick) => inner.chooseVictim(wanted, tick),
        onFree(frame, tick) {
          set.onFree(frame, tick);
          inner.onFree(frame, tick);
          referenced[frame] = 0;
        },
        onInterval(tick) {
          set.onInterval(tick);
          if (interval > 0 && tick % interval === 0) inner.onInterval(tick);
        },
      };
    },
  };
}

/** What features may know of a policy's context. */
export function featureContext(context: PolicyContext): Omit<FeatureContext, 'track'> {
  const { frames, pages, random } = context;
  return {
    frames,
    pages,
    // What they draw is not missing from the policy's.
    random: random.copy(),
    sequenceAt: (tick) => context.sequenceAt(tick),
    signatureAt: (tick) => context.signatureAt(tick),
    writeAt: (tick) => context.writeAt(tick),
  };
}
