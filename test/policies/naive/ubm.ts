/** UBM with maps and arrays, sorted anew at each eviction. */
import fc from 'fast-check';
import { definePolicy } from '../../../src/engine/policy.ts';
import type { NaiveVersion } from './naiveVersions.ts';
import { walks } from './seq.ts';

interface Run {
  start: number;
  end: number;
  startedAt: number;
  loop?: { readonly end: number; readonly period: number } | undefined;
}

interface Resident {
  readonly frame: number;
  readonly page: number;
  usedAt: number;
  sort: 'sequential' | 'looping' | 'other';
  period: number;
}

const policy = definePolicy({
  id: 'naive-ubm',
  title: 'for tests',
  source: 'for tests',
  observes: 'every-reference',
  interval: (frameCount) => frameCount,
  defaults: { length: 20 },
  create({ frames, pages: { places } }, { length }) {
    const limit = Math.ceil(frames.frameCount / 8);
    const runs = new Map<number, Run>();
    /** The last one moved is the last. */
    let residents: Resident[] = [];
    let ghosts: number[] = [];
    let [returns, references, isEvicting] = [0, 0, false];

    const move = (resident: Resident): void => {
      residents = [...residents.filter((other) => other !== resident), resident];
    };
    const moveAll = (object: number, from: number, to: number, change: Partial<Resident>): void => {
      const inside = residents.filter(
        ({ page }) =>
          places!.objects[page] === object &&
          places!.indices[page] >= from &&
          places!.indices[page] <= to,
      );
      inside.sort((a, b) => places!.indices[a.page] - places!.indices[b.page] || a.page - b.page);
      for (const resident of inside) move(Object.assign(resident, change));
    };
    const use = (frame: number, tick: number): void => {
      references++;
      const resident = residents.find((other) => other.frame === frame)!;
      resident.usedAt = tick;
      move(resident);
      if (places === undefined) return;
      const [object, index] = [places.objects[resident.page], places.indices[resident.page]];
      const run = runs.get(object);
      if (run !== undefined && index === run.end) return;
      if (run !== undefined && index === run.end + 1) {
        run.end = index;
        const count = index - run.start + 1;
        if (run.loop !== undefined && index <= run.loop.end) {
          Object.assign(resident, { sort: 'looping', period: run.loop.period });
        } else if (count >= length) {
          resident.sort = 'sequential';
          if (count === length) {
            // The rest of the run moves after the page that made it a sequence.
            moveAll(object, run.start, index - 1, { sort: 'sequential' });
          }
        } else resident.sort = 'other';
      } else if (run !== undefined && index === run.start && run.end - run.start + 1 >= length) {
        const loop = { end: run.end, period: tick - run.startedAt };
        Object.assign(resident, { sort: 'looping', period: loop.period });
        moveAll(object, run.start, run.end, { sort: 'looping', period: loop.period });
        Object.assign(run, { end: index, startedAt: tick, loop });
      } else {
        resident.sort = 'other';
        runs.set(object, { start: index, end: index, startedAt: tick });
      }
    };

    return {
      onLoad(frame, tick) {
        const page = frames.pageOf[frame];
        if (ghosts.includes(page)) returns++;
        ghosts = ghosts.filter((other) => other !== page);
        residents.push({ frame, page, usedAt: tick, sort: 'other', period: 0 });
        use(frame, tick);
      },
      onReference: use,
      chooseVictim() {
        isEvicting = true;
        const sequential = residents.filter(({ sort }) => sort === 'sequential');
        if (sequential.length > 0) return sequential[sequential.length - 1].frame;
        const looping = residents.filter(({ sort }) => sort === 'looping');
        looping.sort((a, b) => b.period - a.period || b.usedAt - a.usedAt);
        const other = residents.filter(({ sort }) => sort === 'other');
        if (looping.length === 0) return other[0].frame;
        if (other.length === 0) return looping[0].frame;
        const isLoopWorthLess = 1 / looping[0].period < returns / (limit * references);
        return isLoopWorthLess ? looping[0].frame : other[0].frame;
      },
      onFree(frame) {
        const resident = residents.find((other) => other.frame === frame)!;
        residents = residents.filter((other) => other !== resident);
        if (isEvicting && resident.sort === 'other') ghosts = [resident.page, ...ghosts];
        ghosts = ghosts.slice(0, limit);
        isEvicting = false;
      },
      onInterval() {
        returns /= 2;
        references /= 2;
      },
    };
  },
});

export const naive: NaiveVersion = {
  policy,
  options: { length: fc.integer({ min: 2, max: 6 }) },
  strings: walks,
};
