/** The AA VM once more, both versions: two arrays whose last element is the tail. */
import type { Frame } from '../../../src/engine/frameTable.ts';
import type { PolicyContext, ReplacementPolicy } from '../../../src/engine/policy.ts';
import type { Tick } from '../../../src/fingerprint/fingerprint.ts';
import { limitFree, type NaivePage, NaiveWalks, pagesMin } from './naiveKernel.ts';

interface AaPage extends NaivePage {
  marked: boolean;
}

interface AaOptions {
  readonly cluster: number;
  readonly freeShare: number;
  readonly freeLeast: number;
  readonly freeMost: number;
  readonly activeRatio: number;
}

abstract class NaiveAaVm<O extends AaOptions> implements ReplacementPolicy {
  context: PolicyContext;
  options: O;
  walks: NaiveWalks;
  active: AaPage[] = [];
  inactive: AaPage[] = [];
  process = 0;

  constructor(context: PolicyContext, options: O) {
    this.context = context;
    this.options = options;
    this.walks = new NaiveWalks(context);
  }

  abstract reclaim(tick: Tick): void;

  onLoad(frame: Frame, tick: Tick): void {
    const { pager, frames } = this.context;
    const min = pagesMin(this.context, this.options);
    if (pager.freeCount < limitFree(this.context, 2 * min + 1)) {
      while (pager.freeCount < limitFree(this.context, 3 * min + 1)) this.reclaim(tick);
    }
    const page = { frame, page: frames.pageOf[frame], process: -1, marked: true };
    this.walks.map(page, tick);
    this.inactive.unshift(page);
  }

  onReference(): void {}

  onSoftFault(frame: Frame, tick: Tick): void {
    const page = [...this.active, ...this.inactive].find((other) => other.frame === frame)!;
    this.walks.map(page, tick);
    this.access(page);
  }

  chooseVictim(): Frame {
    return 0;
  }

  onFree(frame: Frame): void {
    this.active = this.active.filter((page) => page.frame !== frame);
    this.inactive = this.inactive.filter((page) => page.frame !== frame);
  }

  onInterval(): void {}

  access(page: AaPage): void {
    if (page.marked && this.inactive.includes(page)) {
      this.onFree(page.frame);
      this.active.unshift(page);
      page.marked = false;
    } else page.marked = true;
  }

  /** Looks at the tail of the active list; true if it was moved to the inactive one. */
  age(): boolean {
    const page = this.active.pop()!;
    page.marked = !page.marked;
    (page.marked ? this.inactive : this.active).unshift(page);
    return page.marked;
  }

  swapOut(tick: Tick): boolean {
    const { frames, pager } = this.context;
    const { processCount } = this.walks;
    let unmapped = 0;
    for (let walk = 0; walk <= processCount; walk++) {
      let page = this.walks.next([...this.active, ...this.inactive], this.process);
      while (page !== undefined) {
        const { frame } = page;
        if (frames.referenced[frame] === 1) {
          frames.referenced[frame] = 0;
          this.access(page);
        } else if (this.inactive.includes(page)) {
          page.process = -1;
          if (frames.blank[frame] === 1) pager.evict(frame, tick);
          else pager.unmap(frame);
          unmapped++;
          if (unmapped === this.options.cluster) return true;
        }
        page = this.walks.next([...this.active, ...this.inactive], this.process);
      }
      this.process = this.process === processCount - 1 ? 0 : this.process + 1;
    }
    return false;
  }

  /** Turns the inactive list by one; the page that was its tail. */
  turn(): AaPage {
    const page = this.inactive.pop()!;
    this.inactive.unshift(page);
    return page;
  }

  /** True if the page, which nobody has mapped, is gone. */
  drop(page: AaPage, tick: Tick): boolean {
    const isDirty = this.context.frames.dirty[page.frame] === 1;
    if (isDirty) this.context.pager.clean(page.frame);
    else this.context.pager.evict(page.frame, tick);
    return !isDirty;
  }
}

export class NaiveAa2417 extends NaiveAaVm<
  AaOptions & { readonly priority: number; readonly mappedShare: number }
> {
  reclaim(tick: Tick): void {
    let wanted = this.options.cluster;
    let { priority } = this.options;
    while (priority > 0 && wanted > 0) {
      const balance = (this.inactive.length + 1) * this.options.activeRatio;
      let visits = Math.floor((wanted * this.active.length) / balance);
      if (this.inactive.length === 0 && visits === 0) visits = 1;
      for (let visit = 0; visit < visits && this.active.length > 0; visit++) this.age();
      wanted = this.shrink(wanted, priority, tick);
      priority--;
    }
  }

  shrink(nr: number, priority: number, tick: Tick): number {
    let wanted = nr;
    let scans = Math.floor(this.inactive.length / priority);
    const most = nr * 2 ** (10 - priority);
    let mapped = 0;
    const mappedMost = Math.min(most, Math.floor(scans / this.options.mappedShare));
    while (scans > 0 && wanted > 0) {
      scans--;
      const page = this.turn();
      if (page.process >= 0) {
        mapped++;
        if (mapped > mappedMost) {
          this.swapOut(tick);
          return wanted;
        }
      } else if (this.drop(page, tick)) wanted--;
    }
    return wanted;
  }
}

export class NaiveAa2427 extends NaiveAaVm<
  AaOptions & {
    readonly passes: number;
    readonly scanRatio: number;
    readonly mappedRatio: number;
  }
> {
  failed = false;

  reclaim(tick: Tick): void {
    this.failed = false;
    let wanted = this.options.cluster;
    let pass = 0;
    while (pass < this.options.passes) {
      this.refill(wanted);
      wanted = this.shrink(wanted, tick);
      if (wanted === 0) break;
      this.unmapSome(tick);
      pass++;
    }
  }

  unmapSome(tick: Tick): void {
    if (this.failed) return;
    if (!this.swapOut(tick)) this.failed = true;
  }

  refill(wanted: number): void {
    const balance = this.inactive.length * this.options.activeRatio + 1;
    let moves = Math.floor((wanted * this.active.length) / balance);
    while (moves > 0 && this.active.length > 0) if (this.age()) moves--;
  }

  shrink(nr: number, tick: Tick): number {
    let wanted = nr;
    let mapped = this.options.mappedRatio * wanted;
    const all = this.active.length + this.inactive.length;
    let scans = Math.max(1, Math.floor(all / this.options.scanRatio));
    while (scans > 0 && wanted > 0 && this.inactive.length > 0) {
      scans--;
      const page = this.turn();
      if (page.process < 0) {
        if (this.drop(page, tick)) wanted--;
        continue;
      }
      mapped--;
      if (mapped < 0) {
        this.unmapSome(tick);
        mapped = this.options.mappedRatio * wanted;
        this.refill(wanted);
      }
    }
    return wanted;
  }
}
