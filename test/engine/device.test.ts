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
