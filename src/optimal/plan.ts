/*
 * A schedule as data: for every reference, whether the page is kept until its next use. Replayed as
 * a policy it evicts, when a frame is needed, a page that the plan lets go: one that costs nothing
 * to lose first, else the one used farthest in the future, so that a page the plan gave up may
 * survive where there is room after all. On the string it was made for the plan always has such a
 * page; on another order (an elastic run) there may be none, and then devik's rule chooses.
 */
import { type Frame, type FrameTable, NONE } from '../engine/frameTable.ts';
import {
  definePolicy,
  type PolicyContext,
  type PolicyOptions,
  type PolicySpec,
} from '../engine/policy.ts';
import type { Page, Tick } from '../fingerprint/fingerprint.ts';
import { assert, InputError } from '../support/assert.ts';
import { FrameList } from '../support/frameList.ts';
import { PositionSet } from '../support/positionSet.ts';
import { FarthestNextUse } from './farthestNextUse.ts';

export interface Plan {
  readonly referenceCount: number;
  /** Bit t (of word t >> 5) is 1 if the page used at tick t is let go before its next use. */
  readonly letsGo: Uint32Array;
}

export function emptyPlan(referenceCount: number): Plan {
  return { referenceCount, letsGo: new Uint32Array((referenceCount + 31) >>> 5) };
}

export function markLetGo(plan: Plan, tick: Tick): void {
  plan.letsGo[tick >>> 5] |= 1 << (tick & 31);
}

export function isLetGo(plan: Plan, tick: Tick): boolean {
  return ((plan.letsGo[tick >>> 5] >>> (tick & 31)) & 1) === 1;
}

/** The plan as a policy, for the string and the frames it was made for. */
export function planPolicy(plan: Plan, frameCount: number): PolicySpec {
  return definePolicy({
    ...SCHEDULE,
    create: (context) => {
      requireMadeFor(context, plan.referenceCount, frameCount);
      return new Planned(context, plan);
    },
  });
}

/** The schedule of a rule with its options, for a string of so many references and the frames. */
export function rulePolicy(
  rule: PolicySpec,
  options: PolicyOptions,
  referenceCount: number,
  frameCount: number,
): PolicySpec {
  return definePolicy({
    ...SCHEDULE,
    create: (context) => {
      requireMadeFor(context, referenceCount, frameCount);
      return rule.create(context, { ...rule.defaults, ...options });
    },
  });
}

const SCHEDULE = {
  id: 'plan',
  title: 'a saved schedule',
  source: 'evictlab optimum',
  observes: 'future',
  defaults: {},
} as const;

function requireMadeFor(
  { frames, nextUse }: PolicyContext,
  referenceCount: number,
  frameCount: number,
): void {
  const length = nextUse?.referenceCount;
  if (length === referenceCount && frames.frameCount === frameCount) return;
  throw new InputError(
    `the plan is for ${referenceCount} references on ${frameCount} frames`,
    `here are ${length} on ${frames.frameCount}: make a plan for these`,
  );
}

class Planned {
  readonly #plan: Plan;
  readonly #resident: FarthestNextUse;
  readonly #future: NonNullable<PolicyContext['nextUse']>;
  /** Of each reference in the string the plan was made for; undefined where it is that string. */
  readonly #positions: Int32Array | undefined;
  readonly #frames: FrameTable;
  readonly #frameOf: Int32Array;
  /** Next uses of resident pages the plan lets go; positions passed are left behind. */
  readonly #leaving: PositionSet;
  /** Pages let go that have no next use. */
  readonly #leavingForGood: FrameList;
  /** NONE: read ahead, and not used yet. */
  readonly #lastUse: Int32Array;

  constructor({ frames, pageCount, nextUse }: PolicyContext, plan: Plan) {
    assert(nextUse !== undefined, 'a plan is given the future');
    this.#plan = plan;
    this.#resident = new FarthestNextUse(frames, pageCount, nextUse, true);
    this.#future = nextUse;
    this.#positions = nextUse.positions;
    this.#frames = frames;
    this.#frameOf = new Int32Array(pageCount);
    this.#leaving = new PositionSet(Math.max(1, plan.referenceCount));
    this.#leavingForGood = new FrameList(frames.frameCount);
    this.#lastUse = new Int32Array(frames.frameCount);
  }

  onLoad(frame: Frame, tick: Tick): void {
    const { pageOf, ahead } = this.#frames;
    this.#frameOf[pageOf[frame]] = frame;
    this.#resident.load(frame, tick);
    if (ahead[frame] === 1) this.#lastUse[frame] = NONE;
    else this.#note(frame, tick);
  }

  onReference(frame: Frame, tick: Tick): void {
    this.#resident.reference(frame, tick);
    // In order, the position reached is left behind; else it may lie ahead of the tick.
    if (this.#positions !== undefined) this.#forget(frame);
    this.#note(frame, tick);
  }

  chooseVictim(_wanted: Page, tick: Tick): Frame {
    const worthless = this.#resident.worthless();
    if (worthless >= 0) return worthless;
    const position = this.#leaving.max();
    const isLive = position > tick || (position >= 0 && this.#positions !== undefined);
    if (isLive) return this.#frameOf[this.#future.pages[position]];
    if (this.#leavingForGood.length > 0) return this.#leavingForGood.front;
    return this.#resident.leastIo(tick, 1);
  }

  onFree(frame: Frame): void {
    this.#resident.free(frame);
    this.#forget(frame);
  }

  onInterval(): void {}

  #note(frame: Frame, tick: Tick): void {
    this.#lastUse[frame] = tick;
    if (!this.#isLetGo(tick)) return;
    const next = this.#future.next[tick];
    if (next < this.#future.referenceCount) this.#leaving.insert(next);
    else this.#leavingForGood.pushBack(frame);
  }

  /** The page's next use is no longer what it was at its last one. */
  #forget(frame: Frame): void {
    const lastUse = this.#lastUse[frame];
    if (this.#leavingForGood.has(frame)) this.#leavingForGood.remove(frame);
    else if (this.#isLetGo(lastUse)) this.#leaving.remove(this.#future.next[lastUse]);
  }

  #isLetGo(tick: Tick): boolean {
    if (tick === NONE) return false;
    return isLetGo(this.#plan, this.#positions === undefined ? tick : this.#positions[tick]);
  }
}
