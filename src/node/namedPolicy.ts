/*
 * What a user may name as a policy: an id with options, a module's path, `model:FILE`, `plan:FILE`.
 * The catalog finds the first two, the readers of the files the others.
 */
import { loadModelPolicy } from './modelFile.ts';
import { loadPlanPolicy, requirePlanFor } from './planFile.ts';
import { type PolicyLoaders, type ResolvedPolicy, resolvePolicy } from './policyCatalog.ts';

const LOADERS: PolicyLoaders = { model: loadModelPolicy, plan: loadPlanPolicy };

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
