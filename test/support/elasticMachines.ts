/** Machines on which a few nanoseconds make a difference. */
import fc from 'fast-check';
import type { ElasticMachine } from '../../src/engine/machine.ts';

export const elasticMachines: fc.Arbitrary<ElasticMachine> = fc.record({
  cpus: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 3 })),
  quantumNs: fc.integer({ min: 1, max: 6 }),
  readNs: fc.nat(12),
  writeNs: fc.nat(12),
  queueDepth: fc.integer({ min: 1, max: 3 }),
});
