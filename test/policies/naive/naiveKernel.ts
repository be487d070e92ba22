/*
 * What the naive versions of kernels share: resident pages as objects, and the walk along the
 * addresses of a process, as a search of all of them at each step.
 */
import type { Frame } from '../../../src/engine/frameTable.ts';
import type { PolicyContext } from '../../../src/engine/policy.ts';
import type { Page, Tick } from '../../../src/fingerprint/fingerprint.ts';

export interface NaivePage {
  readonly frame: Frame;
  readonly page: Page;
  /** Who has it mapped; −1: nobody. */
  process: number;
}

/** The names of the pages in order of address: by object, by place, by number. */
function compareAddresses({ pages: { places } }: PolicyContext, a: Page, b: Page): number {
  const byObject = places === undefined ? 0 : places.objects[a] - places.objects[b];
  const byIndex = places === undefined ? 0 : places.indices[a] - places.indices[b];
  return byObject || byIndex || a - b;
}

export class NaiveWalks {
  readonly context: PolicyContext;
  /** By process: the page looked at last; absent: it starts at the first one. */
  last: (Page | undefined)[] = [];

  constructor(context: PolicyContext) {
    this.context = context;
  }

  get processCount(): number {
    return this.last.length;
  }

  /** Whoever loads or uses `page` at `tick` has it mapped now. */
  map(page: NaivePage, tick: Tick): void {
    page.process = this.context.sequenceAt(tick);
    while (this.last.length <= page.process) this.last.push(undefined);
  }

  /** The next mapped page of a process; undefined at the end, after which it starts anew. */
  next<P extends NaivePage>(all: readonly P[], process: number): P | undefined {
    const last = this.last[process];
    const found = all
      .filter((page) => page.process === process)
      .filter(({ page }) => last === undefined || compareAddresses(this.context, page, last) > 0)
      .sort((a, b) => compareAddresses(this.context, a.page, b.page))[0];
    this.last[process] = found?.page;
    return found;
  }
}

/** A number of frames to keep free, limited to what a memory can. */
export const limitFree = (context: PolicyContext, count: number): number =>
  Math.min(context.frames.frameCount - 1, Math.max(1, count));

/** pages_min of Linux 2.2 and 2.4. */
export function pagesMin(
  { frames: { frameCount } }: PolicyContext,
  options: { freeShare: number; freeLeast: number; freeMost: number },
): number {
  let min = Math.floor(frameCount / options.freeShare);
  if (min < options.freeLeast) min = options.freeLeast;
  if (min > options.freeMost) min = options.freeMost;
  return Math.floor(Math.min(min, frameCount / 32));
}
