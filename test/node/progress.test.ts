import { describe, expect, it } from 'vitest';
import { progress } from '../../src/node/progress.ts';

function terminal(isTTY: boolean): { isTTY: boolean; write(text: string): boolean; text: string } {
  return {
    isTTY,
    text: '',
    write(text) {
      this.text += text;
      return true;
    },
  };
}

describe('progress', () => {
  it('is silent where there is no terminal', () => {
    const pipe = terminal(false);
    const reading = progress('reading', 10, { terminal: pipe });
    reading.update(5);
    reading.done();
    expect(pipe.text).toBe('');
  });

  it('shows the first count at once and takes its line away', () => {
    const screen = terminal(true);
    const reading = progress('reading, bytes', 1000, { terminal: screen });
    reading.update(500);
    expect(screen.text).toBe('\r\x1b[Kreading, bytes 500 of 1,000');
    reading.done();
    expect(screen.text.endsWith('\r\x1b[K')).toBe(true);
  });

  /** The last line of a run whose updates come at these times. */
  function lastLine(updates: readonly (readonly [atMs: number, count: number])[]): string {
    const screen = terminal(true);
    let clockMs = 5000;
    const running = progress('jobs', 100, { terminal: screen, nowMs: () => clockMs });
    for (const [atMs, count] of updates) {
      clockMs = 5000 + atMs;
      running.update(count);
    }
    return screen.text.split('\r\x1b[K').at(-1) ?? '';
  }

  it('says how long the rest takes at the pace so far', () => {
    expect(lastLine([[1000, 1]])).toBe('jobs 1 of 100');
    expect(lastLine([[4000, 20]])).toBe('jobs 20 of 100, about 16 s left');
    expect(lastLine([[60_000, 10]])).toBe('jobs 10 of 100, about 9 min left');
    expect(lastLine([[36_000_000, 80]])).toBe('jobs 80 of 100, about 2.5 h left');
    expect(lastLine([[9000, 0]])).toBe('jobs 0 of 100');
  });

  it('forgets what went by in no time when the run was resumed', () => {
    const resumed: [number, number][] = [[200, 60]];
    for (let step = 1; step <= 20; step++) resumed.push([200 + 1000 * step, 60 + step]);
    expect(lastLine(resumed)).toBe('jobs 80 of 100, about 20 s left');
  });
});
