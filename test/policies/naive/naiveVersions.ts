/*
 * The naive versions that have a file of their own here, `clockPro.ts` for `clock-pro`, found by
 * reading the folder. Each exports `naive`: arrays and loops, as the paper puts it, sharing no code
 * with src/policies.
 */
import { readdirSync } from 'node:fs';
import type fc from 'fast-check';
import type { PolicySpec } from '../../../src/engine/policy.ts';
import type { ReferenceString } from '../../../src/fingerprint/fingerprint.ts';

export interface NaiveVersion {
  /** Takes the same options as the policy. Its id is `naive-` and the id of the policy. */
  readonly policy: PolicySpec;
  /** The options to try, laid over the defaults; absent: the defaults only. */
  readonly options?: Readonly<Record<string, fc.Arbitrary<number>>>;
  /** Absent: `stressStrings`. */
  readonly strings?: fc.Arbitrary<ReferenceString>;
  /** How many frames; absent: 1 to 12. */
  readonly frames?: fc.Arbitrary<number>;
}

const NOT_VERSIONS = [
  'naivePolicies.ts',
  'naiveVersions.ts',
  'naiveDevik.ts',
  'naiveKernel.ts',
  'naiveAaVm.ts',
];

/** By the id of the policy. */
export async function loadNaiveVersions(): Promise<ReadonlyMap<string, NaiveVersion>> {
  const versions = new Map<string, NaiveVersion>();
  for (const file of readdirSync(import.meta.dirname).sort()) {
    if (NOT_VERSIONS.includes(file)) continue;
    const { naive } = (await import(`./${file}`)) as { readonly naive: NaiveVersion };
    versions.set(naive.policy.id.replace(/^naive-/, ''), naive);
  }
  return versions;
}
