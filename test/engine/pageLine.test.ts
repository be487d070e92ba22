/** The line of pages that come to be known lies as if it had been sorted in the end. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import { lineOf } from '../../src/engine/pageLine.ts';
import type { PolicyContext, PolicySpec } from '../../src/engine/policy.ts';
import { replayVerified } from '../../src/engine/replay.ts';
import { simulate } from '../../src/engine/simulate.ts';
import type { PageLine } from '../../src/fingerprint/fingerprint.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { loadPolicies } from '../../src/node/policyCatalog.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { prefetcher as linuxFile } from '../../src/prefetch/linuxFile.ts';
import { FingerprintLayer } from '../../src/vm/fingerprintLayer.ts';
import { IO_PRESETS } from '../../src/vm/ioOptions.ts';
import { anyFingerprint, SEED } from '../fingerprint/arbitraries.ts';
import { mappedPrograms } from '../support/mappedPrograms.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';

const mapped = mappedPrograms({ pages: 60, runMax: 9, steps: 60 });
const small = smallFingerprints({ sequences: 4, pages: 6, steps: 40 });
const times = fc.record({ readNs: fc.nat(12), writeNs: fc.nat(12) });

/** Every two neighbours of `sorted`: before or beside each other as on `line`. */
function expectSameOrder(sorted: PageLine, line: PageLine, pageCount: number): void {
  const pages = Array.from({ length: pageCount }, (_, page) => page).sort(
    (a, b) => sorted.placeOf[a] - sorted.placeOf[b],
  );
  for (let i = 1; i < pageCount; i++) {
    const steps = [sorted, line].map(({ placeOf }) => placeOf[pages[i]] - placeOf[pages[i - 1]]);
    expect(Math.min(2, steps[1])).toBe(Math.min(2, steps[0]));
  }
  for (const place of line.placeOf) expect(place).toBeLessThan(line.placeCount);
}

it.each(['none', 'textbook', 'linux'])('in an elastic run, io %s', (io) => {
  const any = io === 'none' ? mapped : fc.oneof(mapped, small, anyFingerprint);
  fc.assert(
    fc.property(any, fc.integer({ min: 1, max: 24 }), times, (fingerprint, frameCount, time) => {
      let pages: PolicyContext['pages'] | undefined;
      const policy: PolicySpec = {
        ...lru,
        create: (context, options) => {
          pages = context.pages;
          return lru.create(context, options);
        },
      };
      const prefetchers = [{ spec: linuxFile, options: linuxFile.defaults }];
      const isAhead = io === 'linux' && frameCount > 1;
      const layer = new FingerprintLayer(policy, {
        options: IO_PRESETS[io === 'none' ? 'textbook' : io],
        prefetching: { prefetchers: isAhead ? prefetchers : [], evictionsMax: 8 },
      });
      const machine = { ...DEFAULT_MACHINE, ...time };
      const run = { frameCount, policy, seed: 1, machine, ...(io !== 'none' && { layer }) };
      const { references } = simulate(fingerprint, run).order;
      const sorted = lineOf({ kinds: references.kinds, places: references.places });
      expectSameOrder(sorted!, pages!.line!, references.pageCount);
    }),
    { seed: SEED, numRuns: 150 },
  );
});

/** Large enough for kernels' walks, clusters and runs of pages to make a difference. */
const large = mappedPrograms({ pages: 600, runMax: 60, steps: 260 });
const policies = [...(await loadPolicies()).values()];
const byPlace = policies.filter(({ id }) =>
  /^(aa-2|linux-2|freebsd|mglru|seq$|ubm|hawkeye)/.test(id),
);

it.each(byPlace)('$id sees the same places, known beforehand or not', (policy) => {
  expect(byPlace.length).toBe(9);
  fc.assert(
    fc.property(large, fc.integer({ min: 16, max: 90 }), times, (fingerprint, frameCount, time) => {
      const run = { frameCount, policy, seed: 1 };
      const inOrder = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
      const layer = new FingerprintLayer(policy, { options: IO_PRESETS.textbook });
      const textbook = simulate(fingerprint, { ...run, machine: inOrder, layer });
      expect(textbook.counts).toEqual(replayVerified(linearize(fingerprint), run));
      const machine = { ...DEFAULT_MACHINE, ...time };
      const { counts, order } = simulate(fingerprint, { ...run, machine });
      expect(counts).toEqual(replayVerified(order.references, run));
    }),
    { seed: SEED, numRuns: 12 },
  );
});
