import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlapped } from '../../src/node/overlapped.ts';

interface Work {
  readonly readingTicks: number;
  readonly workingTicks: number;
}

const works = fc.array(fc.record({ readingTicks: fc.nat(5), workingTicks: fc.nat(20) }), {
  maxLength: 12,
});

async function pass(ticks: number): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
}

/** Begins the works, telling what happened in which order. */
function began(list: readonly Work[], events: string[]) {
  return overlapped([...list.keys()], async (input) => {
    events.push(`read ${input}`);
    await pass(list[input].readingTicks);
    events.push(`work ${input}`);
    const ended = pass(list[input].workingTicks).then(() => {
      events.push(`end ${input}`);
      return input;
    });
    return { ended };
  });
}

describe('overlapped work', () => {
  it('gives results in the order of the inputs, two of which are there at a time', async () => {
    await fc.assert(
      fc.asyncProperty(works, async (list) => {
        const events: string[] = [];
        expect(await began(list, events)).toEqual([...list.keys()]);
        const here = new Set<string>();
        for (const event of events) {
          const [what, input] = event.split(' ');
          if (what === 'read') here.add(input);
          if (what === 'end') here.delete(input);
          expect(here.size).toBeLessThanOrEqual(2);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('has the next jobs waiting before the last have ended', async () => {
    const events: string[] = [];
    await began(Array(3).fill({ readingTicks: 2, workingTicks: 30 }), events);
    expect(events.join(', ')).toBe(
      'read 0, work 0, read 1, work 1, end 0, read 2, work 2, end 1, end 2',
    );
  });

  it('fails with what reading the next input fails with, whatever the last one does', async () => {
    for (const ticks of [0, 50]) {
      const all = overlapped(['fails at work', 'fails at reading'], async (input) => {
        await pass(10);
        if (input === 'fails at reading') throw new Error(input);
        const ended = pass(ticks).then(() => {
          throw new Error(input);
        });
        return { ended };
      });
      await expect(all).rejects.toThrow('fails at reading');
      await pass(100);
    }
  });

  it('fails with the work of the first input that fails', async () => {
    const all = overlapped([30, 0], async (ticks) => ({
      ended: pass(ticks).then(() => {
        throw new Error(`after ${ticks}`);
      }),
    }));
    await expect(all).rejects.toThrow('after 30');
  });
});
