/** Linux 2.2 once more: all pages in one array, the hand a frame number, the walk a search. */
import fc from 'fast-check';
import type { Frame } from '../../../src/engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type ReplacementPolicy,
} from '../../../src/engine/policy.ts';
import type { Tick } from '../../../src/fingerprint/fingerprint.ts';
import { kernelFrames, kernelStrings } from '../kernelStrings.ts';
import { limitFree, type NaivePage, NaiveWalks, pagesMin } from './naiveKernel.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Resident extends NaivePage {
  readonly isFile: boolean;
  marked: boolean;
}

interface Options {
  readonly cluster: number;
  readonly priority: number;
  readonly cacheLeast: number;
  readonly freeShare: number;
  readonly freeLeast: number;
  readonly freeMost: number;
}

class NaiveLinux22 implements ReplacementPolicy {
  context: PolicyContext;
  options: Options;
  walks: NaiveWalks;
  all: Resident[] = [];
  credits: number[] = [];
  hand = 0;

  constructor(context: PolicyContext, options: Options) {
    this.context = context;
    this.options = options;
    this.walks = new NaiveWalks(context);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { pager, frames, pages } = this.context;
    const min = pagesMin(this.context, this.options);
    if (pager.freeCount < limitFree(this.context, 2 * min)) {
      while (pager.freeCount < limitFree(this.context, 3 * min)) this.reclaim(tick);
    }
    const page = frames.pageOf[frame];
    const resident = { frame, page, process: -1, isFile: pages.kinds[page] === 1, marked: true };
    this.walks.map(resident, tick);
    this.all.push(resident);
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    const resident = this.all.find((other) => other.frame === frame)!;
    resident.marked = true;
    this.walks.map(resident, tick);
  }

  chooseVictim(): Frame {
    return 0;
  }

  onFree(frame: Frame): void {
    this.all = this.all.filter((resident) => resident.frame !== frame);
  }

  onInterval(): void {}

  reclaim(tick: Tick): void {
    let done = 0;
    let priority = this.options.priority + 1;
    while (priority-- > 0) {
      done += this.shrinkMmap(priority, this.options.cluster - done, tick);
      while (done < this.options.cluster) {
        if (!this.swapOut(tick)) break;
        done++;
      }
      if (done === this.options.cluster) break;
    }
  }

  shrinkMmap(priority: number, most: number, tick: Tick): number {
    const { frameCount } = this.context.frames;
    let candidates = Math.floor(frameCount / 2 ** priority);
    let freed = 0;
    for (let step = 0; step < frameCount; step++) {
      if (candidates === 0 || freed === most) break;
      const resident = this.all.find(({ frame }) => frame === this.hand);
      this.hand = (this.hand + 1) % frameCount;
      if (resident === undefined) continue;
      const { marked } = resident;
      resident.marked = false;
      if (resident.process >= 0) continue;
      candidates--;
      const cached = this.all.filter((other) => other.isFile || other.process < 0).length;
      const isShort = 100 * cached < this.options.cacheLeast * frameCount;
      if (marked || (resident.isFile && isShort)) continue;
      this.context.pager.evict(resident.frame, tick);
      freed++;
    }
    return freed;
  }

  swapOut(tick: Tick): boolean {
    const count = this.walks.processCount;
    let refills = 0;
    while (refills < 3) {
      const credit = Array.from({ length: count }, (_, process) => this.credits[process] ?? 0);
      const most = Math.max(0, ...credit);
      if (most === 0) {
        refills++;
        this.credits = credit.map(
          (_, process) => this.all.filter((resident) => resident.process === process).length,
        );
        continue;
      }
      const process = credit.indexOf(most);
      let resident = this.walks.next(this.all, process);
      while (resident !== undefined && !this.unmap(resident, tick)) {
        resident = this.walks.next(this.all, process);
      }
      this.credits = credit;
      this.credits[process] = resident === undefined ? 0 : most - 1;
      if (resident !== undefined) return true;
    }
    return false;
  }

  unmap(resident: Resident, tick: Tick): boolean {
    const { frames, pager } = this.context;
    const { frame } = resident;
    if (frames.referenced[frame] === 1) {
      frames.referenced[frame] = 0;
      resident.marked = true;
      return false;
    }
    if (frames.blank[frame] === 1) {
      pager.evict(frame, tick);
      return true;
    }
    if (frames.dirty[frame] === 1) {
      if (!resident.isFile) resident.marked = true;
      pager.clean(frame);
    }
    resident.process = -1;
    pager.unmap(frame);
    return true;
  }
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-linux-2.2',
    title: 'Naive linux-2.2',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: {
      cluster: 32,
      priority: 6,
      cacheLeast: 2,
      freeShare: 128,
      freeLeast: 20,
      freeMost: 255,
    },
    create: (context, options) => new NaiveLinux22(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    cluster: fc.constantFrom(1, 4, 32),
    priority: fc.constantFrom(0, 2, 6),
    cacheLeast: fc.constantFrom(0, 2, 25),
    freeShare: fc.constantFrom(16, 128),
    freeLeast: fc.constantFrom(1, 20),
  },
};
