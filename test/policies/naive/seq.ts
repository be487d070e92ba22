/** SEQ with a list of sequences that is searched, and the strings it is made for. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { ReferenceString } from '../../../src/fingerprint/fingerprint.ts';
import { stringOf } from '../../support/references.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Sequence {
  object: number;
  /** In the order of the faults. */
  indices: number[];
  /** Ticks of faults, the latest first. */
  faults: number[];
}

const policy = definePolicy({
  id: 'naive-seq',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { length: 20, nth: 5, distance: 20, sequences: 200 },
  create({ frames, pages: { places } }, { length, nth, distance, sequences: limit }) {
    let order: number[] = [];
    let sequences: Sequence[] = [];
    const use = (frame: number): void => {
      order = [...order.filter((other) => other !== frame), frame];
    };
    const directionOf = ({ indices }: Sequence): number =>
      indices.length === 1 ? 0 : indices[1] - indices[0];
    const drop = (gone: Sequence | undefined): void => {
      sequences = sequences.filter((sequence) => sequence !== gone);
    };
    const cutDirection = new Map<Sequence, number>();

    const fault = (page: number, tick: number): void => {
      if (places === undefined) return;
      const [object, index] = [places.objects[page], places.indices[page]];
      const same = sequences.filter((sequence) => sequence.object === object);
      const covering = same.find(({ indices }) => indices.includes(index));
      const growers = same.filter((sequence) => {
        const step = index - sequence.indices[sequence.indices.length - 1];
        const direction = cutDirection.get(sequence) ?? directionOf(sequence);
        return Math.abs(step) === 1 && (direction === 0 || direction === step);
      });
      growers.sort((a, b) => b.faults[0] - a.faults[0]);
      const [grower, loser] = growers;
      drop(loser);
      if (grower !== undefined) {
        drop(covering);
        grower.indices.push(index);
        grower.faults.unshift(tick);
        return;
      }
      if (covering !== undefined) {
        const direction = cutDirection.get(covering) ?? directionOf(covering);
        if (direction === 0) {
          covering.faults.unshift(tick);
          return;
        }
        covering.indices = covering.indices.slice(0, covering.indices.indexOf(index));
        if (covering.indices.length === 0) drop(covering);
        cutDirection.set(covering, direction);
      }
      if (sequences.length === limit) {
        drop([...sequences].sort((a, b) => a.faults[0] - b.faults[0])[0]);
      }
      sequences.push({ object, indices: [index], faults: [tick] });
    };

    return {
      onLoad(frame, tick) {
        use(frame);
        fault(frames.pageOf[frame], tick);
      },
      onReference: use,
      chooseVictim() {
        const long = sequences.filter(({ indices }) => indices.length >= length);
        long.sort((a, b) => b.faults[nth - 1] - a.faults[nth - 1]);
        for (const { object, indices } of long) {
          const old = indices.slice(0, Math.max(0, indices.length - distance)).reverse();
          for (const index of old) {
            const copies = [...frames.pageOf].filter(
              (page) => places!.objects[page] === object && places!.indices[page] === index,
            );
            if (copies.length > 0) return frames.pageOf.indexOf(Math.min(...copies));
          }
        }
        return order[0];
      },
      onFree(frame) {
        order = order.filter((other) => other !== frame);
      },
      onInterval() {},
    };
  },
});

/** Walks over 36 pages in two objects, with holes, copies and exits. */
export const walks: fc.Arbitrary<ReferenceString> = fc
  .record({
    walks: fc.array(
      fc.record({
        start: fc.nat(35),
        count: fc.integer({ min: 1, max: 20 }),
        step: fc.constantFrom(1, 1, -1),
      }),
      { minLength: 1, maxLength: 30 },
    ),
    released: fc.array(fc.tuple(fc.nat(400), fc.nat(35)), { maxLength: 10 }),
    holes: fc.uniqueArray(fc.nat(35), { maxLength: 3 }),
    copies: fc.uniqueArray(fc.nat(35), { maxLength: 4 }),
  })
  .map(({ walks: list, released, holes, copies }) => {
    const pages = list.flatMap(({ start, count, step }) =>
      Array.from({ length: count }, (_, i) => (start + i * step + 36 * 20) % 36),
    );
    const rows = released
      .map(([tick, page]): [number, number] => [Math.min(tick, pages.length), page])
      .sort(([a], [b]) => a - b);
    const string = stringOf([...pages, 35], new Array<number>(pages.length + 1).fill(0), {
      released: rows,
    });
    let index = 0;
    const places = { objects: new Uint32Array(36), indices: new Float64Array(36) };
    for (let page = 0; page < 36; page++) {
      if (page === 24) index = 0;
      if (holes.includes(page)) index += 3;
      places.objects[page] = page < 24 ? 4 : 1;
      places.indices[page] = copies.includes(page) ? Math.max(0, index - 1) : index++;
    }
    return { ...string, places };
  });

export const naive: NaiveVersion = {
  policy,
  options: {
    length: fc.integer({ min: 3, max: 6 }),
    nth: fc.integer({ min: 1, max: 3 }),
    distance: fc.integer({ min: 0, max: 4 }),
    sequences: fc.integer({ min: 1, max: 6 }),
  },
  strings: walks,
};
