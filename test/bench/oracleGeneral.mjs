/*
 * `node test/bench/oracleGeneral.mjs FILE` after `npm run build`: the string of the large benchmark
 * as libCacheSim reads it (oracleGeneral: time, object, size, next access; 24 bytes a reference), to
 * run its `cachesim` on the same references. README.md beside this has the commands.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { computeNextUse } from '../../dist/engine/nextUse.js';
import { LARGE, SEED } from './size.mjs';
import { zipfReferences } from './zipf.mjs';

const RECORD_BYTES = 24;
const RECORDS_A_WRITE = 1e6;

const references = zipfReferences(LARGE.references, LARGE.pages, SEED);
const { pages } = references;
const { next } = computeNextUse(references);
const file = openSync(process.argv[2], 'w');
const view = new DataView(new ArrayBuffer(RECORDS_A_WRITE * RECORD_BYTES));
for (let from = 0; from < pages.length; from += RECORDS_A_WRITE) {
  const count = Math.min(RECORDS_A_WRITE, pages.length - from);
  for (let i = 0; i < count; i++) {
    const tick = from + i;
    const at = i * RECORD_BYTES;
    view.setUint32(at, tick, true);
    view.setUint32(at + 4, pages[tick], true);
    view.setUint32(at + 12, 1, true);
    view.setBigInt64(at + 16, BigInt(next[tick] === pages.length ? -1 : next[tick]), true);
  }
  writeSync(file, view, 0, count * RECORD_BYTES);
}
closeSync(file);
