/** LHD with lists of events, and densities summed from the definition. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';

interface Line {
  usedAt: number;
  /** Ages at the last uses, the latest first. */
  ages: number[];
  isExplorer: boolean;
}

interface Cell {
  readonly age: number;
  hits: number;
  evictions: number;
}

const policy = definePolicy({
  id: 'naive-lhd',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  interval: (frameCount, { interval }) => interval || 16 * frameCount,
  defaults: { samples: 32, interval: 0 },
  create({ frames: { frameCount: F }, random }, { samples }) {
    // Memories of a test have up to 64 frames, so that the unit is one reference.
    const oldest = 32 * F - 1;
    const lines = new Map<number, Line>();
    const classes = Array.from({ length: 16 }, (): Cell[] => []);
    /** Density by class and age, absent before the first computation. */
    let densities: Map<number, number>[] | undefined;
    let explorerCount = 0;
    let isEvicting = false;

    const ageOf = (line: Line, tick: number): number => Math.min(oldest, tick - line.usedAt);
    const classOf = ({ ages }: Line): number => {
      if (ages.length === 0) return 0;
      const sum = ages[0] + (ages[1] ?? 0);
      if (sum === 0) return 15;
      let doublings = 0;
      while (sum * 2 ** doublings < oldest + 1) doublings++;
      return Math.min(15, doublings);
    };
    const cellOf = (line: Line, tick: number): Cell => {
      const cells = classes[classOf(line)];
      const age = ageOf(line, tick);
      const cell = cells.find((other) => other.age === age) ?? { age, hits: 0, evictions: 0 };
      if (!cells.includes(cell)) cells.push(cell);
      return cell;
    };
    const densityOf = (line: Line, tick: number): number => {
      const age = ageOf(line, tick);
      if (age === oldest) return -1;
      const at = classOf(line);
      const density = densities === undefined ? (at + 1) / (age + 1) : densities[at].get(age)!;
      return density + (line.isExplorer ? 2 : 0);
    };
    const stopExploring = (line: Line): void => {
      if (line.isExplorer) explorerCount--;
      line.isExplorer = false;
    };
    /** Summed from the oldest age down, for the same rounding. */
    const densitiesOf = (cells: readonly Cell[]): Map<number, number> => {
      const result = new Map<number, number>();
      let [hits, events, time] = [0, 0, 0];
      for (let age = oldest; age >= 0; age--) {
        const cell = cells.find((other) => other.age === age);
        hits += cell?.hits ?? 0;
        events += (cell?.hits ?? 0) + (cell?.evictions ?? 0);
        time += events;
        result.set(age, events > 1e-5 ? hits / time : 0);
      }
      return result;
    };

    return {
      onLoad(frame, tick) {
        const line = { usedAt: tick, ages: [], isExplorer: false };
        lines.set(frame, line);
        const budget = Math.ceil(0.01 * F);
        if (explorerCount < budget && random.below(32) === 0) {
          line.isExplorer = true;
          explorerCount++;
        }
      },
      onReference(frame, tick) {
        const line = lines.get(frame)!;
        cellOf(line, tick).hits++;
        line.ages.unshift(ageOf(line, tick));
        line.usedAt = tick;
        stopExploring(line);
      },
      chooseVictim(_wanted, tick) {
        isEvicting = true;
        const sample = Array.from({ length: F <= samples ? F : samples }, (_, i) =>
          F <= samples ? i : random.below(F),
        );
        const worths = sample.map((frame) => densityOf(lines.get(frame)!, tick));
        return sample[worths.indexOf(Math.min(...worths))];
      },
      onFree(frame, tick) {
        const line = lines.get(frame)!;
        if (isEvicting) cellOf(line, tick).evictions++;
        stopExploring(line);
        lines.delete(frame);
        isEvicting = false;
      },
      onInterval(tick) {
        if (tick === 0) return;
        for (const cell of classes.flat()) {
          cell.hits *= 0.9;
          cell.evictions *= 0.9;
        }
        densities = classes.map(densitiesOf);
      },
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { samples: fc.constantFrom(1, 3, 8, 32), interval: fc.integer({ min: 10, max: 90 }) },
};
