/*
 * What happened in which order, and a fingerprint that can happen in no other.
 *
 *   happened     a R1 · b R2 · b R3 · a R1 · a E
 *   frozen       a R(1) S(2) R(1) E            a block of one sequence each ns: no I/O time is in it,
 *                b S(1) R(2) R(3)              no waits are needed
 *
 * Sequences and pages keep their numbers, so that an exit gives back what it did.
 */
import { assert } from '../support/assert.ts';
import { FingerprintBuilder } from './builder.ts';
import type { Fingerprint, ReferenceString, Sequence } from './fingerprint.ts';
import type { Exit } from './ownPages.ts';

/** One run of a fingerprint without maps. */
export interface Order {
  readonly references: ReferenceString;
  /** The sequence that made each reference. */
  readonly sequences: Uint32Array;
  /** In the order they happened. */
  readonly exits: readonly Exit[];
}

/**
 * The fingerprint whose `linearize` is `order.references`; `order` is of a run of `fingerprint`.
 */
export function freezeOrder(fingerprint: Fingerprint, order: Order): Fingerprint {
  const { name, pageSizeBytes, backing, pageNumbers, origin } = fingerprint;
  const builder = new FingerprintBuilder({ name, pageSizeBytes, backing, origin });
  for (const sequence of fingerprint.sequences) builder.declare(sequence.name);
  const localNs = new Float64Array(fingerprint.sequences.length);
  let nowNs = 0;
  let acting: Sequence = 0;
  const enter = (sequence: Sequence): void => {
    if (sequence !== acting) nowNs++;
    acting = sequence;
    builder.sleep(sequence, nowNs - localNs[sequence]);
    localNs[sequence] = nowNs;
  };
  const { pages, writes, signatures } = order.references;
  let exit = 0;
  for (let tick = 0; tick <= pages.length; tick++) {
    for (; exit < order.exits.length && order.exits[exit].tick === tick; exit++) {
      enter(order.exits[exit].sequence);
      builder.exit(acting);
    }
    if (tick === pages.length) break;
    enter(order.sequences[tick]);
    const number = pageNumbers[pages[tick]];
    builder.referencePage(
      acting,
      Number(number >> 32n),
      Number(number & 0xffffffffn),
      bit(writes[tick]),
    );
    if (signatures !== undefined) builder.sign(acting, signatures[tick]);
  }
  const frozen = builder.finish();
  assert(frozen.pageNumbers.length === pageNumbers.length, 'no page is lost');
  return frozen;
}

function bit(value: number): 0 | 1 {
  return value === 0 ? 0 : 1;
}
