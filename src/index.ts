/**
 * The public library: what a program of one's own may build on. Files and threads are the CLI's.
 */

export type { DecisionTable } from './dataset/decisionTable.ts';
export { defineFeature, type Feature } from './dataset/feature.ts';
export { labelDecisions } from './dataset/recorder.ts';
export { type Frame, type FrameTable, NONE } from './engine/frameTable.ts';
export {
  costOf,
  DEFAULT_MACHINE,
  type ElasticMachine,
  type Prices,
  UNIT_PRICES,
} from './engine/machine.ts';
export { type EvictionObserver, type FaultCounts, Memory } from './engine/memory.ts';
export { computeNextUse, type NextUse } from './engine/nextUse.ts';
export {
  definePolicy,
  type Observation,
  type PolicyContext,
  type PolicyOptions,
  type PolicySpec,
  type ReplacementPolicy,
} from './engine/policy.ts';
export { type Run, replay } from './engine/replay.ts';
export {
  type ElasticRun,
  type Outcome,
  type SequenceOutcome,
  simulate,
} from './engine/simulate.ts';
export { type Comparison, comparePolicies } from './evaluation/compare.ts';
export { closedPercent, gapPercent } from './evaluation/gap.ts';
export { Action } from './fingerprint/action.ts';
export { decodeFingerprint, encodeFingerprint } from './fingerprint/binaryCodec.ts';
export { FingerprintBuilder } from './fingerprint/builder.ts';
export type {
  ActionSequence,
  Fingerprint,
  Page,
  ReferenceString,
  Releases,
  Sequence,
  Tick,
} from './fingerprint/fingerprint.ts';
export { PageKind } from './fingerprint/fingerprint.ts';
export { linearize } from './fingerprint/linearize.ts';
export { freezeOrder, type Order } from './fingerprint/order.ts';
export { generate, SYNTHETIC } from './fingerprint/synthetic.ts';
export { parseFingerprint, printFingerprint } from './fingerprint/textCodec.ts';
export { validateFingerprint } from './fingerprint/validate.ts';
export { learnedPolicy } from './learning/learnedPolicy.ts';
export { type FittedModel, modelToText, parseModel } from './learning/model.ts';
export { type Certificate, certifiedLowerBound } from './optimal/certificate.ts';
export { devik } from './optimal/devik.ts';
export { computeElasticOptimum, type ElasticOptimum } from './optimal/elastic.ts';
export { boundEverySchedule, type ScheduleBound } from './optimal/everySchedule.ts';
export {
  type CurvesOfParts,
  type FaultCurve,
  LEFT_OUT,
  lruFaultCurve,
  lruPartCurves,
  minFaultCurve,
  minPartCurves,
  type PartCurves,
} from './optimal/faultCurve.ts';
export { min } from './optimal/min.ts';
export { computeOptimum, type Effort, type Optimum } from './optimal/optimum.ts';
export { type Plan, planPolicy } from './optimal/plan.ts';
export { type PriceRegrets, priceRegrets } from './optimal/regret.ts';
export { type SampledCurve, type Sampling, sampledFaultCurve } from './optimal/sampledCurve.ts';
export { InputError, InvariantError } from './support/assert.ts';
export { Random } from './support/random.ts';
export { FingerprintLayer, type IoSetup } from './vm/fingerprintLayer.ts';
export { IO_PRESETS, type IoOptions, parseIoOptions } from './vm/ioOptions.ts';
export { type FaultKind, VirtualMemory, type VmCounts } from './vm/virtualMemory.ts';
