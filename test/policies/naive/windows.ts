/** The sketch of Windows once more: one array of pages in order of arrival, and a state for each. */
import fc from 'fast-check';
import type { Frame } from '../../../src/engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type ReplacementPolicy,
} from '../../../src/engine/policy.ts';
import type { Tick } from '../../../src/fingerprint/fingerprint.ts';
import { kernelFrames, kernelStrings } from '../kernelStrings.ts';
import { limitFree } from './naiveKernel.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Resident {
  readonly frame: Frame;
  state: 'working' | 'standby' | 'modified';
  process: number;
}

interface Options {
  readonly least: number;
  readonly most: number;
  readonly lowShare: number;
  readonly goalShare: number;
  readonly batch: number;
}

class NaiveWindows implements ReplacementPolicy {
  context: PolicyContext;
  options: Options;
  /** In the order in which each entered the state it is in. */
  all: Resident[] = [];
  processCount = 0;

  constructor(context: PolicyContext, options: Options) {
    this.context = context;
    this.options = options;
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { pager, frames, sequenceAt } = this.context;
    const low = Math.floor(frames.frameCount / this.options.lowShare);
    const goal = Math.max(low, Math.floor(frames.frameCount / this.options.goalShare));
    const process = sequenceAt(tick);
    const available = pager.freeCount + this.in('standby').length;
    if (available < limitFree(this.context, low)) this.trim(limitFree(this.context, goal), process);
    if (pager.freeCount === 0 && frames.frameCount > 1) {
      pager.evict(this.in('standby')[0].frame, tick);
    }
    this.processCount = Math.max(this.processCount, process + 1);
    this.all.push({ frame, state: 'working', process });
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    this.onFree(frame);
    const process = this.context.sequenceAt(tick);
    this.processCount = Math.max(this.processCount, process + 1);
    this.all.push({ frame, state: 'working', process });
  }

  chooseVictim(): Frame {
    return 0;
  }

  onFree(frame: Frame): void {
    this.all = this.all.filter((resident) => resident.frame !== frame);
  }

  onInterval(): void {}

  in(state: Resident['state']): Resident[] {
    return this.all.filter((resident) => resident.state === state);
  }

  workingSet(process: number): Resident[] {
    return this.in('working').filter((resident) => resident.process === process);
  }

  trim(goal: number, asking: number): void {
    const { least, most } = this.options;
    if (this.workingSet(asking).length > most) this.round(asking, most, goal);
    for (const floor of [least, least, 0, 0]) {
      const sizes = new Map<number, number>();
      for (let process = 0; process < this.processCount; process++) {
        if (process !== asking) sizes.set(process, this.workingSet(process).length);
      }
      while (sizes.size > 0) {
        const largest = Math.max(...sizes.values());
        const process = [...sizes.keys()].find((other) => sizes.get(other) === largest)!;
        sizes.delete(process);
        this.round(process, floor, goal);
      }
      this.round(asking, floor, goal);
    }
    if (this.context.pager.freeCount + this.in('standby').length < goal) this.write();
  }

  round(process: number, floor: number, goal: number): void {
    const { frames, pager } = this.context;
    for (const resident of this.workingSet(process)) {
      if (this.workingSet(process).length <= floor) return;
      if (pager.freeCount + this.all.length - this.in('working').length >= goal) return;
      this.onFree(resident.frame);
      this.all.push(resident);
      if (frames.referenced[resident.frame] === 1) frames.referenced[resident.frame] = 0;
      else {
        pager.unmap(resident.frame);
        resident.state = frames.dirty[resident.frame] === 1 ? 'modified' : 'standby';
        if (this.in('modified').length >= this.options.batch) this.write();
      }
    }
  }

  write(): void {
    for (const resident of this.in('modified')) {
      this.context.pager.clean(resident.frame);
      this.onFree(resident.frame);
      resident.state = 'standby';
      this.all.push(resident);
    }
  }
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-windows',
    title: 'Naive windows',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: { least: 50, most: 345, lowShare: 64, goalShare: 32, batch: 16 },
    create: (context, options) => new NaiveWindows(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    least: fc.constantFrom(0, 3, 50),
    most: fc.constantFrom(2, 10, 345),
    lowShare: fc.constantFrom(4, 64),
    goalShare: fc.constantFrom(3, 32),
    batch: fc.constantFrom(1, 4, 16),
  },
};
