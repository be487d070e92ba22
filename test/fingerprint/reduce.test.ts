import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeNextUse } from '../../src/engine/nextUse.ts';
import { replay } from '../../src/engine/replay.ts';
import { Action } from '../../src/fingerprint/action.ts';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint, Mapping, ReferenceString } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { reduceReferences } from '../../src/fingerprint/reduce.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { lruFaultCurve, minFaultCurve } from '../../src/optimal/faultCurve.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { policy as min } from '../../src/policies/min.ts';
import { anyFingerprint, SEED } from './arbitraries.ts';

const PAGE = 4096n;
const SLOT_PAGES = 3;

const step = fc.record({
  sequence: fc.nat(3),
  kind: fc.nat(60),
  other: fc.nat(3),
  slot: fc.nat(2),
  page: fc.nat(SLOT_PAGES - 1),
  ns: fc.nat(3),
});

/** Many references to few pages: forks, copies, releases, waits, and whole files shared. */
const busyFingerprint: fc.Arbitrary<Fingerprint> = fc
  .record({
    sequenceCount: fc.integer({ min: 1, max: 4 }),
    hasMaps: fc.boolean(),
    backing: fc.constantFrom('anonymous' as const, 'file' as const),
    steps: fc.array(step, { minLength: 20, maxLength: 300, size: 'max' }),
  })
  .map(({ sequenceCount, hasMaps, backing, steps }) => {
    const builder = new FingerprintBuilder({ name: 'busy', backing });
    for (let i = 0; i < sequenceCount; i++) builder.declare(`s${i}`);
    const tokens = new Map<string, number>();
    const acted = new Set<number>();
    const ended = new Set<number>();
    const mapped = Array.from({ length: sequenceCount }, () => new Set<number>());
    for (const { kind, slot, page, ns, ...numbers } of steps) {
      const sequence = numbers.sequence % sequenceCount;
      const other = numbers.other % sequenceCount;
      if (ended.has(sequence)) continue;
      const slots = mapped[sequence];
      const address = BigInt(slot * SLOT_PAGES + page) * PAGE;
      const map = (): void => {
        const [path, offset] = ['f', BigInt(ns) * PAGE];
        const backings: Mapping['backing'][] = [
          { kind: 'anonymous' },
          { kind: 'file', path, offset, shared: false },
          { kind: 'file', path, offset, shared: true },
          { kind: 'shared-memory', id: path, offset },
        ];
        const range = { address: BigInt(slot * SLOT_PAGES) * PAGE, pageCount: SLOT_PAGES };
        builder.map(sequence, { ...range, backing: backings[(kind + ns) % 4] });
        slots.add(slot);
      };
      const refer = (write: boolean): void => {
        if (hasMaps && !slots.has(slot)) map();
        if (write) builder.write(sequence, address);
        else builder.read(sequence, address);
      };
      if (kind < 22) refer(false);
      else if (kind < 46) refer(true);
      else if (kind < 52) builder.sleep(sequence, ns);
      else if (kind === 52) {
        tokens.set(`${sequence}>${other}`, (tokens.get(`${sequence}>${other}`) ?? 0) + 1);
        builder.wake(sequence, other);
      } else if (kind === 53) {
        const left = tokens.get(`${other}>${sequence}`) ?? 0;
        if (left === 0 && !ended.has(other)) continue;
        if (!ended.has(other)) tokens.set(`${other}>${sequence}`, left - 1);
        builder.wait(sequence, other);
      } else if (kind < 56) {
        if (other === sequence || acted.has(other)) continue;
        builder.fork(sequence, other);
        acted.add(other);
        mapped[other] = new Set(slots);
      } else if (kind < 59 && slots.has(slot)) {
        const range = { address: BigInt(slot * SLOT_PAGES) * PAGE, pageCount: SLOT_PAGES };
        builder.unmap(sequence, range);
        slots.delete(slot);
      } else if (kind >= 59) {
        builder.exit(sequence);
        ended.add(sequence);
      }
      acted.add(sequence);
    }
    return builder.finish();
  });

/** What a policy did in a memory, reference for reference as far as pages came and went. */
function faultsOf(references: ReferenceString, policy: typeof lru | typeof min, frames: number) {
  const victims: number[] = [];
  const nextUse = computeNextUse(references);
  const { pageIns, pageOuts, minorFaults, evictions, dirtyAtEnd } = replay(references, {
    frameCount: frames,
    policy,
    seed: 1,
    nextUse,
    observe: (memory) => (victim, wanted) =>
      void victims.push(memory.frames.pageOf[victim], wanted),
  });
  return { pageIns, pageOuts, minorFaults, evictions, dirtyAtEnd, victims };
}

const referenceCount = ({ sequences }: Fingerprint): number =>
  sequences.reduce((n, { actions }) => n + actions.filter((a) => a <= Action.Write).length, 0);

const reduced = (lines: string, frameCount: number): string => {
  const fingerprint = parseFingerprint(`@page-size 1\n@backing file\n${lines}`, 'x');
  return printFingerprint(reduceReferences(fingerprint, frameCount))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('@') && !line.startsWith('#'))
    .map((line) => line.replace(/0x/g, '').replace(/ +/g, ' '))
    .join('\n');
};

const OTHERS = 'a W(1) S(1) R(2) S(2) W(1) R(1)\nb R(1) S(1) R(3) S(1) R(1)';

describe('a reduced fingerprint', () => {
  it.each([
    ['a R(1) R(2) R(1) R(2) R(1)', 2, 'a R(1) R(2) R(2) R(1)', 'the second of three'],
    ['a R(1) R(2) R(1) R(3) R(1)', 2, 'a R(1) R(2) R(1) R(3) R(1)', 'none if k others are between'],
    ['a R(1) R(2) R(1) R(3) R(1)', 3, 'a R(1) R(2) R(3) R(1)', 'it if k is more'],
    ['a R(1) S(2) R(1) S(3) R(1)', 1, 'a R(1) S(5) R(1)', 'it, and adds up the sleeps'],
    ['a R(1) W(1) W(1) R(1)', 1, 'a R(1) W(1) R(1)', 'a write beside the first one'],
    ['a W(1) R(1) R(1) W(1) R(1) R(1)', 1, 'a W(1) R(1)', 'writes behind a write'],
    [OTHERS, 1, OTHERS, 'no write between reads of which the first is another sequence’s'],
    ['a R(1) S(1) W(1)\nb R(1) S(1) W(1)', 1, 'a R(1) S(1) W(1)\nb R(1) S(1) W(1)', 'no first one'],
  ])('of %j for %i frames is %j: it drops %s', (lines, frameCount, expected) => {
    expect(reduced(lines, frameCount)).toBe(expected);
  });

  it.each([
    ['E', 'an exit'],
    ['W(0)', 'a copy'],
  ])('keeps a write in place that would have been a copy before %s', (action) => {
    const lines = `a M(0,2,anonymous) W(0) F(b) R(1) S(1) R(0) S(2) W(0) R(0)\nb S(2) ${action}`;
    expect(reduced(lines, 1)).toBe(lines);
  });

  it('is canonical: the same in the notation and back', () => {
    fc.assert(
      fc.property(fc.oneof(anyFingerprint, busyFingerprint), (fingerprint) => {
        const less = reduceReferences(fingerprint, 3);
        if (/[^\x20-\x7e]/.test(printFingerprint(less))) return;
        expect(parseFingerprint(printFingerprint(less), 'x')).toEqual(less);
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('drops references only, and none before it was said once', () => {
    fc.assert(
      fc.property(busyFingerprint, fc.integer({ min: 1, max: 6 }), (fingerprint, frameCount) => {
        const less = reduceReferences(fingerprint, frameCount);
        const rest = ({ sequences, filter: _, ...shared }: Fingerprint) => ({
          ...shared,
          names: sequences.map(({ name }) => name),
          acts: sequences.map(({ actions, operands }) =>
            [...actions.keys()]
              .filter((row) => actions[row] > Action.Sleep)
              .map((row) => [actions[row], operands[row]]),
          ),
          slept: sequences.map(({ actions, operands }) =>
            operands.reduce((sum, ns, i) => sum + (actions[i] === Action.Sleep ? ns : 0), 0),
          ),
          touched: sequences.map(({ actions, operands }) =>
            [...new Set(operands.filter((_, row) => actions[row] <= Action.Write))].sort(),
          ),
          written: sequences.map(({ actions, operands }) =>
            [...new Set(operands.filter((_, row) => actions[row] === Action.Write))].sort(),
          ),
        });
        expect(rest(less)).toEqual(rest(fingerprint));
        expect(less.filter).toMatchObject({ framesMin: 4 * frameCount, reducedFor: frameCount });
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('costs LRU and MIN the same in every memory of so many frames and more', () => {
    let before = 0;
    let after = 0;
    fc.assert(
      fc.property(busyFingerprint, fc.integer({ min: 1, max: 12 }), (fingerprint, frameCount) => {
        const less = reduceReferences(fingerprint, frameCount);
        const [whole, reduced] = [linearize(fingerprint), linearize(less)];
        before += referenceCount(fingerprint);
        after += referenceCount(less);
        expect(reduced.pageCount).toBe(whole.pageCount);
        for (let frames = frameCount; frames <= whole.pageCount + 1; frames++) {
          for (const policy of [lru, min]) {
            expect(faultsOf(reduced, policy, frames)).toEqual(faultsOf(whole, policy, frames));
          }
        }
        for (const curve of [lruFaultCurve, minFaultCurve]) {
          const pageIns = (s: ReferenceString) => curve(s).pageIns.slice(frameCount - 1);
          expect(pageIns(reduced)).toEqual(pageIns(whole));
        }
      }),
      { numRuns: 1000, seed: SEED },
    );
    // Or the property would say nothing.
    expect(after).toBeLessThan(0.9 * before);
  });
});
