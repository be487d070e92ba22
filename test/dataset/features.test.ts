/*
 * Each feature once more, from a log of everything that happened: at each eviction the log is read
 * from its start for each page, with no state kept from one eviction to the next.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defineFeature, type Feature } from '../../src/dataset/feature.ts';
import { type FeatureSet, withFeatures } from '../../src/dataset/featureSet.ts';
import type { FrameTable } from '../../src/engine/frameTable.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { readFeatureCatalog } from '../../src/node/featureCatalog.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { randomStrings } from '../support/randomStrings.ts';
import { references } from '../support/references.ts';

const catalog = await readFeatureCatalog();
const policies = await loadPolicies();
/** Those whose value is another policy's opinion: they are held to it in duel's tests. */
const VOTES = catalog.filter(({ id }) => id.endsWith('Absent'));
const features = catalog.filter((feature) => !VOTES.includes(feature));

interface Event {
  readonly kind: 'load' | 'use' | 'leave';
  readonly page: number;
  readonly frame: number;
  readonly tick: number;
  /** Loads before it, itself included. */
  readonly fault: number;
  /** When it leaves: whether it is dirty. */
  readonly dirty: number;
}

const GHOSTS_PER_FRAME = 4;
const UNKNOWN = 64;

/** What the features say of `page`, which is resident, at the reference `tick`. */
function said(
  whole: readonly Event[],
  page: number,
  tick: number,
  string: ReferenceString,
  frames: FrameTable,
): Record<string, number> {
  const { frameCount } = frames;
  const faults = loadsOf(whole);
  const ownWhole = whole.filter((event) => event.page === page);
  const own = rememberedOf(whole, page, frameCount);
  const uses = own.filter(({ kind }) => kind !== 'leave');
  const stays = own.filter(({ kind }) => kind === 'load');
  const lastLoad = stays[stays.length - 1];
  const stay = uses.filter((event) => event.tick >= lastLoad.tick);
  const { visits, gap, decayed, idleFaults, ahead } = visitsOf(whole, page, faults, frameCount);
  const sampled = visitsOf(sampledLog(whole, tick, frameCount), page, faults, frameCount);
  const left = own.filter((event) => event.kind === 'leave');
  const absence =
    left.length === 0
      ? UNKNOWN * frameCount
      : Math.max(1, lastLoad.fault - left[left.length - 1].fault);
  const beside = [page - 1, page + 1]
    .map((other) => rememberedOf(whole, other, frameCount).filter(({ kind }) => kind !== 'leave'))
    .filter((list) => list.length > 0)
    .map((list) => faults - list[list.length - 1].fault);
  const sequenceAt = (at: number): number => string.sequences?.[at] ?? 0;
  const owner = sequenceAt(lastLoad.tick);
  let ran = tick - 1;
  while (ran >= 0 && sequenceAt(ran) !== owner) ran--;
  // Accessed bits: of each interval of two references a frame, whether it was used in it.
  const interval = 2 * frameCount;
  const wasUsed = (start: number, end: number): boolean =>
    ownWhole.some((event) => event.tick >= Math.max(start, lastLoad.tick) && event.tick < end);
  const present = Math.floor(tick / interval) * interval;
  const bits = Array.from({ length: 17 }, (_, i) =>
    i === 0
      ? wasUsed(present, tick)
      : wasUsed(present - i * interval, present - (i - 1) * interval),
  );
  return {
    recency: tick - uses[uses.length - 1].tick,
    age: tick - lastLoad.tick,
    frequency: stay.length,
    dirty: string.writes
      .subarray(lastLoad.tick, tick)
      .some((write, i) => write === 1 && string.pages[lastLoad.tick + i] === page)
      ? 1
      : 0,
    idleFaults,
    gap1: gap(0),
    gap2: gap(1),
    gap3: gap(2),
    reuseGap: Math.max(gap(0), idleFaults),
    aheadLatest: ahead.latest,
    aheadMedian: ahead.median,
    aheadSoonest: ahead.soonest,
    sampledIdle: sampled.idleFaults,
    sampledGap: sampled.gap(0),
    sampledReuseGap: Math.max(sampled.gap(0), sampled.idleFaults),
    sampledVisits: sampled.decayed(4 * frameCount),
    sampledAheadLatest: sampled.ahead.latest,
    sampledAheadMedian: sampled.ahead.median,
    sampledAheadSoonest: sampled.ahead.soonest,
    visits: visits.length,
    visitsShort: decayed(frameCount),
    visitsMedium: decayed(4 * frameCount),
    visitsLong: decayed(16 * frameCount),
    loads: stays.length,
    ageFaults: faults - lastLoad.fault,
    absence,
    dirtyShare: left.filter(({ dirty }) => dirty === 1).length / stays.length,
    neighbourIdle: beside.length === 0 ? UNKNOWN * frameCount : Math.min(...beside),
    file: string.kinds[page],
    code: string.uses?.[page] === 1 ? 1 : 0,
    ownerIdle: ran < 0 ? tick - 1 : tick - ran - 1,
    sharers: stay.some((event) => sequenceAt(event.tick) !== owner) ? 2 : 1,
    idleIntervals: bits.indexOf(true) < 0 ? 17 : bits.indexOf(true),
    activeIntervals: bits.filter((bit) => bit).length,
    regionReturns: share(whole, frameCount, (event) => Math.floor(event.page / 32), page),
    signatureReturns: share(
      whole,
      frameCount,
      (event) => (string.signatures?.[event.tick] ?? 0) || sequenceAt(event.tick) + 1,
      page,
    ),
    kindReturns: share(
      whole,
      frameCount,
      (event) => 8 * string.kinds[event.page] + (string.uses?.[event.page] ?? 0),
      page,
    ),
  };
}

function loadsOf(log: readonly Event[]): number {
  return log.filter(({ kind }) => kind === 'load').length;
}

/** Visits begin at loads, and after a sixteenth of a memory's worth of faults without a use. */
function visitStarts(own: readonly Event[], frameCount: number): Event[] {
  const apart = Math.max(1, Math.floor(frameCount / 16));
  const uses = own.filter(({ kind }) => kind !== 'leave');
  return uses.filter(({ kind, fault }, i) => kind === 'load' || fault - uses[i - 1].fault >= apart);
}

function visitsOf(log: readonly Event[], page: number, faults: number, frameCount: number) {
  const own = rememberedOf(log, page, frameCount);
  const visits = visitStarts(own, frameCount);
  const lastUse = own.findLast(({ kind }) => kind !== 'leave')!.fault;
  const gaps = visits
    .slice(1)
    .map(({ fault }, i) => Math.max(1, fault - visits[i].fault))
    .reverse();
  const lags = lagsOf(log, frameCount);
  // The uses that are known of: the last one, and where the last four visits began.
  const known = [lastUse, ...visits.slice(-4).map(({ fault }) => fault)];
  const aheadBy = (lag: number): number => {
    if (lag === 0) return UNKNOWN * frameCount;
    const then = faults - lag;
    const after = known.filter((fault) => fault > then);
    return after.length === 0 ? lag + then - lastUse : Math.min(...after) - then;
  };
  return {
    visits,
    gap: (i: number): number => gaps[i] ?? UNKNOWN * frameCount,
    decayed: (halfLife: number): number =>
      visits.reduce((sum, { fault }) => {
        const ended = Math.floor(faults / halfLife) - Math.floor(fault / halfLife);
        return sum + (ended > 30 ? 0 : 0.5 ** ended);
      }, 0),
    idleFaults: faults - lastUse,
    ahead: {
      latest: aheadBy(lags[7]),
      median: aheadBy([...lags].sort((a, b) => a - b)[4]),
      soonest: Math.min(...lags.map(aheadBy)),
    },
  };
}

const lagsByLog = new Map<string, number[]>();

/** Of the last eight visits of pages that came back after long, the gaps; 0 before there are. */
function lagsOf(log: readonly Event[], frameCount: number): number[] {
  const key = JSON.stringify([log, frameCount]);
  const made = lagsByLog.get(key);
  if (made !== undefined) return made;
  lagsByLog.clear();
  const lags = log.flatMap((event, i) => {
    const own = rememberedOf(log.slice(0, i + 1), event.page, frameCount);
    const [previous, last] = visitStarts(own, frameCount).slice(-2);
    if (event.kind === 'leave' || last !== event) return [];
    const gap = Math.max(1, event.fault - previous.fault);
    return gap >= frameCount / 4 ? [gap] : [];
  });
  const last = [0, 0, 0, 0, 0, 0, 0, 0, ...lags].slice(-8);
  lagsByLog.set(key, last);
  return last;
}

/** Loads, departures, and of uses those that accessed bits show at the ends of intervals. */
function sampledLog(whole: readonly Event[], tick: number, frameCount: number): Event[] {
  const interval = 2 * frameCount;
  const log: Event[] = [];
  for (let end = interval; end - interval <= tick; end += interval) {
    const past = whole.filter((event) => event.tick < end);
    log.push(...past.filter((event) => event.tick >= end - interval && event.kind !== 'use'));
    if (end > tick) break;
    const resident = new Map<number, Event>();
    for (const event of past) {
      if (event.kind === 'leave') resident.delete(event.page);
      else resident.set(event.page, event);
    }
    // A load sets the bit, too, so that of a page that is new nothing is learned.
    const isNew = ({ page }: Event): boolean =>
      past.some(
        (event) => event.page === page && event.kind === 'load' && event.tick >= end - interval,
      );
    const set = [...resident.values()].filter(
      (event) => event.tick >= end - interval && !isNew(event),
    );
    const fault = loadsOf(past);
    log.push(
      ...set
        .sort((a, b) => a.frame - b.frame)
        .map((event): Event => ({ ...event, kind: 'use', tick: end, fault })),
    );
  }
  return log;
}

/** What is still known of `page`: what happened since it was forgotten last. */
function rememberedOf(whole: readonly Event[], page: number, frameCount: number): Event[] {
  let own: Event[] = [];
  for (const [i, event] of whole.entries()) {
    if (event.page !== page) continue;
    const last = own[own.length - 1];
    if (event.kind === 'load' && last?.kind === 'leave') {
      const since = whole.slice(whole.indexOf(last) + 1, i);
      if (since.filter(({ kind }) => kind === 'leave').length >= GHOSTS_PER_FRAME * frameCount) {
        own = [];
      }
    }
    own.push(event);
  }
  const last = own[own.length - 1];
  if (last?.kind !== 'leave') return own;
  const since = whole.slice(whole.indexOf(last) + 1);
  const departed = since.filter(({ kind }) => kind === 'leave').length;
  return departed >= GHOSTS_PER_FRAME * frameCount ? [] : own;
}

/** Of departures from the group of `page`'s last load the share that came back as ghosts. */
function share(
  whole: readonly Event[],
  frameCount: number,
  groupOf: (load: Event) => number,
  page: number,
): number {
  const departed = new Map<number, number>();
  const returned = new Map<number, number>();
  const groups = new Map<number, number>();
  for (const [i, event] of whole.entries()) {
    if (event.kind === 'load') {
      const known = rememberedOf(whole.slice(0, i), event.page, frameCount);
      const group = groups.get(event.page);
      if (known.length > 0 && group !== undefined) {
        returned.set(group, (returned.get(group) ?? 0) + 1);
      }
      groups.set(event.page, groupOf(event));
    } else if (event.kind === 'leave') {
      const group = groups.get(event.page)!;
      departed.set(group, (departed.get(group) ?? 0) + 1);
    }
  }
  const group = groups.get(page)!;
  return Math.min(1, ((returned.get(group) ?? 0) + 1) / ((departed.get(group) ?? 0) + 2));
}

/** Few pages come back often, many are forgotten; fewer departures than rates of reuse hold. */
const columns = fc.record({
  string: fc.oneof(
    randomStrings({ pages: 40, maxLength: 90 }),
    randomStrings({ pages: 6, minLength: 30, maxLength: 60 }),
  ),
  sequences: fc.array(fc.nat(2), { minLength: 90, maxLength: 90 }),
  signatures: fc.array(fc.nat(3), { minLength: 90, maxLength: 90 }),
  uses: fc.array(fc.nat(4), { minLength: 40, maxLength: 40 }),
  frameCount: fc.constantFrom(1, 2, 3, 4, 5, 33),
});

it('every feature says what a naive reading of the log says', () => {
  const compared = new Set<string>();
  fc.assert(
    fc.property(columns, ({ string: plain, sequences, signatures, uses, frameCount }) => {
      const string: ReferenceString = {
        ...plain,
        // No exits: a page that was given back may leave no trace of being dirty.
        releases: undefined,
        sequences: Uint32Array.from(sequences).subarray(0, plain.pages.length),
        signatures: Uint32Array.from(signatures).subarray(0, plain.pages.length),
        uses: Uint8Array.from(uses).subarray(0, plain.pageCount),
        places: {
          objects: new Uint32Array(plain.pageCount),
          indices: Float64Array.from({ length: plain.pageCount }, (_, page) => page),
        },
      };
      const log: Event[] = [];
      let set: FeatureSet | undefined;
      const watched = withLog(log, features, (made) => {
        set = made;
      });
      replayVerified(string, {
        frameCount,
        policy: watched,
        seed: 1,
        observe:
          ({ frames }) =>
          (_victim, _wanted, tick) => {
            const candidates = Int32Array.from(frames.pageOf.keys());
            const out = new Float32Array(frameCount);
            const naive = [...frames.pageOf].map((page) => said(log, page, tick, string, frames));
            for (const [i, { id }] of features.entries()) {
              set!.fill(i, candidates, frameCount, tick, out, 0);
              expect([id, [...out]]).toEqual([id, naive.map((row) => Math.fround(row[id]))]);
              compared.add(id);
            }
          },
      });
    }),
    { seed: 5, numRuns: 300 },
  );
  expect([...compared]).toEqual(features.map(({ id }) => id));
});

it('no feature sees the future: whatever comes later, each says the same up to there', () => {
  const strings = randomStrings({ pages: 14, minLength: 60, maxLength: 120, maxReleases: 0 });
  let compared = 0;
  const property = fc.property(strings, fc.integer({ min: 2, max: 6 }), (string, frameCount) => {
    const border = string.pages.length >> 1;
    // The same pages in another order: nothing is known beforehand but how many there are.
    const later: ReferenceString = {
      ...string,
      pages: Uint32Array.from(string.pages, (page, tick) =>
        tick < border ? page : string.pages[string.pages.length - 1 - (tick - border)],
      ),
      writes: Uint8Array.from(string.writes, (write, tick) => (tick < border ? write : 1 - write)),
    };
    const saidBefore = (references: ReferenceString): number[] => {
      const said: number[] = [];
      let set: FeatureSet | undefined;
      const watched = withFeatures(policies.get('random')!, {}, catalog, (made) => {
        set = made;
      });
      replayVerified(references, {
        frameCount,
        policy: watched,
        seed: 1,
        observe: () => (_victim, _wanted, tick) => {
          if (tick >= border) return;
          const out = new Float32Array(frameCount);
          const frames = Int32Array.from({ length: frameCount }, (_, frame) => frame);
          for (let i = 0; i < catalog.length; i++) {
            set!.fill(i, frames, frameCount, tick, out, 0);
            said.push(...out);
          }
        },
      });
      return said;
    };
    const said = saidBefore(string);
    expect(saidBefore(later)).toEqual(said);
    compared += said.length;
  });
  fc.assert(property, { seed: 7, numRuns: 40 });
  expect(compared).toBeGreaterThan(10_000);
});

it('a feature is given nothing but the past, even where the policy it watches has the future', () => {
  const given: string[][] = [];
  const spy = defineFeature({
    ...catalog[0],
    create(context) {
      given.push(Object.keys(context).sort());
      return () => {};
    },
  });
  const min = policies.get('min')!;
  const string = references('0 1 2 3 0 1');
  replayVerified(string, {
    frameCount: 2,
    policy: withFeatures(min, {}, [spy], () => {}),
    seed: 1,
  });
  expect(given).toEqual([
    ['frames', 'pages', 'random', 'sequenceAt', 'signatureAt', 'track', 'writeAt'],
  ]);
  // @ts-expect-error: nor may it declare to see it.
  defineFeature({ ...catalog[0], observes: 'future' });
});

/** Random replacement, watched by the features and by a log that is told first. */
function withLog(log: Event[], watching: readonly Feature[], onCreated: (set: FeatureSet) => void) {
  const random = policies.get('random')!;
  return withFeatures(
    {
      ...random,
      observes: 'every-reference',
      create(context, options) {
        const inner = random.create(context, options);
        const { frames } = context;
        const add = (kind: Event['kind'], frame: number, tick: number): void => {
          const faults = log.filter((event) => event.kind === 'load').length;
          const fault = faults + (kind === 'load' ? 1 : 0);
          const page = frames.pageOf[frame];
          log.push({ kind, page, frame, tick, fault, dirty: frames.dirty[frame] });
        };
        return {
          ...inner,
          onLoad(frame, tick) {
            add('load', frame, tick);
            inner.onLoad(frame, tick);
          },
          onReference: (frame, tick) => add('use', frame, tick),
          chooseVictim: (wanted, tick) => inner.chooseVictim(wanted, tick),
          onFree(frame, tick) {
            add('leave', frame, tick);
            inner.onFree(frame, tick);
          },
          onInterval() {},
        };
      },
    },
    {},
    watching,
    onCreated,
  );
}
