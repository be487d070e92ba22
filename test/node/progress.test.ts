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
    const reading = progress('reading', 10, pipe);
    reading.update(5);
    reading.done();
    expect(pipe.text).toBe('');
  });

  it('shows the first count at once and takes its line away', () => {
    const screen = terminal(true);
    const reading = progress('reading, bytes', 1000, screen);
    reading.update(500);
    expect(screen.text).toBe('\r\x1b[Kreading, bytes 500 of 1,000');
    reading.done();
    expect(screen.text.endsWith('\r\x1b[K')).toBe(true);
  });
});
