/*
 * An optimum as a file: what was asked, the bracket, the certificate that proves its lower end and
 * the plan that attains its upper end. JSON, so that anyone can look; the two long columns are
 * packed:
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
import { devik } from '../optimal/devik.ts';
import { min } from '../optimal/min.ts';
import { devikWeight, type Optimum } from '../optimal/optimum.ts';
import { type Plan, planPolicy, rulePolicy } from '../optimal/plan.ts';
import { InputError } from '../support/assert.ts';
import { writeAtomically } from './atomicWrite.ts';
import type { LoadedPolicy } from './policyCatalog.ts';
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

/** A price is at most so many bytes: five for the tick, eight for a number below 2⁵³. */
const CERTIFICATE_BYTES = 13;

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
  try {
    const claim = claimOf(text);
    return {
      claim,
      certificate: certificateOf(unpack(claim.certificate, CERTIFICATE_BYTES * claim.references)),
      plan: claim.plan === null ? undefined : planOf(claim.plan, claim.references),
    };
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    throw new InputError(`${path} is not a plan: ${error.message}`, HINT);
  }
}

/** What is wrong with the file. */
class Damage extends Error {}

/** Every field is there and of its kind; whether the numbers are true is for others to compute. */
function claimOf(text: string): PlanFile {
  const require = (holds: boolean, what: string): void => {
    if (!holds) throw new Damage(what);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Damage('it is no JSON');
  }
  require(typeof value === 'object' && value !== null, 'it is no object');
  const claim = value as PlanFile;
  require(claim.format === 'evictlab-plan', 'its format is another');
  require(claim.version === 1, `its version is ${claim.version}`);
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  const isNumber = (n: unknown): boolean => Number.isFinite(n) && (n as number) >= 0;
  require(isCount(claim.references) && claim.references < 2 ** 31, 'no number of references');
  require(isCount(claim.frames) && claim.frames >= 1, 'no number of frames');
  require(typeof claim.fingerprint === 'string', 'no name of a fingerprint');
  require(typeof claim.digest === 'string', 'no digest');
  const { pageInCost, pageOutCost, chargeFinal } = claim.prices ?? {};
  require(isNumber(pageInCost) && isNumber(pageOutCost), 'no prices');
  require(typeof chargeFinal === 'boolean', 'no prices');
  require(isNumber(claim.lowerBound) && isNumber(claim.upperBound), 'no bounds');
  require(isCount(claim.minPageIns), 'no page-ins of MIN');
  require(typeof claim.exact === 'boolean', 'it does not say whether it is exact');
  require(typeof claim.lowerMethod === 'string', 'no method of the lower bound');
  require(typeof claim.certificate === 'string', 'no certificate');
  const isRule = claim.upperMethod === min.id || claim.upperMethod === devik.id;
  require(isRule ? claim.plan === null : typeof claim.plan === 'string', 'no plan');
  return claim;
}

/**
 * `plan:FILE` as a policy: with the string and the frames it was made for, it costs what it claims.
 */
export async function loadPlanPolicy(path: string): Promise<LoadedPolicy> {
  const saved = await readPlan(path);
  return { spec: schedulePolicy(saved), saved };
}

/** The schedule a file holds, or names: that of a rule. */
export function schedulePolicy({ claim, plan }: SavedOptimum): PolicySpec {
  const { references, frames, prices, upperMethod } = claim;
  if (plan !== undefined) return planPolicy(plan, frames);
  if (upperMethod === min.id) return rulePolicy(min, {}, references, frames);
  return rulePolicy(devik, { weight: devikWeight(prices) }, references, frames);
}

function pack(bytes: Uint8Array): string {
  return brotliCompressSync(bytes).toString('base64');
}

/** At most `bytesMax` bytes, whatever the text says. */
function unpack(text: string, bytesMax: number): Uint8Array {
  const maxOutputLength = Math.max(1, Math.min(bytesMax, 2 ** 31));
  try {
    return brotliDecompressSync(Buffer.from(text, 'base64'), { maxOutputLength });
  } catch {
    throw new Damage('its columns are damaged');
  }
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
  if (unit !== 1 || values.length % 2 !== 0) throw new Damage('its certificate is cut short');
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

function planOf(text: string, referenceCount: number): Plan {
  const byteCount = Math.ceil(referenceCount / 8);
  const bytes = unpack(text, byteCount);
  if (bytes.length !== byteCount) throw new Damage('its plan is cut short');
  const letsGo = new Uint32Array((referenceCount + 31) >>> 5);
  for (let i = 0; i < bytes.length; i++) letsGo[i >>> 2] |= bytes[i] << (8 * (i & 3));
  return { referenceCount, letsGo };
}
