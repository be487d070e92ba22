/** A reference string, in its recorded order, under a policy. */
import type { Page, PageFacts, ReferenceString, Tick } from '../fingerprint/fingerprint.ts';
import { assert } from '../support/assert.ts';
import { Random } from '../support/random.ts';
import { type EvictionObserver, type FaultCounts, Memory } from './memory.ts';
import { computeNextUse, type NextUse } from './nextUse.ts';
import type { PolicyOptions, PolicySpec, ReplacementPolicy } from './policy.ts';

export interface Run {
  readonly frameCount: number;
  readonly policy: PolicySpec;
  /** Laid over the policy's defaults. */
  readonly options?: PolicyOptions;
  readonly seed: number;
  /** Computed when the policy needs it and it is absent; pass it to share it between runs. */
  readonly nextUse?: NextUse | undefined;
  /** Called once, before the first reference, with the memory of this run. */
  readonly observe?: (memory: Memory) => EvictionObserver;
}

/** Replays the whole string and returns what it cost. Same run, same counts. */
export function replay(references: ReferenceString, run: Run): FaultCounts {
  const memory = replayThrough(references, run);
  return memory.counts(references.pages.length);
}

/** What may stand between a string and the memory: it does more at a reference than touch. */
export interface Toucher {
  /** Once, before the first reference; where the policy has an interval, after its first call. */
  start(): void;
  /** In place of `Memory.touch`, which it calls. */
  touch(page: Page, write: number, tick: Tick): void;
}

/** As `replay`, and recounts the tables at the end; for tests. */
export function replayVerified(references: ReferenceString, run: Run): FaultCounts {
  const memory = replayThrough(references, run);
  memory.verify();
  return memory.counts(references.pages.length);
}

/** An empty memory, the policy that rules it, and how often that is called; 0: never. */
export interface Started {
  readonly memory: Memory;
  readonly policy: ReplacementPolicy;
  readonly interval: number;
}

/** What a run begins with; `foresee` is asked by policies that observe the future. */
export function startRun(
  pages: PageFacts,
  /** Columns filled up to the present tick, where they are not there from the start. */
  {
    sequences,
    signatures,
    writes,
  }: Partial<Pick<ReferenceString, 'sequences' | 'signatures' | 'writes'>>,
  run: Omit<Run, 'nextUse'>,
  foresee: () => NextUse,
): Started {
  const { policy: spec, seed } = run;
  const memory = new Memory(pages, run.frameCount);
  const options = { ...spec.defaults, ...run.options };
  const observesFuture = spec.observes === 'future';
  const policy = spec.create(
    {
      frames: memory.frames,
      pageCount: pages.kinds.length,
      random: new Random(seed),
      nextUse: observesFuture ? foresee() : undefined,
      pager: memory,
      pages,
      sequenceAt: sequences === undefined ? () => 0 : (tick) => sequences[tick],
      signatureAt: signatures === undefined ? () => 0 : (tick) => signatures[tick],
      writeAt: writes === undefined ? () => 0 : (tick) => writes[tick],
    },
    options,
  );
  memory.attach(policy, spec, run.observe?.(memory));
  const interval = spec.interval?.(run.frameCount, options) ?? 0;
  assert(Number.isInteger(interval) && interval >= 0, 'an interval is a whole number');
  return { memory, policy, interval };
}

/** As `replay`, each reference through what `stand` makes; returns the memory at the end. */
export function replayThrough(
  references: ReferenceString,
  run: Run,
  stand?: (memory: Memory) => Toucher,
): Memory {
  const foresee = (): NextUse => run.nextUse ?? computeNextUse(references);
  const { memory, policy, interval } = startRun(references, references, run, foresee);
  const toucher = stand?.(memory);
  // The string is cut where something besides a reference happens; the loop between stays plain.
  const { releases } = references;
  const end = references.pages.length;
  let row = 0;
  let tick: Tick = 0;
  for (;;) {
    while (releases !== undefined && row < releases.ticks.length && releases.ticks[row] === tick) {
      const last = releases.firstPage[row + 1];
      for (let i = releases.firstPage[row]; i < last; i++) memory.release(releases.pages[i], tick);
      row++;
    }
    if (tick === end) return memory;
    if (interval > 0 && tick % interval === 0) policy.onInterval(tick);
    if (tick === 0) toucher?.start();
    let stop = end;
    if (releases !== undefined && row < releases.ticks.length) stop = releases.ticks[row];
    if (interval > 0) stop = Math.min(stop, tick - (tick % interval) + interval);
    if (toucher === undefined) memory.touchAll(references.pages, references.writes, tick, stop);
    else touchThrough(toucher, references, tick, stop);
    tick = stop;
  }
}

/** A loop of its own, so that the other one stays plain. */
function touchThrough(
  toucher: Toucher,
  { pages, writes }: ReferenceString,
  from: Tick,
  to: Tick,
): void {
  for (let tick = from; tick < to; tick++) toucher.touch(pages[tick], writes[tick], tick);
}
