/*
 * The duel once more: after each reference every expert's memory is replayed from the start, by the
 * engine, so it shares the experts themselves with the policy and nothing of how they are kept.
 */
import fc from 'fast-check';
import type { Frame, FrameTable } from '../../../src/engine/frameTable.ts';
import { definePolicy, type PolicySpec } from '../../../src/engine/policy.ts';
import { replay } from '../../../src/engine/replay.ts';
import { EXPERTS } from '../../../src/policies/duel.ts';
import { randomStrings } from '../../support/randomStrings.ts';
import type { NaiveVersion } from './naiveVersions.ts';

/** What each expert alone would hold after `pages`, and at which ticks it faulted. */
function alone(spec: PolicySpec, pages: readonly number[], pageCount: number, frameCount: number) {
  const held = new Set<number>();
  /** By page: the eviction after which it was held no more. */
  const leftAt = new Map<number, number>();
  const faults: number[] = [];
  const watched: PolicySpec = {
    ...spec,
    observes: 'every-reference',
    create(context, options) {
      const inner = spec.create(context, options);
      return {
        onLoad(frame, tick) {
          faults.push(tick);
          held.add(context.frames.pageOf[frame]);
          inner.onLoad(frame, tick);
        },
        onReference(frame, tick) {
          if (spec.observes === 'every-reference') inner.onReference(frame, tick);
        },
        chooseVictim: (wanted, tick) => inner.chooseVictim(wanted, tick),
        onFree(frame, tick) {
          held.delete(context.frames.pageOf[frame]);
          leftAt.set(context.frames.pageOf[frame], tick);
          inner.onFree(frame, tick);
        },
        onInterval: (tick) => inner.onInterval(tick),
      };
    },
  };
  replay(
    {
      pages: Uint32Array.from(pages),
      writes: new Uint8Array(pages.length),
      pageCount,
      kinds: new Uint8Array(pageCount),
      releases: undefined,
    },
    { frameCount, policy: watched, seed: 1 },
  );
  return { held, leftAt, faults };
}

class NaiveDuel {
  readonly #frames: FrameTable;
  readonly #pageCount: number;
  readonly #options: { readonly horizon: number; readonly margin: number };
  readonly #pages: number[] = [];
  #leader = 0;

  constructor(
    frames: FrameTable,
    pageCount: number,
    options: { readonly horizon: number; readonly margin: number },
  ) {
    this.#frames = frames;
    this.#pageCount = pageCount;
    this.#options = options;
  }

  onLoad(frame: Frame, tick: number): void {
    this.#pages[tick] = this.#frames.pageOf[frame];
  }

  onReference(frame: Frame, tick: number): void {
    this.#pages[tick] = this.#frames.pageOf[frame];
  }

  chooseVictim(wanted: number, tick: number): Frame {
    const { pageOf, frameCount } = this.#frames;
    const { horizon, margin } = this.#options;
    const pages = [...this.#pages.slice(0, tick), wanted];
    const experts = EXPERTS.map((spec) => alone(spec, pages, this.#pageCount, frameCount));
    const growth = 1 + 1 / (horizon * frameCount);
    const faults = experts.map((expert) =>
      expert.faults.reduce((sum, at) => sum + growth ** (at - tick), 0),
    );
    const best = faults.indexOf(Math.min(...faults));
    if (faults[best] < margin * faults[this.#leader]) this.#leader = best;
    const { held, leftAt } = experts[this.#leader];
    const absent = [...pageOf.keys()].filter((frame) => !held.has(pageOf[frame]));
    const left = (frame: Frame): number => leftAt.get(pageOf[frame]) ?? -1;
    return absent.reduce((a, b) => (left(b) < left(a) ? b : a));
  }

  onFree(): void {}
  onInterval(): void {}
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-duel',
    title: 'for tests',
    source: 'for tests',
    observes: 'every-reference',
    defaults: { horizon: 8, margin: 0.97 },
    create: ({ frames, pageCount }, options) => new NaiveDuel(frames, pageCount, options),
  }),
  // Of two that are equal but for rounding either may lead: these have no such ties but at 1.
  options: { horizon: fc.constantFrom(1, 3, 8), margin: fc.constantFrom(0.5, 0.9, 0.97) },
  strings: randomStrings({ pages: 12, maxLength: 70 }),
};
