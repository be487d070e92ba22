/*
 * The policies once more, as slow and plain as the papers put them: arrays, loops, and a search of
 * everything at each eviction. Each keeps its own accessed bits, from being told of every use, and
 * looks at no column but `dirty`; none shares code with src/policies.
 */
import type { Frame, FrameTable } from '../../../src/engine/frameTable.ts';
import {
  definePolicy,
  type PolicySpec,
  type ReplacementPolicy,
} from '../../../src/engine/policy.ts';

/** What is known of one resident page. */
interface Resident {
  readonly frame: Frame;
  used: boolean;
  uses: number;
  age: number;
}

/** Keeps the resident pages in order of load; a rule says who leaves. */
abstract class Naive implements ReplacementPolicy {
  readonly frames: FrameTable;
  /** Loaded first, first. */
  pages: Resident[] = [];

  constructor(frames: FrameTable) {
    this.frames = frames;
  }

  onLoad(frame: Frame): void {
    this.pages.push({ frame, used: true, uses: 1, age: 0 });
  }

  onReference(frame: Frame): void {
    const page = this.find(frame);
    page.used = true;
    page.uses++;
  }

  abstract chooseVictim(): Frame;

  onFree(frame: Frame): void {
    this.pages = this.pages.filter((page) => page.frame !== frame);
  }

  onInterval(): void {}

  find(frame: Frame): Resident {
    return this.pages.find((page) => page.frame === frame)!;
  }
}

class NaiveFifo extends Naive {
  chooseVictim(): Frame {
    return this.pages[0].frame;
  }
}

/** Keeps `pages` in order of use instead. */
class NaiveRecency extends Naive {
  override onReference(frame: Frame): void {
    const page = this.find(frame);
    this.pages = [...this.pages.filter((other) => other !== page), page];
  }

  chooseVictim(): Frame {
    return this.pages[0].frame;
  }
}

class NaiveMru extends NaiveRecency {
  override chooseVictim(): Frame {
    return this.pages[this.pages.length - 1].frame;
  }
}

class NaiveSecondChance extends Naive {
  chooseVictim(): Frame {
    while (this.pages[0].used) {
      const pardoned = this.pages.shift()!;
      this.pages.push({ ...pardoned, used: false });
    }
    return this.pages[0].frame;
  }
}

/** The ring is an array that is turned until the hand's frame is its first element. */
class NaiveClock extends Naive {
  ring = Array.from({ length: this.frames.frameCount }, (_, frame) => frame);

  chooseVictim(): Frame {
    while (this.find(this.ring[0]).used) {
      this.find(this.ring[0]).used = false;
      this.turn();
    }
    return this.ring[0];
  }

  override onFree(frame: Frame): void {
    super.onFree(frame);
    if (this.ring[0] === frame) this.turn();
  }

  turn(): void {
    this.ring.push(this.ring.shift()!);
  }
}

/** The paper's algorithm 1: head is the end of `pages`, tail its start, the hand an object. */
class NaiveSieve extends Naive {
  hand: Resident | undefined;

  override onLoad(frame: Frame): void {
    super.onLoad(frame);
    this.find(frame).used = false;
  }

  chooseVictim(): Frame {
    let page = this.hand ?? this.pages[0];
    while (page.used) {
      page.used = false;
      page = this.pages[this.pages.indexOf(page) + 1] ?? this.pages[0];
    }
    this.hand = page;
    return page.frame;
  }

  override onFree(frame: Frame): void {
    const page = this.find(frame);
    if (this.hand === page) this.hand = this.pages[this.pages.indexOf(page) + 1];
    super.onFree(frame);
  }
}

class NaiveNru extends Naive {
  chooseVictim(): Frame {
    for (const used of [false, true]) {
      for (const dirty of [0, 1]) {
        const victim = this.pages.find(
          (page) => page.used === used && this.frames.dirty[page.frame] === dirty,
        );
        if (victim !== undefined) return victim.frame;
      }
    }
    throw new Error('nothing is resident');
  }

  override onInterval(): void {
    for (const page of this.pages) page.used = false;
  }
}

class NaiveAging extends Naive {
  chooseVictim(): Frame {
    let victim = this.pages[0];
    for (const page of this.pages) if (nineBits(page) < nineBits(victim)) victim = page;
    return victim.frame;
  }

  override onInterval(): void {
    for (const page of this.pages) {
      page.age = Math.floor(nineBits(page) / 2);
      page.used = false;
    }
  }
}

const nineBits = (page: Resident): number => (page.used ? 256 : 0) + page.age;

class NaiveLfu extends NaiveRecency {
  override onReference(frame: Frame): void {
    super.onReference(frame);
    this.find(frame).uses++;
  }

  override chooseVictim(): Frame {
    let victim = this.pages[0];
    for (const page of this.pages) if (page.uses < victim.uses) victim = page;
    return victim.frame;
  }
}

const CLASSES = {
  fifo: NaiveFifo,
  lru: NaiveRecency,
  mru: NaiveMru,
  clock: NaiveClock,
  'second-chance': NaiveSecondChance,
  sieve: NaiveSieve,
  nru: NaiveNru,
  aging: NaiveAging,
  lfu: NaiveLfu,
} as const;

/** Ids that have a naive version. */
export const NAIVE_IDS = Object.keys(CLASSES) as (keyof typeof CLASSES)[];

/** The naive version of the policy `id`, called every `interval` references (0: never). */
export function naivePolicy(id: keyof typeof CLASSES, interval: number): PolicySpec {
  return definePolicy({
    id: `naive-${id}`,
    title: 'for tests',
    source: 'for tests',
    observes: 'every-reference',
    interval: () => interval,
    defaults: {},
    create: ({ frames }) => new CLASSES[id](frames),
  });
}
