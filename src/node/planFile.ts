/*
 * An optimum as a file: what was asked, the bracket, the certificate that proves its lower end and the
 * plan that attains its upper end. JSON, so that anyone can look; the two long columns are packed:
 *
 *   certificate   for each price, LEB128: ticks since the last one, then the price in 2⁻²⁰
 *   plan          one bit a reference: let go before its next use
 *
 * compressed by brotli, as base64. Reading gives both back; whoever uses them computes the bracket
 * anew from them (`known` of computeOptimum), so an altered file can't claim what is not so.
 */
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import type { Prices } from '../engine/machine.ts';
import type { PolicySpec } from '../engine/policy.ts';
import type { Certificate } from '../optimal/certificate.ts';
import type { Optimum } from '../optimal/optimum.ts';
import { type Plan, planPolicy } from '../optimal/plan.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import { readText } from './readText.ts';
import { programVersion } from './version.ts';

/** What a plan is for and what it claims. */
export interface PlanFile {
  readonly format: 'evictlab-plan';
  readonly version: 1;
  readonly program: string;
  readonly fingerprint: string;
  readonly digest: string;
  readonly references: number;
  readonly frames: number;
  readonly prices: Prices;
  readonly lowerBound: number;
  readonly lowerMethod: string;
  readonly upperBound: number;
  readonly upperMethod: string;
  readonly exact: boolean;
  readonly minPageIns: number;
  /** Packed as above; the plan is null where a rule's schedule is the best. */
  readonly certificate: string;
  readonly plan: string | null;
}

/** The certificate and the plan of a file, beside what it claims. */
export interface SavedOptimum {
  readonly claim: PlanFile;
  readonly certificate: Certificate;
  readonly plan: Plan | undefined;
}

/** The file is many times longer than any real one. */
const PLAN_BYTES_MAX = 2 ** 30;

const HINT = 'make it again with `evictlab optimum … -o FILE`';

export async function writePlan(
  path: string,
  subject: { readonly name: string; readonly digest: string; readonly references: number },
  optimum: Optimum,
): Promise<void> {
  const file: PlanFile = {
    format: 'evictlab-plan',
    version: 1,
    program: `evictlab ${programVersion()}`,
    fingerprint: subject.name,
    digest: subject.digest,
    references: subject.references,
    frames: optimum.frameCount,
    prices: optimum.prices,
    lowerBound: optimum.lowerBound,
    lowerMethod: optimum.lowerMethod,
    upperBound: optimum.upperBound,
    upperMethod: optimum.upperMethod,
    exact: optimum.exact,
    minPageIns: optimum.minPageIns,
    certificate: pack(certificateBytes(optimum.certificate)),
    plan: optimum.plan === undefined ? null : pack(planBytes(optimum.plan)),
  };
  const bytes = new TextEncoder().encode(`${JSON.stringify(file, null, 1)}\n`);
  await writeAtomically(path, (sink) => sink.write(bytes));
}

/** An InputError that names the file and what is wrong with it. */
export async function readPlan(path: string): Promise<SavedOptimum> {
  const text = await readText(path, PLAN_BYTES_MAX);
  const refuse = (what: string): never => {
    throw new InputError(`${path} is not a plan: ${what}`, HINT);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('it is no JSON');
  }
  if (typeof value !== 'object' || value === null) refuse('it is no object');
  const claim = value as PlanFile;
  if (claim.format !== 'evictlab-plan') refuse('its format is another');
  if (claim.version !== 1) refuse(`its version is ${claim.version}`);
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!isCount(claim.references) || claim.references >= 2 ** 31) refuse('no references');
  if (!isCount(claim.frames) || claim.frames < 1) refuse('no frames');
  if (typeof claim.digest !== 'string') refuse('no digest');
  const { pageInCost, pageOutCost, chargeFinal } = claim.prices ?? {};
  if (!(pageInCost >= 0 && pageOutCost >= 0 && typeof chargeFinal === 'boolean')) {
    refuse('no prices');
  }
  if (typeof claim.certificate !== 'string') refuse('no certificate');
  if (typeof claim.plan !== 'string' && claim.plan !== null) refuse('no plan');
  try {
    return {
      claim,
      certificate: certificateOf(unpack(claim.certificate)),
      plan: claim.plan === null ? undefined : planOf(unpack(claim.plan), claim.references),
    };
  } catch (error) {
    return refuse(error instanceof RangeError ? error.message : 'its columns are damaged');
  }
}

/** `plan:FILE` as a policy. */
export async function loadPlanPolicy(path: string): Promise<PolicySpec> {
  const { claim, plan } = await readPlan(path);
  if (plan === undefined) {
    throw new InputError(
      `${path} holds no plan: the best schedule is that of ${claim.upperMethod}`,
      `use --policy ${claim.upperMethod}`,
    );
  }
  return planPolicy(plan, claim.frames);
}

function pack(bytes: Uint8Array): string {
  return brotliCompressSync(bytes).toString('base64');
}

function unpack(text: string): Uint8Array {
  return brotliDecompressSync(Buffer.from(text, 'base64'));
}

function certificateBytes({ ticks, prices }: Certificate): Uint8Array {
  const bytes: number[] = [];
  const put = (value: number): void => {
    for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    bytes.push(value);
  };
  let before = 0;
  for (let i = 0; i < ticks.length; i++) {
    put(ticks[i] - before);
    put(prices[i]);
    before = ticks[i];
  }
  return Uint8Array.from(bytes);
}

function certificateOf(bytes: Uint8Array): Certificate {
  const values: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte % 128) * unit;
    if (byte >= 128) unit *= 128;
    else {
      values.push(value);
      value = 0;
      unit = 1;
    }
  }
  if (unit !== 1 || values.length % 2 !== 0) throw new RangeError('its certificate is cut short');
  const ticks = new Int32Array(values.length / 2);
  const prices = new Float64Array(values.length / 2);
  let tick = 0;
  for (let i = 0; i < ticks.length; i++) {
    tick += values[2 * i];
    ticks[i] = tick;
    prices[i] = values[2 * i + 1];
  }
  return { ticks, prices };
}

function planBytes({ letsGo, referenceCount }: Plan): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(referenceCount / 8));
  for (let i = 0; i < bytes.length; i++) bytes[i] = letsGo[i >>> 2] >>> (8 * (i & 3));
  return bytes;
}

function planOf(bytes: Uint8Array, referenceCount: number): Plan {
  if (bytes.length !== Math.ceil(referenceCount / 8)) throw new RangeError('its plan is cut short');
  const letsGo = new Uint32Array((referenceCount + 31) >>> 5);
  for (let i = 0; i < bytes.length; i++) letsGo[i >>> 2] |= bytes[i] << (8 * (i & 3));
  return { referenceCount, letsGo };
}
