import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DEFAULT_MACHINE } from '../../src/engine/machine.ts';
import { simulate } from '../../src/engine/simulate.ts';
import { linearize } from '../../src/fingerprint/linearize.ts';
import { freezeOrder } from '../../src/fingerprint/order.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { policy as lru } from '../../src/policies/lru.ts';
import { smallFingerprints } from '../support/smallFingerprints.ts';
import { anyFingerprint, SEED } from './arbitraries.ts';

it('a frozen order is linearized as it happened, exits and all', () => {
  const small = smallFingerprints({ sequences: 4, pages: 6, steps: 60 });
  const any = anyFingerprint.filter(({ mappings }) => mappings.length === 0);
  fc.assert(
    fc.property(fc.oneof(small, any), fc.nat(12), (fingerprint, readNs) => {
      const machine = { ...DEFAULT_MACHINE, readNs };
      const run = { frameCount: 3, policy: lru, seed: 1, machine };
      const { order } = simulate(fingerprint, run);
      const frozen = freezeOrder(fingerprint, order);
      expect(linearize(frozen)).toEqual(order.references);
      expect(frozen.pageNumbers).toEqual(fingerprint.pageNumbers);
      expect(frozen.sequences.map(({ name }) => name)).toEqual(
        fingerprint.sequences.map(({ name }) => name),
      );
    }),
    { seed: SEED, numRuns: 300 },
  );
});

it('sleeps of 1 ns tell its blocks apart', () => {
  const lines = '@page-size 1\n@backing file\na R(1) R(2) E\nb S(5) R(3) R(4)\n';
  const fingerprint = parseFingerprint(lines, 'x');
  const machine = { ...DEFAULT_MACHINE, readNs: 20 };
  const { order } = simulate(fingerprint, { frameCount: 4, policy: lru, seed: 1, machine });
  expect([...order.sequences]).toEqual([0, 1, 0, 1]);
  const text = printFingerprint(freezeOrder(fingerprint, order)).split('\n');
  expect(
    text.filter((line) => /^[ab] /.test(line)).map((line) => line.replaceAll(/ +/g, ' ')),
  ).toEqual(['a R(0x1) S(2) R(0x2) S(2) E', 'b S(1) R(0x3) S(2) R(0x4)']);
});
