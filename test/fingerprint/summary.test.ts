import { describe, expect, it } from 'vitest';
import { firstActions } from '../../src/fingerprint/firstActions.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { countObjectPages, summarizeFingerprint } from '../../src/fingerprint/summary.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { Random } from '../../src/support/random.ts';

/** Three sequences of references, wakes for themselves, and sleeps that may stand in a row. */
function randomNotation(seed: number): string {
  const random = new Random(seed);
  const action = (name: string): string => {
    const address = `0x${(random.below(12) * 4096 + random.below(2)).toString(16)}`;
    return [`R(${address})`, `W(${address})`, 'S(5000000000)', `U(${name})`][random.below(4)];
  };
  const lines = ['a', 'b', 'c'].map((name) => {
    const actions = Array.from({ length: 1 + random.below(20) }, () => action(name));
    return `${name} ${actions.join(' ')}`;
  });
  return lines.join('\n');
}

describe('summarizeFingerprint', () => {
  it('counts what stands in the notation, by letter and by page', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const fingerprint = parseFingerprint(randomNotation(seed), 'random');
      const rows = printFingerprint(fingerprint)
        .trimEnd()
        .split('\n')
        .filter((line) => !line.startsWith('@'))
        .map((line) => line.split(/\s+/).slice(1));
      const count = (letter: RegExp): number => rows.flat().filter((a) => letter.test(a)).length;
      const pagesOf = rows.map(
        (row) =>
          new Set(
            row
              .filter((a) => /^[RW]/.test(a))
              .map((a) => Math.floor(Number(a.slice(2, -1)) / 4096)),
          ),
      );
      const all = [...new Set(pagesOf.flatMap((pages) => [...pages]))];
      const users = (page: number): number => pagesOf.filter((pages) => pages.has(page)).length;
      expect(summarizeFingerprint(fingerprint)).toEqual({
        sequences: 3,
        actions: rows.flat().length,
        references: count(/^[RW]/),
        reads: count(/^R/),
        writes: count(/^W/),
        pages: all.length,
        sharedPages: all.filter((page) => users(page) > 1).length,
      });
    }
  });

  it('counts a wait for several as one action', () => {
    const text = 'a U(a) D(b,c)\nb U(a)\nc U(a)';
    expect(summarizeFingerprint(parseFingerprint(text, 'waits')).actions).toBe(4);
  });

  it('does not say what is shared where addresses do not tell', () => {
    const text = 'a M(0x1000,1,anonymous) R(0x1000)\nb M(0x1000,1,anonymous) R(0x1000)';
    expect(summarizeFingerprint(parseFingerprint(text, 'maps')).sharedPages).toBeNull();
  });
});

describe('firstActions', () => {
  it('prints as the beginning of what the whole prints', () => {
    const fingerprint = parseFingerprint('a R(1) W(0x2000) R(0x3000)\nb R(0x1000)', 'begin');
    const begun = printFingerprint(firstActions(fingerprint, 2)).trimEnd().split('\n');
    const whole = printFingerprint(fingerprint).trimEnd().split('\n');
    expect(begun.slice(0, -2)).toEqual(whole.slice(0, -2));
    expect(begun.slice(-2)).toEqual(['a R(0x1) W(0x2000)', 'b R(0x1000)']);
  });
});

describe('countObjectPages', () => {
  it('without maps counts what the notation shows', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const fingerprint = parseFingerprint(randomNotation(seed), 'random');
      const { pages, sharedPages } = summarizeFingerprint(fingerprint);
      expect(countObjectPages(linearize(fingerprint))).toEqual({ objectPages: pages, sharedPages });
    }
  });

  it('tells pages apart that have one address, and finds the one that has two', () => {
    const text = [
      'a M(0x1000,1,anonymous) M(0x8000,1,file:/f@0,shared) W(0x1000) R(0x8000)',
      'b M(0x1000,2,anonymous) M(0x9000,1,file:/f@0,shared) W(0x1000) W(0x2000) R(0x9000)',
    ].join('\n');
    expect(countObjectPages(linearize(parseFingerprint(text, 'maps')))).toEqual({
      objectPages: 4,
      sharedPages: 1,
    });
  });
});
