/*
 * What a user may name as a policy: an id with options, a module's path, `model:FILE`, `plan:FILE`.
 * The catalog finds the first two, the readers of the files the others.
 */
import { InputError } from '../support/assert.ts';
import type { SavedOptimum } from './planFile.ts';
import { type PolicyLoaders, type ResolvedPolicy, resolvePolicy } from './policyCatalog.ts';

/** Imported when they are wanted: they need the features, or the optimum. */
const LOADERS: PolicyLoaders = {
  model: async (path) => (await import('./modelFile.ts')).loadModelPolicy(path),
  plan: async (path) => (await import('./planFile.ts')).loadPlanPolicy(path),
};

/** The policy; every mistake in its name or file is an InputError. */
export function resolveNamedPolicy(text: string): Promise<ResolvedPolicy> {
  return resolvePolicy(text, LOADERS);
}

/** Labels of the policies that were fitted to data. */
export function fittedLabels(policies: readonly ResolvedPolicy[]): ReadonlySet<string> {
  return new Set(policies.flatMap(({ label, fittedOn }) => (fittedOn.length > 0 ? [label] : [])));
}

/** Refuses a schedule that was made for another fingerprint; other policies fit any. */
export function requireFits(
  { saved, label }: ResolvedPolicy,
  fingerprint: { readonly name: string },
  digest: string,
): void {
  if (saved !== undefined) requirePlanFor(saved, label, fingerprint.name, digest);
}

/** Refuses a plan that was made for another fingerprint; `path` names it. */
export function requirePlanFor(
  { claim }: SavedOptimum,
  path: string,
  fingerprint: string,
  digest: string,
): void {
  if (claim.digest === digest) return;
  const names = claim.fingerprint === fingerprint ? 'another' : claim.fingerprint;
  throw new InputError(
    `${path} is a plan for ${names}, not for this ${fingerprint}`,
    'make one for this: `evictlab optimum … -o FILE`',
  );
}
