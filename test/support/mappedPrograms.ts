/** Fingerprints with maps: anonymous memory, files, shared memory, forks, unmaps and exits. */
import fc from 'fast-check';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint, Mapping } from '../../src/fingerprint/fingerprint.ts';

const BACKINGS: readonly ((offset: bigint) => Mapping['backing'])[] = [
  () => ({ kind: 'anonymous' }),
  (offset) => ({ kind: 'file', path: '/f', offset, shared: false }),
  (offset) => ({ kind: 'file', path: '/f', offset, shared: true }),
  (offset) => ({ kind: 'file', path: '/g', offset, shared: false }),
  (offset) => ({ kind: 'shared-memory', id: '7', offset }),
];

export interface MappedOptions {
  /** Of each address space; at most a third is mapped in one piece. */
  readonly pages: number;
  /** Mapped, used or unmapped at once. */
  readonly runMax: number;
  readonly steps: number;
}

/** Programs of up to five sequences: runs of pages are mapped, used and unmapped. */
export function mappedPrograms(options: MappedOptions): fc.Arbitrary<Fingerprint> {
  const first = Math.ceil(options.pages / 3);
  const step = fc.record({
    // The first one more often than the others.
    sequence: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
    kind: fc.constantFrom(
      ...([
        'map',
        'map',
        'read',
        'write',
        'write',
        'fork',
        'unmap',
        'unmap',
        'sleep',
        'exit',
      ] as const),
    ),
    child: fc.nat(4),
    start: fc.nat(options.pages - options.runMax),
    length: fc.integer({ min: 1, max: options.runMax }),
    backing: fc.nat(BACKINGS.length - 1),
    offset: fc.nat(2),
  });

  return fc
    .array(step, { minLength: Math.ceil(options.steps / 4), maxLength: options.steps })
    .map((steps) => {
      const builder = new FingerprintBuilder({ name: 'x', pageSizeBytes: 1 });
      for (let sequence = 0; sequence < 5; sequence++) builder.declare(`s${sequence}`);
      const mapped = Array.from({ length: 5 }, () => new Set<number>());
      const acted = new Set<number>();
      const exited = new Set<number>();
      // Something to begin with, for the first sequence is alone for a while.
      builder.map(0, { address: 0n, pageCount: first, backing: { kind: 'anonymous' } });
      for (let page = 0; page < first; page++) mapped[0].add(page);
      acted.add(0);
      for (const { sequence, kind, child, start, length, backing, offset } of steps) {
        if (exited.has(sequence)) continue;
        const mine = mapped[sequence];
        // The pages from `start` that are like the first one, mapped or not.
        let end = start + 1;
        while (end < start + length && mine.has(end) === mine.has(start)) end++;
        const range = { address: BigInt(start), pageCount: end - start };
        if (kind === 'fork') {
          if (child === sequence || acted.has(child)) continue;
          builder.fork(sequence, child);
          mapped[child] = new Set(mine);
          acted.add(child);
        } else if (kind === 'sleep') builder.sleep(sequence, length);
        else if (kind === 'exit') {
          builder.exit(sequence);
          exited.add(sequence);
        } else if (kind === 'map') {
          if (mine.has(start)) continue;
          builder.map(sequence, { ...range, backing: BACKINGS[backing](BigInt(offset)) });
          for (let page = start; page < end; page++) mine.add(page);
        } else {
          if (!mine.has(start)) continue;
          for (let page = start; page < end; page++) {
            if (kind === 'read') builder.read(sequence, BigInt(page));
            else if (kind === 'write') builder.write(sequence, BigInt(page));
            else mine.delete(page);
          }
          if (kind === 'unmap') builder.unmap(sequence, range);
        }
        acted.add(sequence);
      }
      return builder.finish();
    });
}
