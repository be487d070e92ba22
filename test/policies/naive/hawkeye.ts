/** Hawkeye with the sampled uses of all time in an array, of which the last are looked at. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';
import { walks } from './seq.ts';

interface Use {
  readonly page: number;
  readonly row: number;
  /** Pages that MIN holds from this use to the next. */
  held: number;
  isOver: boolean;
}

const hash = (value: number): number => Math.imul(value, 0x9e3779b1) >>> 0;

const policy = definePolicy({
  id: 'naive-hawkeye',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  defaults: { sampled: 255, region: 4096 },
  create({ frames, pages: { places }, signatureAt }, { sampled, region }) {
    const oneOf = Math.ceil(frames.frameCount / sampled);
    const capacity = Math.round(frames.frameCount / oneOf);
    const counters = new Map<number, number>();
    const uses: Use[] = [];
    /** The last one used is the last. */
    let residents: { page: number; row: number; isFriendly: boolean }[] = [];
    let isEvicting = false;

    const counterOf = (row: number): number => counters.get(row) ?? 4;
    const train = (row: number, by: number): void => {
      counters.set(row, Math.max(0, Math.min(7, counterOf(row) + by)));
    };
    const rowAt = (page: number, tick: number): number => {
      const signature = signatureAt(tick);
      if (signature !== 0) return Math.floor(hash(signature) / 2 ** 19);
      const index = places === undefined ? page : places.indices[page];
      const object = places === undefined ? 0 : places.objects[page];
      return Math.floor(hash(Math.floor(index / region) + hash(object)) / 2 ** 19);
    };
    const learn = (page: number, row: number): void => {
      const expired = uses[uses.length - 8 * capacity];
      if (expired !== undefined && !expired.isOver) {
        train(expired.row, -1);
        expired.isOver = true;
      }
      const last = uses.find((use) => use.page === page && !use.isOver);
      if (last !== undefined) {
        const between = uses.slice(uses.indexOf(last));
        const fits = between.every(({ held }) => held < capacity);
        if (fits) for (const use of between) use.held++;
        train(last.row, fits ? 1 : -1);
        last.isOver = true;
      }
      uses.push({ page, row, held: 0, isOver: false });
    };
    const use = (frame: number, tick: number): void => {
      const page = frames.pageOf[frame];
      const row = rowAt(page, tick);
      if (hash(page) % oneOf === 0) learn(page, row);
      residents = residents.filter((other) => other.page !== page);
      residents.push({ page, row, isFriendly: counterOf(row) >= 4 });
    };
    return {
      onLoad: use,
      onReference: use,
      chooseVictim() {
        isEvicting = true;
        const averse = residents.filter(({ isFriendly }) => !isFriendly);
        return frames.pageOf.indexOf((averse[0] ?? residents[0]).page);
      },
      onFree(frame) {
        const page = frames.pageOf[frame];
        const resident = residents.find((other) => other.page === page)!;
        residents = residents.filter((other) => other !== resident);
        if (isEvicting && resident.isFriendly && hash(page) % oneOf === 0) train(resident.row, -1);
        if (!isEvicting) for (const other of uses) if (other.page === page) other.isOver = true;
        isEvicting = false;
      },
      onInterval() {},
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { sampled: fc.constantFrom(1, 2, 3, 255), region: fc.integer({ min: 1, max: 16 }) },
  strings: fc
    .tuple(walks, fc.array(fc.nat(5), { minLength: 1, maxLength: 40 }), fc.boolean())
    .map(([string, signatures, isKnown]) => {
      if (!isKnown) return string;
      const { length } = string.pages;
      return {
        ...string,
        signatures: Uint32Array.from({ length }, (_, i) => signatures[i % signatures.length]),
      };
    }),
};
