/*
 * Linux's active and inactive lists once more: arrays whose last element is the tail, looked
 * through at each question; a page is an object that takes its history with it when it leaves.
 */
import fc from 'fast-check';
import type { Frame } from '../../../src/engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type ReplacementPolicy,
} from '../../../src/engine/policy.ts';
import type { Page, Tick } from '../../../src/fingerprint/fingerprint.ts';
import { kernelFrames, kernelStrings } from '../kernelStrings.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Resident {
  frame: Frame;
  page: Page;
  isFile: boolean;
  isCode: boolean;
  flag: boolean;
  workingSet: boolean;
}

interface Options {
  readonly swappiness: number;
  readonly batch: number;
  readonly priority: number;
  readonly machine: number;
  readonly minFree: number;
  readonly watermarkScale: number;
}

class NaiveLinuxClassic implements ReplacementPolicy {
  context: PolicyContext;
  options: Options;
  batch: number;
  active: Resident[] = [];
  inactive: Resident[] = [];
  age = 0;
  shadows = new Map<Page, { age: number; workingSet: boolean }>();
  cost = { anonymous: 0, file: 0 };
  returned = { anonymous: 0, file: 0 };
  returnedBefore = { anonymous: 0, file: 0 };
  taken: Resident[] = [];
  met: Resident[] = [];
  spared = false;

  constructor(context: PolicyContext, options: Options) {
    this.context = context;
    this.options = options;
    const sixteenth = Math.floor(context.frames.frameCount / 16);
    this.batch = Math.max(1, Math.min(options.batch, sixteenth));
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { frames, pages, pager } = this.context;
    this.finish(tick);
    const { low, high } = this.marks();
    if (pager.freeCount < low) {
      while (pager.freeCount < high) {
        this.reclaim();
        this.finish(tick);
      }
    }
    const page = frames.pageOf[frame];
    const isFile = pages.kinds[page] === 1;
    const resident = {
      frame,
      page,
      isFile,
      isCode: pages.uses?.[page] === 1,
      flag: false,
      workingSet: false,
    };
    const shadow = this.shadows.get(page);
    this.shadows.delete(page);
    const rivals = this.active.length + this.of(this.inactive, !isFile).length;
    if (shadow === undefined || this.age - shadow.age > rivals) {
      this.inactive.unshift(resident);
      return;
    }
    this.age++;
    this.returned[isFile ? 'file' : 'anonymous']++;
    this.active.unshift(resident);
    if (shadow.workingSet) {
      resident.workingSet = true;
      this.pay(isFile, 1);
    }
  }

  onReference(): void {}

  chooseVictim(): Frame {
    this.reclaim();
    return this.taken.shift()!.frame;
  }

  onFree(frame: Frame): void {
    this.active = this.active.filter((resident) => resident.frame !== frame);
    this.inactive = this.inactive.filter((resident) => resident.frame !== frame);
  }

  onInterval(): void {}

  marks(): { low: number; high: number } {
    const { frameCount } = this.context.frames;
    if (this.options.machine === 0) return { low: 0, high: 0 };
    const root = Math.floor(Math.sqrt(this.options.minFree * 4 * frameCount));
    const min = Math.floor(Math.max(128, Math.min(262144, root)) / 4);
    const gap = Math.max(
      Math.floor(min / 4),
      Math.floor((frameCount * this.options.watermarkScale) / 10000),
    );
    const limit = (mark: number): number =>
      Math.min(frameCount - 1, Math.max(1, Math.min(mark, Math.floor(frameCount / 8))));
    return { low: limit(min + gap), high: limit(min + 2 * gap) };
  }

  of(list: Resident[], isFile: boolean): Resident[] {
    return list.filter((resident) => resident.isFile === isFile);
  }

  pay(isFile: boolean, amount: number): void {
    this.cost[isFile ? 'file' : 'anonymous'] += amount;
    const { anonymous, file } = this.cost;
    if (anonymous + file > Math.floor((this.active.length + this.inactive.length) / 4)) {
      this.cost = { anonymous: Math.floor(anonymous / 2), file: Math.floor(file / 2) };
    }
  }

  finish(tick: Tick): void {
    const { frames, pager } = this.context;
    for (const resident of this.taken) pager.evict(resident.frame, tick);
    this.taken = [];
    for (const resident of this.met) {
      if (!this.active.includes(resident) && !this.inactive.includes(resident)) continue;
      if (frames.dirty[resident.frame] === 1) pager.clean(resident.frame);
      this.onFree(resident.frame);
      this.inactive.push(resident);
    }
    this.met = [];
  }

  reclaim(): void {
    while (this.taken.length === 0) {
      this.spared = false;
      this.press(false);
      if (this.taken.length === 0 && this.spared) this.press(true);
      if (this.taken.length === 0 && this.met.length > 0) this.take(this.met[0]);
    }
    this.returnedBefore = { ...this.returned };
  }

  press(forced: boolean): void {
    let priority = this.options.priority;
    while (priority >= 0 && this.taken.length < this.batch) this.scan(priority--, forced);
  }

  isLow(isFile: boolean): boolean {
    // All memories of the tests are below a gigabyte.
    return this.of(this.inactive, isFile).length < this.of(this.active, isFile).length;
  }

  scan(priority: number, forced: boolean): void {
    const { anonymous: backA, file: backF } = this.returned;
    const ageA = forced || backA !== this.returnedBefore.anonymous || this.isLow(false);
    const ageF = forced || backF !== this.returnedBefore.file || this.isLow(true);
    const size = (list: Resident[], isFile: boolean): number =>
      Math.floor(this.of(list, isFile).length / 2 ** priority);
    const { a, f } = this.split(priority, size(this.inactive, true) > 0 && !ageF);
    const part = (list: Resident[], isFile: boolean): number =>
      Math.floor((size(list, isFile) * (isFile ? f : a)) / (a + f));
    const both = a === f && a === 1;
    let inactiveA = both ? size(this.inactive, false) : part(this.inactive, false);
    let activeA = both ? size(this.active, false) : part(this.active, false);
    let inactiveF = both ? size(this.inactive, true) : part(this.inactive, true);
    let activeF = both ? size(this.active, true) : part(this.active, true);
    const { batch } = this;
    while (inactiveA > 0 || inactiveF > 0 || activeF > 0) {
      this.scanInactive(false, Math.min(batch, inactiveA));
      if (ageA) this.scanActive(false, Math.min(batch, activeA));
      else if (activeA > 0) this.spared = true;
      this.scanInactive(true, Math.min(batch, inactiveF));
      if (ageF) this.scanActive(true, Math.min(batch, activeF));
      else if (activeF > 0) this.spared = true;
      inactiveA = Math.max(0, inactiveA - batch);
      activeA = Math.max(0, activeA - batch);
      inactiveF = Math.max(0, inactiveF - batch);
      activeF = Math.max(0, activeF - batch);
      if (this.taken.length >= batch) break;
    }
    if (this.isLow(false)) this.scanActive(false, batch);
  }

  /** Parts of the two kinds; 1 and 1 stand for all of both. */
  split(priority: number, filesWillDo: boolean): { a: number; f: number } {
    const { swappiness, machine } = this.options;
    if (priority === 0) return { a: 1, f: 1 };
    if (machine === 1) {
      const files = this.of([...this.active, ...this.inactive], true).length;
      if (files + this.context.pager.freeCount <= this.marks().high) return { a: 1, f: 0 };
    }
    if (filesWillDo) return { a: 0, f: 1 };
    const a = 2 * this.cost.anonymous + this.cost.file;
    const f = this.cost.anonymous + 2 * this.cost.file;
    // Never 1 and 1, for they add up to 100 and more.
    return {
      a: Math.floor((swappiness * (a + f + 1)) / (a + 1)),
      f: Math.floor(((200 - swappiness) * (a + f + 1)) / (f + 1)),
    };
  }

  scanInactive(isFile: boolean, count: number): void {
    const { referenced, dirty } = this.context.frames;
    const tail = this.of(this.inactive, isFile).reverse().slice(0, count);
    let written = 0;
    for (const resident of tail) {
      const { frame, flag: before } = resident;
      const used = referenced[frame] === 1;
      referenced[frame] = 0;
      resident.flag = used;
      this.inactive = this.inactive.filter((other) => other !== resident);
      const isDirtyFile = isFile && dirty[frame] === 1;
      if ((used && (before || (isFile && resident.isCode))) || (!used && isDirtyFile && !before)) {
        this.age++;
        this.active.unshift(resident);
        if (!used && !this.met.includes(resident)) this.met.push(resident);
      } else if (used || isDirtyFile) {
        this.inactive.unshift(resident);
      } else {
        this.inactive.unshift(resident);
        written += dirty[frame];
        this.take(resident);
      }
    }
    if (written > 0) this.pay(isFile, written);
  }

  scanActive(isFile: boolean, count: number): void {
    const { referenced } = this.context.frames;
    const tail = this.of(this.active, isFile).reverse().slice(0, count);
    for (const resident of tail) {
      const used = referenced[resident.frame] === 1;
      referenced[resident.frame] = 0;
      this.active = this.active.filter((other) => other !== resident);
      if (used && resident.isFile && resident.isCode) this.active.unshift(resident);
      else {
        resident.workingSet = true;
        this.inactive.unshift(resident);
      }
    }
  }

  take(resident: Resident): void {
    this.onFree(resident.frame);
    this.taken.push(resident);
    if (this.context.frames.blank[resident.frame] === 1) return;
    this.shadows.set(resident.page, { age: this.age, workingSet: resident.workingSet });
    this.age++;
  }
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-linux-classic',
    title: 'Naive linux-classic',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: {
      swappiness: 60,
      batch: 32,
      priority: 12,
      machine: 0,
      minFree: 16,
      watermarkScale: 10,
    },
    create: (context, options) => new NaiveLinuxClassic(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    swappiness: fc.constantFrom(1, 60, 100, 200),
    batch: fc.constantFrom(1, 2, 3, 32),
    priority: fc.constantFrom(0, 2, 12),
    machine: fc.nat(1),
    minFree: fc.constantFrom(0, 16),
    watermarkScale: fc.constantFrom(10, 3000),
  },
};
