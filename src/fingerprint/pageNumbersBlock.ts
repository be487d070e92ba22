/*
 * Block pageNumbers: per dense page, the step from the page number before it, so that neighbours
 * are ones. Steps are 64 bits, zigzag (0 −1 1 −2 …), in 8 planes of bytes, least significant first:
 * the upper planes are nothing but zeros.
 */
import { damaged } from './damaged.ts';
import { PageNumbering } from './pageNumbering.ts';

/** Which half of a 64-bit number comes first in memory here. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;

export function encodePageNumbers(pageNumbers: BigUint64Array): Uint8Array {
  const count = pageNumbers.length;
  const planes = new Uint8Array(count * 8);
  const halves = new Uint32Array(2);
  const step = new BigInt64Array(halves.buffer);
  let before = 0n;
  for (let page = 0; page < count; page++) {
    step[0] = pageNumbers[page] - before;
    before = pageNumbers[page];
    step[0] = (step[0] << 1n) ^ (step[0] >> 63n);
    for (let plane = 0; plane < 4; plane++) {
      planes[plane * count + page] = halves[LOW] >>> (8 * plane);
      planes[(plane + 4) * count + page] = halves[1 - LOW] >>> (8 * plane);
    }
  }
  return planes;
}

/** All different, or the block is damaged. */
export function decodePageNumbers(planes: Uint8Array, count: number): BigUint64Array {
  if (planes.length !== count * 8) throw damaged('block pageNumbers has another length');
  const pageNumbers = new BigUint64Array(count);
  const halves = new Uint32Array(pageNumbers.buffer);
  const numbering = new PageNumbering();
  let beforeLow = 0;
  let beforeHigh = 0;
  for (let page = 0; page < count; page++) {
    let low = 0;
    let high = 0;
    for (let plane = 3; plane >= 0; plane--) {
      low = (low << 8) | planes[plane * count + page];
      high = (high << 8) | planes[(plane + 4) * count + page];
    }
    // Undo the zigzag, then add to the page number before, both by halves.
    const sign = (low << 31) >> 31;
    const stepLow = (((low >>> 1) | (high << 31)) ^ sign) >>> 0;
    const stepHigh = (high >>> 1) ^ sign;
    const sum = beforeLow + stepLow;
    beforeHigh = (beforeHigh + stepHigh + (sum > 0xffffffff ? 1 : 0)) >>> 0;
    beforeLow = sum >>> 0;
    halves[2 * page + LOW] = beforeLow;
    halves[2 * page + 1 - LOW] = beforeHigh;
    if (numbering.pageOf(beforeHigh, beforeLow) !== page) {
      throw damaged('two pages have one page number');
    }
  }
  return pageNumbers;
}
