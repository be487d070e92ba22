/** Linux 2.4.0 once more: a page is an object that knows its list; lists are filtered from all. */
import fc from 'fast-check';
import type { Frame } from '../../../src/engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type ReplacementPolicy,
} from '../../../src/engine/policy.ts';
import type { Page, Tick } from '../../../src/fingerprint/fingerprint.ts';
import { kernelFrames, kernelStrings } from '../kernelStrings.ts';
import { limitFree, type NaivePage, NaiveWalks, pagesMin } from './naiveKernel.ts';
import type { NaiveVersion } from './naiveVersions.ts';

type List = 'active' | 'dirty' | 'clean' | 'none';

interface Resident extends NaivePage {
  readonly isFile: boolean;
  list: List;
  age: number;
}

interface Options {
  readonly ageStart: number;
  readonly ageAdvance: number;
  readonly ageMost: number;
  readonly ageLinear: number;
  readonly launder: number;
  readonly priority: number;
  readonly inactiveShift: number;
  readonly freeShare: number;
  readonly freeLeast: number;
  readonly freeMost: number;
}

class NaiveLinux240 implements ReplacementPolicy {
  context: PolicyContext;
  options: Options;
  walks: NaiveWalks;
  /** In the order in which each came to its list; the first has waited for the longest time. */
  all: Resident[] = [];
  swapped = new Set<Page>();
  pressure = 0;
  credits: number[] = [];
  low: number;
  high: number;
  spare: number;

  constructor(context: PolicyContext, options: Options) {
    this.context = context;
    this.options = options;
    this.walks = new NaiveWalks(context);
    const min = pagesMin(context, options);
    this.low = limitFree(context, 2 * min);
    this.high = limitFree(context, 3 * min);
    this.spare = this.low < min + 8 ? this.low : min + 8;
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { pager, frames, pages } = this.context;
    if (pager.freeCount + this.on('clean').length < this.low) {
      this.work(tick);
      while (this.freeShortage() > 0 && this.inactiveShortage() > 0) this.work(tick);
    }
    while (pager.freeCount < this.spare) {
      const [oldest] = this.on('clean');
      if (oldest === undefined) this.work(tick);
      else {
        pager.evict(oldest.frame, tick);
        this.pressure++;
      }
    }
    const page = frames.pageOf[frame];
    const isFile = pages.kinds[page] === 1;
    const list: List = isFile || this.swapped.has(page) ? 'active' : 'none';
    const resident = { frame, page, process: -1, isFile, list, age: this.options.ageStart };
    this.walks.map(resident, tick);
    this.all.push(resident);
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    const resident = this.all.find((other) => other.frame === frame)!;
    this.walks.map(resident, tick);
    this.older(resident);
    this.move(resident, 'active');
  }

  chooseVictim(): Frame {
    return 0;
  }

  onFree(frame: Frame): void {
    this.all = this.all.filter((resident) => resident.frame !== frame);
  }

  onInterval(): void {
    this.pressure -= Math.floor(this.pressure / 2 ** this.options.inactiveShift);
    for (const resident of this.scanned(this.options.priority)) this.visit(resident);
  }

  on(list: List): Resident[] {
    return this.all.filter((resident) => resident.list === list);
  }

  move(resident: Resident, list: List): void {
    this.onFree(resident.frame);
    resident.list = list;
    this.all.push(resident);
  }

  older(resident: Resident): void {
    resident.age = Math.min(this.options.ageMost, resident.age + this.options.ageAdvance);
  }

  younger(resident: Resident): void {
    if (this.options.ageLinear === 1) resident.age = Math.max(resident.age - 1, 0);
    else resident.age = Math.floor(resident.age / 2);
  }

  target(): number {
    const pressure = Math.floor(this.pressure / 2 ** this.options.inactiveShift);
    return Math.min(pressure, Math.floor(this.context.frames.frameCount / 4));
  }

  freeShortage(): number {
    const has = this.context.pager.freeCount + this.on('clean').length;
    return Math.max(0, this.high + Math.floor(this.target() / 3) - has);
  }

  inactiveShortage(): number {
    const has = this.context.pager.freeCount + this.on('clean').length + this.on('dirty').length;
    return Math.max(0, this.high + this.target() - has);
  }

  work(tick: Tick): void {
    const { pager, frames } = this.context;
    const available = pager.freeCount + this.on('clean').length;
    if (this.freeShortage() > 0 || this.on('dirty').length > available) {
      for (const resident of this.on('dirty')) {
        this.move(resident, frames.dirty[resident.frame] === 1 ? 'dirty' : 'clean');
      }
      if (this.freeShortage() > 0) {
        for (const resident of this.on('dirty').slice(0, this.options.launder)) {
          pager.clean(resident.frame);
          this.move(resident, 'dirty');
        }
      }
    }
    let count = this.freeShortage() + this.inactiveShortage();
    let priority = this.options.priority;
    while (priority >= 0 && count > 0) {
      const found = this.ageSome(priority) + this.swapOut(priority, tick);
      count -= found;
      if (found === 0) priority--;
    }
  }

  scanned(priority: number): Resident[] {
    const active = this.on('active');
    return active.slice(0, Math.floor(active.length / 2 ** priority));
  }

  visit(resident: Resident): boolean {
    this.younger(resident);
    const isOver = resident.age === 0 && resident.process < 0;
    this.move(resident, isOver ? 'dirty' : 'active');
    return isOver;
  }

  /** How many pages it found: one at most. */
  ageSome(priority: number): number {
    return this.scanned(priority).some((resident) => this.visit(resident)) ? 1 : 0;
  }

  swapOut(priority: number, tick: Tick): number {
    const count = this.walks.processCount;
    const most = Math.max(1, Math.floor((32 * count) / 2 ** priority));
    for (let asked = 0; asked < most; asked++) {
      const has = (process: number): number => this.credits[process] ?? 0;
      const all = Array.from({ length: count }, (_, process) => process);
      if (all.every((process) => has(process) === 0)) {
        this.credits = all.map((process) => {
          const mapped = this.all.filter((resident) => resident.process === process).length;
          return mapped === 0 ? 0 : Math.max(8, Math.floor(mapped / 32));
        });
      }
      const process = all.reduce((best, other) => (has(other) > has(best) ? other : best), 0);
      if (has(process) === 0) return 0;
      while (has(process) > 0) {
        const resident = this.walks.next(this.all, process);
        this.credits[process] = resident === undefined ? 0 : has(process) - 1;
        if (resident !== undefined && this.unmap(resident, tick)) return 1;
      }
    }
    return 0;
  }

  unmap(resident: Resident, tick: Tick): boolean {
    const { frames, pager } = this.context;
    const { frame } = resident;
    if (frames.referenced[frame] === 1) {
      frames.referenced[frame] = 0;
      this.older(resident);
      return false;
    }
    if (resident.list !== 'active') this.younger(resident);
    if (resident.age > 0) return false;
    if (frames.blank[frame] === 1) pager.evict(frame, tick);
    else {
      pager.unmap(frame);
      resident.process = -1;
      if (!resident.isFile) this.swapped.add(resident.page);
      this.move(resident, 'dirty');
    }
    return true;
  }
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-linux-2.4.0',
    title: 'Naive linux-2.4.0',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    interval: (frameCount, { interval }) => (interval === 0 ? 4 * frameCount : interval),
    defaults: {
      ageStart: 2,
      ageAdvance: 3,
      ageMost: 64,
      ageLinear: 0,
      launder: 32,
      priority: 6,
      inactiveShift: 6,
      interval: 0,
      freeShare: 128,
      freeLeast: 20,
      freeMost: 255,
    },
    create: (context, options) => new NaiveLinux240(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    ageStart: fc.constantFrom(0, 2),
    ageAdvance: fc.constantFrom(1, 3),
    ageMost: fc.constantFrom(4, 64),
    ageLinear: fc.nat(1),
    launder: fc.constantFrom(1, 32),
    priority: fc.constantFrom(0, 2, 6),
    inactiveShift: fc.constantFrom(1, 6),
    interval: fc.constantFrom(0, 7, 50),
    freeShare: fc.constantFrom(16, 128),
    freeLeast: fc.constantFrom(1, 20),
  },
};
