/**
 * What policies that look into the future are shown: the order that the references have when no
 * I/O takes time. It depends on no policy and no memory; with virtual memory, on its options.
 */
import { DEFAULT_MACHINE } from '../engine/machine.ts';
import { simulate } from '../engine/simulate.ts';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import type { Order } from '../fingerprint/order.ts';
import { resolveNamedPolicy } from '../node/namedPolicy.ts';
import { FingerprintLayer } from '../vm/fingerprintLayer.ts';
import type { IoOptions } from '../vm/ioOptions.ts';

/** `options` of virtual memory; absent: without it. */
export async function foreseenOrder(fingerprint: Fingerprint, options?: IoOptions): Promise<Order> {
  const { spec } = await resolveNamedPolicy('lru');
  const machine = { ...DEFAULT_MACHINE, readNs: 0, writeNs: 0 };
  const common = { policy: spec, seed: 0, machine };
  if (options === undefined) return simulate(fingerprint, { ...common, frameCount: 1 }).order;
  // In a memory with room for all, swap is never full.
  const layer = new FingerprintLayer(spec, { options });
  const frameCount = Math.max(1, layer.bound(fingerprint).pages);
  return simulate(fingerprint, { ...common, frameCount, layer }).order;
}
