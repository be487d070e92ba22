/*
 * MGLRU once more: pages as objects in one array a generation and kind, its last element the tail;
 * everything that is counted is counted anew when it is asked for.
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
  readonly frame: Frame;
  readonly page: Page;
  /** 0 anonymous, 1 of a file. */
  readonly kind: number;
  /** The generation it counts in, which need not be the one whose array it is in. */
  generation: number;
  cameBackSoon: boolean;
}

interface Options {
  readonly swappiness: number;
  readonly batch: number;
  readonly isolate: number;
  readonly lookAround: number;
  readonly priority: number;
}

class NaiveMglru implements ReplacementPolicy {
  context: PolicyContext;
  options: Options;
  /** arrays[kind].get(generation) */
  arrays = [new Map<number, Resident[]>(), new Map<number, Resident[]>()];
  max = 3;
  min = [0, 0];
  now = [
    { refaulted: 0, evicted: 0 },
    { refaulted: 0, evicted: 0 },
  ];
  before = [
    { refaulted: 0, evicted: 0 },
    { refaulted: 0, evicted: 0 },
  ];
  shadows = new Map<Page, number>();
  taken: Resident[] = [];
  met: Resident[] = [];

  constructor(context: PolicyContext, options: Options) {
    this.context = context;
    const sixteenth = Math.max(1, Math.floor(context.frames.frameCount / 16));
    this.options = {
      ...options,
      batch: Math.min(options.batch, sixteenth),
      isolate: Math.min(options.isolate, 2 * sixteenth),
    };
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { frames, pages, pager } = this.context;
    for (const { frame: gone } of this.taken) pager.evict(gone, tick);
    this.taken = [];
    for (const resident of this.met) {
      if (!this.all().includes(resident)) continue;
      if (frames.dirty[resident.frame] === 1) pager.clean(resident.frame);
      this.onFree(resident.frame);
      resident.generation = this.min[1];
      this.array(1, this.min[1]).push(resident);
    }
    this.met = [];
    const page = frames.pageOf[frame];
    const kind = pages.kinds[page];
    const cameBackSoon = this.shadows.get(page) === this.min[kind];
    this.shadows.delete(page);
    if (cameBackSoon) this.now[kind].refaulted++;
    const resident = { frame, page, kind, generation: this.max, cameBackSoon };
    this.array(kind, this.max).unshift(resident);
  }

  onReference(): void {}

  chooseVictim(): Frame {
    while (this.taken.length === 0) {
      let priority = this.options.priority;
      while (priority >= 0 && this.taken.length < this.options.batch) this.shrink(priority--);
      if (this.taken.length === 0 && this.met.length > 0) this.take(this.met[0]);
    }
    return this.taken.shift()!.frame;
  }

  onFree(frame: Frame): void {
    for (const arrays of this.arrays) {
      for (const [generation, array] of arrays) {
        arrays.set(
          generation,
          array.filter((resident) => resident.frame !== frame),
        );
      }
    }
  }

  onInterval(): void {}

  array(kind: number, generation: number): Resident[] {
    const arrays = this.arrays[kind];
    if (!arrays.has(generation)) arrays.set(generation, []);
    return arrays.get(generation)!;
  }

  all(): Resident[] {
    return this.arrays.flatMap((arrays) => [...arrays.values()].flat());
  }

  used(resident: Resident): boolean {
    return this.context.frames.referenced[resident.frame] === 1;
  }

  clearUsed(resident: Resident): void {
    this.context.frames.referenced[resident.frame] = 0;
  }

  shrink(priority: number): void {
    const isFirst = priority === this.options.priority;
    let scanned = 0;
    for (;;) {
      const all = this.all();
      const gap = this.max - Math.min(...this.min);
      const young = all.filter(({ generation }) => generation === this.max).length;
      const old = all.filter(({ generation }) => generation === this.max - 2).length;
      const isSpread = young * 2 <= all.length && old * 4 >= all.length;
      if (!isFirst && (gap < 2 || (gap === 2 && !isSpread))) {
        this.age();
        return;
      }
      const goal = gap < 2 ? 0 : Math.floor(all.length / 2 ** priority);
      if (scanned >= goal) return;
      const found = this.evict();
      scanned += found;
      if (found === 0 || this.taken.length >= this.options.batch) return;
    }
  }

  age(): void {
    for (const resident of this.all().filter((other) => this.used(other))) {
      this.clearUsed(resident);
      resident.generation = this.max;
      resident.cameBackSoon = false;
    }
    for (const kind of [0, 1]) {
      if (this.max - this.min[kind] !== 3) continue;
      const oldest = this.min[kind];
      for (const resident of [...this.array(kind, oldest)].reverse()) {
        if (resident.generation === oldest) {
          resident.generation = oldest + 1;
          resident.cameBackSoon = false;
        }
        this.array(kind, resident.generation).push(resident);
      }
      this.close(kind);
    }
    this.max++;
  }

  close(kind: number): void {
    const { refaulted, evicted } = this.now[kind];
    this.before[kind] = {
      refaulted: Math.floor((this.before[kind].refaulted + refaulted) / 2),
      evicted: Math.floor((this.before[kind].evicted + evicted) / 2),
    };
    this.now[kind] = { refaulted: 0, evicted: 0 };
    this.arrays[kind].delete(this.min[kind]);
    this.min[kind]++;
  }

  closeEmpty(): void {
    const goal = [0, 1].map((kind) => {
      let min = this.min[kind];
      while (min <= this.max - 2 && this.array(kind, min).length === 0) min++;
      return min;
    });
    // Files may be ahead of anonymous pages, never the other way round.
    const anonymous = Math.min(goal[0], goal[1]);
    while (this.min[0] < anonymous) this.close(0);
    while (this.min[1] < goal[1]) this.close(1);
  }

  evict(): number {
    this.closeEmpty();
    const kind = this.choose();
    let scanned = this.evictKind(kind);
    if (scanned === 0) scanned = this.evictKind(1 - kind);
    this.closeEmpty();
    return scanned;
  }

  choose(): number {
    const { swappiness } = this.options;
    if (this.min[0] < this.min[1]) return 0;
    if (swappiness === 1) return 1;
    if (swappiness === 200) return 0;
    const [anonymous, file] = [0, 1].map((kind) => ({
      refaulted: this.now[kind].refaulted + this.before[kind].refaulted,
      evicted: this.now[kind].evicted + this.before[kind].evicted,
    }));
    if (file.refaulted < 64) return 1;
    const left = file.refaulted * (anonymous.evicted + 64) * swappiness;
    const right = (anonymous.refaulted + 1) * file.evicted * (200 - swappiness);
    return left <= right ? 1 : 0;
  }

  evictKind(kind: number): number {
    const oldest = this.min[kind];
    if (this.max - oldest < 2) return 0;
    let scanned = 0;
    let isolated = 0;
    while (isolated < this.options.isolate) {
      const array = this.array(kind, oldest);
      const resident = array[array.length - 1];
      if (resident === undefined) break;
      scanned++;
      if (resident.generation !== oldest) {
        array.pop();
        this.array(kind, resident.generation).unshift(resident);
      } else if (resident.cameBackSoon) {
        array.pop();
        resident.cameBackSoon = false;
        resident.generation = oldest + 1;
        this.array(kind, oldest + 1).push(resident);
      } else {
        isolated++;
        this.look(resident);
      }
    }
    return isolated === 0 ? 0 : scanned;
  }

  look(resident: Resident): void {
    const isDirtyFile = resident.kind === 1 && this.context.frames.dirty[resident.frame] === 1;
    if (!this.used(resident) && !isDirtyFile) {
      this.take(resident);
      return;
    }
    if (this.used(resident)) this.lookAround(resident);
    else if (!this.met.includes(resident)) this.met.push(resident);
    this.onFree(resident.frame);
    resident.generation = this.max;
    this.array(resident.kind, this.max).unshift(resident);
  }

  lookAround(resident: Resident): void {
    this.clearUsed(resident);
    const { places } = this.context.pages;
    if (places === undefined) return;
    const half = Math.floor(this.options.lookAround / 2);
    for (const other of this.all()) {
      const distance = places.indices[other.page] - places.indices[resident.page];
      const isSame = places.objects[other.page] === places.objects[resident.page];
      if (!isSame || distance < -half || distance >= half || !this.used(other)) continue;
      this.clearUsed(other);
      other.generation = this.max;
      other.cameBackSoon = false;
    }
  }

  take(resident: Resident): void {
    this.onFree(resident.frame);
    this.taken.push(resident);
    this.now[resident.kind].evicted++;
    if (this.context.frames.blank[resident.frame] === 1) return;
    this.shadows.set(resident.page, this.min[resident.kind]);
  }
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-mglru-6.12',
    title: 'Naive mglru-6.12',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: { swappiness: 60, batch: 32, isolate: 64, lookAround: 64, priority: 12 },
    create: (context, options) => new NaiveMglru(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    swappiness: fc.constantFrom(1, 60, 100, 200),
    batch: fc.constantFrom(1, 2, 32),
    isolate: fc.constantFrom(1, 3, 64),
    lookAround: fc.constantFrom(0, 4, 64),
    priority: fc.constantFrom(1, 3, 12),
  },
};
