/*
 * The traces of the teaching simulator that issue 6 calls the seed (its trace_gen, one process,
 * 256 MiB, seed 42), made from their description, so that counts published for them can be met.
 *
 *   draw      s ← 6364136223846793005 s + 1442695040888963407 mod 2⁶⁴; all 64 bits are the draw
 *   each reference first draws whether it writes, but for `thrashing`, which draws nothing
 *
 * The low bits of such draws have short periods, so the traces are less random than they look: golden
 * data, no workloads.
 */
import { PageKind, type ReferenceString } from '../../src/fingerprint/fingerprint.ts';

const PAGE_BYTES = 4096n;
const SPACE_BYTES = 256n * 1024n * 1024n;

export type SeedTrace = 'working_set' | 'locality' | 'thrashing';

/** The first `length` references of the trace; pages numbered by first use, all of a file. */
export function seedTrace(name: SeedTrace, length: number): ReferenceString {
  const touch = TOUCHES[name](drawing(42n));
  const numbers = new Map<bigint, number>();
  const pages = new Uint32Array(length);
  const writes = new Uint8Array(length);
  for (let tick = 0; tick < length; tick++) {
    const { address, isWrite } = touch(tick);
    const page = address / PAGE_BYTES;
    let number = numbers.get(page);
    if (number === undefined) numbers.set(page, (number = numbers.size));
    pages[tick] = number;
    writes[tick] = isWrite ? 1 : 0;
  }
  return {
    pages,
    writes,
    pageCount: numbers.size,
    kinds: new Uint8Array(numbers.size).fill(PageKind.File),
    releases: undefined,
  };
}

type Draw = () => bigint;

function drawing(seed: bigint): Draw {
  let state = seed;
  return () => (state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n));
}

interface Touch {
  readonly address: bigint;
  readonly isWrite: boolean;
}

const TOUCHES: Readonly<Record<SeedTrace, (draw: Draw) => (tick: number) => Touch>> = {
  /** Nine in ten in 64 pages, which move on by one every 500 references; the rest anywhere. */
  working_set: (draw) => {
    const setBytes = 64n * PAGE_BYTES;
    let base = 0n;
    return (tick) => {
      const isWrite = draw() % 5n === 0n;
      const isInside = draw() % 10n < 9n;
      const address = isInside ? base + (draw() % setBytes) : draw() % SPACE_BYTES;
      if (tick % 500 === 0) base = (base + PAGE_BYTES) % (SPACE_BYTES - setBytes);
      return { address, isWrite };
    };
  },
  /** Seven in ten at most eight pages from the start of the last page; the rest anywhere. */
  locality: (draw) => {
    let address = 0n;
    return () => {
      const isWrite = draw() % 4n === 0n;
      const isNear = draw() % 10n < 7n;
      const next = isNear ? address + (draw() % 65_536n) - 32_768n : draw();
      address = BigInt.asUintN(64, next) % SPACE_BYTES;
      address -= address % PAGE_BYTES;
      return { address, isWrite };
    };
  },
  /** A loop over 512 pages. */
  thrashing: () => (tick) => ({ address: BigInt(tick % 512) * PAGE_BYTES, isWrite: false }),
};
