import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Device } from '../../src/engine/device.ts';

it('serves one at a time in the order asked', () => {
  const device = new Device({ readNs: 10, writeNs: 30, queueDepth: 1 });
  expect([device.read(0), device.write(0), device.read(5), device.read(100)]).toEqual([
    10, 40, 50, 110,
  ]);
});

it('serves as many at a time as it is deep', () => {
  const device = new Device({ readNs: 10, writeNs: 30, queueDepth: 2 });
  expect([device.write(0), device.read(0), device.read(0), device.read(0)]).toEqual([
    30, 10, 20, 30,
  ]);
});

it('tells how many have not ended, those that wait for their turn among them', () => {
  const request = fc.record({ isWrite: fc.boolean(), afterNs: fc.nat(20), isAsked: fc.boolean() });
  fc.assert(
    fc.property(
      fc.array(request, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      (requests, queueDepth) => {
        const device = new Device({ readNs: 7, writeNs: 11, queueDepth });
        device.watchQueue();
        const endsNs: number[] = [];
        let nowNs = 0;
        for (const { isWrite, afterNs, isAsked } of requests) {
          nowNs += afterNs;
          endsNs.push(isWrite ? device.write(nowNs) : device.read(nowNs));
          if (!isAsked) continue;
          expect(device.queueLength(nowNs)).toBe(endsNs.filter((ns) => ns > nowNs).length);
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});
