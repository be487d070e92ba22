/** Small fingerprints without maps: few pages, short sleeps, waits, forks and exits. */
import fc from 'fast-check';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';

export interface SmallOptions {
  readonly sequences: number;
  readonly pages: number;
  readonly steps: number;
  readonly minSteps?: number;
}

/** Valid by being played once, in the order of the random steps. */
export function smallFingerprints(options: SmallOptions): fc.Arbitrary<Fingerprint> {
  const step = fc.record({
    sequence: fc.nat(options.sequences - 1),
    other: fc.nat(options.sequences - 1),
    // References are half of the steps.
    kind: fc.nat(11),
    page: fc.nat(options.pages - 1),
    ns: fc.integer({ min: 1, max: 9 }),
  });
  return fc
    .record({
      count: fc.integer({ min: 1, max: options.sequences }),
      backing: fc.constantFrom('anonymous' as const, 'file' as const),
      steps: fc.array(step, {
        minLength: options.minSteps ?? 0,
        maxLength: options.steps,
        size: 'max',
      }),
    })
    .map(({ count, backing, steps }) => {
      const builder = new FingerprintBuilder({ name: 'small', backing, pageSizeBytes: 1 });
      for (let i = 0; i < count; i++) builder.declare(`s${i}`);
      const tokens = new Map<string, number>();
      const acted = new Set<number>();
      const forked = new Set<number>();
      const ended = new Set<number>();
      for (const { kind, page, ns, ...numbers } of steps) {
        const sequence = numbers.sequence % count;
        const other = numbers.other % count;
        if (ended.has(sequence)) continue;
        const left = tokens.get(`${other}>${sequence}`) ?? 0;
        if (kind <= 5) builder.referencePage(sequence, 0, page, kind < 3 ? 0 : 1);
        else if (kind <= 7) builder.sleep(sequence, ns);
        else if (kind === 8) {
          if (left === 0 && !ended.has(other)) continue;
          if (!ended.has(other)) tokens.set(`${other}>${sequence}`, left - 1);
          builder.wait(sequence, other);
        } else if (kind === 9) {
          const key = `${sequence}>${other}`;
          tokens.set(key, (tokens.get(key) ?? 0) + 1);
          builder.wake(sequence, other);
        } else if (kind === 10) {
          if (other === sequence || acted.has(other) || forked.has(other)) continue;
          builder.fork(sequence, other);
          forked.add(other);
        } else {
          // One end in two is an exit, the other the mere end of the list.
          if (ns % 2 === 0) builder.exit(sequence);
          ended.add(sequence);
        }
        acted.add(sequence);
      }
      return builder.finish();
    });
}
