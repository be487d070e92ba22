/*
 * FreeBSD's page daemon once more: three queues as arrays whose first element is next, and for the
 * hand two of active pages: those of this lap that are still to be looked at, and those after it.
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
import { limitFree } from './naiveKernel.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Resident {
  readonly frame: Frame;
  readonly page: Page;
  activity: number;
}

interface Options {
  readonly initial: number;
  readonly advance: number;
  readonly decline: number;
  readonly most: number;
  readonly laundryWeight: number;
  readonly cluster: number;
}

class NaiveFreeBsd implements ReplacementPolicy {
  context: PolicyContext;
  options: Options;
  /** In order of arrival, whatever the hand does. */
  active: Resident[] = [];
  /** Those of them that this lap has yet to come to. */
  lap: Resident[] = [];
  inactive: Resident[] = [];
  laundry: Resident[] = [];
  freed = 0;
  wakeAt: number;
  target: number;
  gap: number;
  inactiveTarget: number;

  constructor(context: PolicyContext, options: Options) {
    this.context = context;
    this.options = options;
    const { frameCount } = context.frames;
    // All memories of the tests have less than 1024 frames.
    const reserved = 32 + 34 + Math.floor(frameCount / 768);
    const target = Math.min(4 * 4 + reserved, Math.floor(frameCount / 16));
    const min = Math.min(4 + reserved, Math.floor(target / 2));
    this.wakeAt = limitFree(context, Math.floor(0.9 * target));
    this.target = limitFree(context, target);
    this.gap = Math.max(1, target - min);
    this.inactiveTarget = Math.floor(Math.min(1.5 * target, frameCount / 3));
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { pager, frames } = this.context;
    if (pager.freeCount < this.wakeAt) while (pager.freeCount < this.target) this.run(tick);
    this.active.push({ frame, page: frames.pageOf[frame], activity: this.options.initial });
  }

  onReference(): void {}

  chooseVictim(): Frame {
    return 0;
  }

  onFree(frame: Frame): void {
    const stays = (resident: Resident): boolean => resident.frame !== frame;
    this.active = this.active.filter(stays);
    this.lap = this.lap.filter(stays);
    this.inactive = this.inactive.filter(stays);
    this.laundry = this.laundry.filter(stays);
  }

  onInterval(): void {}

  isDirty(resident: Resident): boolean {
    return this.context.frames.dirty[resident.frame] === 1;
  }

  move(resident: Resident, queue: 'active' | 'inactive' | 'laundry'): void {
    this.onFree(resident.frame);
    this[queue].push(resident);
  }

  reward(resident: Resident): boolean {
    const { referenced } = this.context.frames;
    const used = referenced[resident.frame] === 1;
    if (used) {
      referenced[resident.frame] = 0;
      const more = resident.activity + this.options.advance + 1;
      resident.activity = more > this.options.most ? this.options.most : more;
    }
    return used;
  }

  run(tick: Tick): void {
    const { pager } = this.context;
    const shortage = this.target - pager.freeCount;
    let freed = 0;
    for (const resident of [...this.inactive]) {
      if (freed === shortage) break;
      if (this.reward(resident)) this.move(resident, 'active');
      else if (this.isDirty(resident)) this.move(resident, 'laundry');
      else {
        pager.evict(resident.frame, tick);
        freed++;
      }
    }
    this.freed += freed;
    const root = Math.floor(Math.sqrt(Math.ceil((this.freed + 1) / this.gap)));
    if (freed < shortage) this.wash(shortage - freed, tick);
    else if (this.laundry.length * root >= pager.freeCount + this.inactive.length) {
      this.wash(Math.max(1, Math.floor(this.gap / 10)), tick);
      this.freed = 0;
    }
    this.turn();
  }

  wash(most: number, tick: Tick): void {
    let washed = 0;
    for (const resident of [...this.laundry]) {
      if (washed >= most) return;
      if (!this.laundry.includes(resident)) continue;
      if (this.reward(resident)) this.move(resident, 'active');
      else if (!this.isDirty(resident)) this.context.pager.evict(resident.frame, tick);
      else washed += this.writeRun(resident);
    }
  }

  writeRun(first: Resident): number {
    const run = [first];
    for (const step of [-1, 1]) {
      let at: Resident | undefined = first;
      while (run.length < this.options.cluster) {
        at = this.beside(at, step);
        if (at === undefined) break;
        run.push(at);
      }
    }
    for (const resident of run) {
      this.context.pager.clean(resident.frame);
      this.onFree(resident.frame);
      this.inactive.unshift(resident);
    }
    return run.length;
  }

  /** The dirty laundry one place before or after, if the next page in address order lies there. */
  beside(resident: Resident, step: number): Resident | undefined {
    const { places } = this.context.pages;
    if (places === undefined) return undefined;
    const key = (page: Page): readonly number[] => [
      places.objects[page],
      places.indices[page],
      page,
    ];
    const order = Array.from({ length: this.context.pageCount }, (_, page) => page).sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      return x[0] - y[0] || x[1] - y[1] || x[2] - y[2];
    });
    const page = order[order.indexOf(resident.page) + step];
    if (page === undefined || places.objects[page] !== places.objects[resident.page])
      return undefined;
    if (places.indices[page] !== places.indices[resident.page] + step) return undefined;
    return this.laundry.find((other) => other.page === page && this.isDirty(other));
  }

  turn(): void {
    const { laundryWeight, decline } = this.options;
    const queued = this.inactive.length + Math.floor(this.laundry.length / laundryWeight);
    let shortage = this.inactiveTarget - queued + this.target - this.context.pager.freeCount;
    shortage *= laundryWeight;
    let visits = this.active.length;
    while (visits > 0 && shortage > 0) {
      visits--;
      if (this.lap.length === 0) this.lap = [...this.active];
      const resident = this.lap.shift()!;
      if (this.reward(resident)) continue;
      resident.activity -= Math.min(resident.activity, decline);
      if (resident.activity > 0) continue;
      shortage -= this.isDirty(resident) ? 1 : laundryWeight;
      this.move(resident, this.isDirty(resident) ? 'laundry' : 'inactive');
    }
  }
}

export const naive: NaiveVersion = {
  policy: definePolicy({
    id: 'naive-freebsd',
    title: 'Naive freebsd',
    source: 'for tests',
    observes: 'reference-bits',
    usesPager: true,
    defaults: { initial: 5, advance: 3, decline: 1, most: 64, laundryWeight: 3, cluster: 32 },
    create: (context, options) => new NaiveFreeBsd(context, options),
  }),
  strings: kernelStrings,
  frames: kernelFrames,
  options: {
    initial: fc.constantFrom(0, 1, 5),
    advance: fc.constantFrom(0, 3),
    decline: fc.constantFrom(1, 4),
    most: fc.constantFrom(2, 64),
    laundryWeight: fc.constantFrom(1, 3),
    cluster: fc.constantFrom(1, 3, 32),
  },
};
