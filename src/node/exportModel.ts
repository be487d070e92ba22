/** A fitted model as something else: code, a formula, or a few terms. */
import type { Feature } from '../dataset/feature.ts';
import { strongestObservation } from '../engine/policy.ts';
import { modelToC } from '../learning/export/c.ts';
import { costOf, type ModelCost } from '../learning/export/cost.ts';
import { type Distilled, distil } from '../learning/export/distil.ts';
import { type PartialEffect, partialEffects } from '../learning/export/effects.ts';
import { formulaOf } from '../learning/export/formula.ts';
import { modelToIntegerC } from '../learning/export/integerC.ts';
import { hasPolicyModule, modelToJs } from '../learning/export/js.ts';
import {
  type QuantisationError,
  quantisationError,
  quantise,
} from '../learning/export/quantise.ts';
import { featuresOf } from '../learning/learnedPolicy.ts';
import type { DecisionSource } from '../learning/learner.ts';
import { type FittedModel, modelToText } from '../learning/model.ts';
import { writeAtomically } from './atomicWrite.ts';
import { readFeatureCatalog } from './featureCatalog.ts';
import { readModel } from './modelFile.ts';
import { batchesOf } from './trainFiles.ts';

export const EXPORT_TARGETS = ['c', 'js', 'json'] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

export interface ExportRequest {
  readonly model: string;
  /** Undefined: nothing is written, only told. */
  readonly target: ExportTarget | undefined;
  /** C without floating point. */
  readonly integer: boolean;
  /** Where it is written; with a target. */
  readonly output: string | undefined;
  /** Files of decisions to measure on; may be none. */
  readonly decisions: readonly string[];
  /** So many terms take the model's place; needs decisions. */
  readonly distilTerms: number | undefined;
}

export interface ExportReport {
  /** What was exported: the model, or what it was distilled to. */
  readonly model: FittedModel;
  readonly formula: readonly string[];
  readonly cost: ModelCost;
  /** Whether the JavaScript module is a policy. */
  readonly isPolicy: boolean;
  readonly distilled: Omit<Distilled, 'model'> | undefined;
  /** Measured on decisions only. */
  readonly effects: readonly PartialEffect[] | undefined;
  /** Of integer scoring, for the kinds that have it. */
  readonly quantised: (QuantisationError & { readonly bytes: number }) | undefined;
}

export async function exportModel(request: ExportRequest): Promise<ExportReport> {
  const whole = await readModel(request.model);
  const catalog = await readFeatureCatalog();
  const decisions: DecisionSource | undefined =
    request.decisions.length === 0 ? undefined : () => batchesOf(request.decisions);
  const distilled =
    request.distilTerms === undefined || decisions === undefined
      ? undefined
      : await distil(whole, featuresOf(whole, catalog), decisions, request.distilTerms);
  const model = distilled?.model ?? whole;
  const features = featuresOf(model, catalog);
  const { target, output, integer } = request;
  if (target !== undefined && output !== undefined) {
    const text = new TextEncoder().encode(textOf(model, features, target, integer));
    await writeAtomically(output, (sink) => sink.write(text));
  }
  return {
    model,
    formula: formulaOf(model),
    cost: costOf(model, features),
    isPolicy: hasPolicyModule(model),
    distilled: distilled && { r2: distilled.r2, agreement: distilled.agreement },
    effects: decisions && (await partialEffects(model, decisions)),
    quantised: decisions && (await integerError(model, decisions)),
  };
}

function textOf(
  model: FittedModel,
  features: readonly Feature[],
  target: ExportTarget,
  integer: boolean,
): string {
  switch (target) {
    case 'c':
      return integer ? modelToIntegerC(model) : modelToC(model);
    case 'js':
      return modelToJs(model, strongestObservation(features.map(({ observes }) => observes)));
    case 'json':
      return modelToText(model);
  }
}

async function integerError(
  model: FittedModel,
  decisions: DecisionSource,
): Promise<ExportReport['quantised']> {
  if (model.kind !== 'linear' && model.kind !== 'additive') return undefined;
  const quantised = quantise(model);
  return { ...(await quantisationError(model, quantised, decisions)), bytes: quantised.bytes };
}
