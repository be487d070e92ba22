/*
 * What a saved optimum claims, checked from what it holds and the string alone: the schedule is
 * replayed and counted, the prices are evaluated anew. Nothing the solver said is believed.
 */
import { costOf, type Prices } from '../engine/machine.ts';
import { computeNextUse } from '../engine/nextUse.ts';
import type { PolicySpec } from '../engine/policy.ts';
import { replayVerified } from '../engine/replay.ts';
import type { ReferenceString } from '../fingerprint/fingerprint.ts';
import { InputError } from '../support/assert.ts';
import type { Certificate } from './certificate.ts';
import { computeOptimum } from './optimum.ts';

export interface Claim {
  readonly references: number;
  readonly frames: number;
  readonly prices: Prices;
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly exact: boolean;
  readonly minPageIns: number;
}

/** One of the claims. */
export interface Finding {
  readonly what: string;
  readonly claimed: number | boolean;
  readonly found: number | boolean;
  readonly holds: boolean;
}

/** Bounds are sums in floating point; this share of one is no difference. */
const HAIR = 1e-9;

/**
 * A finding for each claim. A lower bound holds if the prices, or MIN, prove as much: what only the
 * solver of whole numbers vouched for does not. A certificate that is none is an InputError.
 */
export async function checkClaim(
  references: ReferenceString,
  claim: Claim,
  certificate: Certificate,
  schedule: PolicySpec,
): Promise<Finding[]> {
  const { frames, prices, lowerBound, upperBound, minPageIns } = claim;
  if (claim.references !== references.pages.length || frames > Math.max(1, references.pageCount)) {
    throw new InputError(
      `the plan is for ${claim.references} references on ${frames} frames`,
      `here are ${references.pages.length} to ${references.pageCount} pages: make a plan for these`,
    );
  }
  const nextUse = computeNextUse(references);
  // No schedule of ours draws random numbers: any seed will do.
  const run = { frameCount: frames, policy: schedule, nextUse, seed: 0 };
  const cost = costOf(replayVerified(references, run), prices);
  const known = { certificate, plan: undefined };
  const found = await computeOptimum(references, { frameCount: frames, prices, nextUse, known });
  const hair = HAIR * Math.max(1, upperBound);
  const isExact = cost - found.lowerBound <= hair;
  return [
    {
      what: 'no schedule costs less than',
      claimed: lowerBound,
      found: found.lowerBound,
      holds: lowerBound <= found.lowerBound + hair,
    },
    {
      what: 'its schedule costs',
      claimed: upperBound,
      found: cost,
      holds: Math.abs(cost - upperBound) <= hair,
    },
    {
      what: 'that is the least there is',
      claimed: claim.exact,
      found: isExact,
      holds: !claim.exact || isExact,
    },
    {
      what: 'fewest page-ins of any schedule',
      claimed: minPageIns,
      found: found.minPageIns,
      holds: minPageIns === found.minPageIns,
    },
  ];
}
