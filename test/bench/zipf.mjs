/** The reference string all benchmarks replay: Zipf, of file pages, a fifth of it writes. */
import { Random } from '../../dist/support/random.js';

/**
 * `referenceCount` draws of `pageCount` pages, the page of rank r with probability ∝ 1/r, by the
 * alias method (Walker 1977). Pages are numbered by first use, as in every fingerprint.
 */
export function zipfReferences(referenceCount, pageCount, seed) {
  const random = new Random(seed);
  const { threshold, alias } = aliasTable(pageCount);
  const pages = new Uint32Array(referenceCount);
  const writes = new Uint8Array(referenceCount);
  const numberOf = new Int32Array(pageCount).fill(-1);
  let known = 0;
  for (let tick = 0; tick < referenceCount; tick++) {
    const column = random.below(pageCount);
    const rank = random.unit() < threshold[column] ? column : alias[column];
    if (numberOf[rank] < 0) numberOf[rank] = known++;
    pages[tick] = numberOf[rank];
    writes[tick] = random.below(5) === 0 ? 1 : 0;
  }
  const kinds = new Uint8Array(known).fill(1);
  return { pages, writes, pageCount: known, kinds, releases: undefined };
}

/** Columns of equal height: the part below `threshold` is the column's rank, the rest its alias. */
function aliasTable(count) {
  let sum = 0;
  for (let rank = 1; rank <= count; rank++) sum += 1 / rank;
  const threshold = Float64Array.from({ length: count }, (_, i) => count / ((i + 1) * sum));
  const alias = Int32Array.from({ length: count }, (_, i) => i);
  const small = [];
  const large = [];
  for (let i = 0; i < count; i++) (threshold[i] < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const poor = small.pop();
    const rich = large.pop();
    alias[poor] = rich;
    threshold[rich] -= 1 - threshold[poor];
    (threshold[rich] < 1 ? small : large).push(rich);
  }
  return { threshold, alias };
}
