/** Processes that fork: who copies what depends on who is late. */
import fc from 'fast-check';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';

/** A family that shares four pages, and is delayed by those of a file. */
export const families = fc
  .array(
    fc.array(fc.constantFrom('W(0)', 'W(1)', 'W(2)', 'W(3)', 'R(0)', 'R(1)', 'R(9)', 'S(4)'), {
      minLength: 5,
      maxLength: 25,
    }),
    { minLength: 3, maxLength: 3 },
  )
  .map(([a, b, c]) => {
    // Each reads pages of the file that nobody else reads.
    const own = (words: string[], first: number): string =>
      words.map((word, i) => (word === 'R(9)' ? `R(${first + (i % 9)})` : word)).join(' ');
    const maps = 'M(0,4,anonymous) M(10,40,file:/f@0,shared) W(0) W(1) W(2) W(3)';
    const lines = [`a ${maps} F(b) F(c) ${own(a, 10)} E`, `b ${own(b, 20)} E`, `c ${own(c, 30)} E`];
    return parseFingerprint(`@page-size 1\n${lines.join('\n')}`, 'family');
  });
