/** What a reference string tells of its pages and of who refers. */
import { expect, it } from 'vitest';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { parseFingerprint } from '../../src/fingerprint/textCodec.ts';

const text = (lines: string) => parseFingerprint(`@page-size 1\n${lines}\n`, 'x');

it('says who made each reference', () => {
  const { sequences } = linearize(text('a R(1) S(2) R(1)\nb S(1) R(2) R(3)'));
  expect(sequences).toEqual(Uint32Array.of(0, 1, 1, 0));
});

it('says the same with maps, a copy made by a fork included', () => {
  const map = 'M(0,9,anonymous)';
  const { sequences, pages } = linearize(text(`a ${map} W(1) F(b) S(9) R(1)\nb W(1) E`));
  expect([...pages]).toEqual([0, 0, 1, 0]);
  expect(sequences).toEqual(Uint32Array.of(0, 1, 1, 0));
});

it('places a page in its file, its shared memory, or the anonymous map of its process', () => {
  const maps = 'M(10,4,file:/f@2,private) M(20,4,anonymous)';
  const { places } = linearize(text(`a ${maps} R(11) R(13) R(21)\nb ${maps} R(11) R(21)`));
  expect(places?.objects).toEqual(Uint32Array.of(0, 0, 1, 2));
  expect(places?.indices).toEqual(Float64Array.of(3, 5, 21, 21));
});

it('places a page at its number in the one address space there is without maps', () => {
  const { places } = linearize(text('a R(7) R(5)'));
  expect(places).toEqual({ objects: new Uint32Array(2), indices: Float64Array.of(7, 5) });
});
