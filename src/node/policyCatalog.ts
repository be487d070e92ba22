/*
 * The policies there are: whatever is in policies/. And what a user may write for one:
 *
 *   lru                        an id of the catalog
 *   aging:interval=1000        with options, numbers all; several separated by commas
 *   ./mine.js                  a module of the user's that exports `policy`, options likewise
 *   model:fitted.json          a fitted model; how files are read is the caller's to say
 *   plan:best.plan             the schedule of an optimum, likewise
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FrameTable } from '../engine/frameTable.ts';
import {
  OBSERVATIONS,
  type PolicyCost,
  type PolicyOptions,
  type PolicySpec,
  type ReplacementPolicy,
} from '../engine/policy.ts';
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { readModule, readModuleFolder } from './moduleFolder.ts';
import { parseOptions } from './namedOptions.ts';
import type { SavedOptimum } from './planFile.ts';

/** A policy as it was asked for. */
export interface ResolvedPolicy {
  readonly spec: PolicySpec;
  /** Only what the user gave; to be laid over the spec's defaults. */
  readonly options: PolicyOptions;
  /** How reports name it: the text asked for. */
  readonly label: string;
  /**
   * The optimum whose schedule it is: it fits one fingerprint only. Undefined for other policies.
   */
  readonly saved: SavedOptimum | undefined;
  /** Names of the fingerprints that a model was fitted on; none for other policies. */
  readonly fittedOn: readonly string[];
  /** With these options; undefined: nobody has worked it out. */
  readonly cost: PolicyCost | undefined;
}

const FILE_KINDS = ['model', 'plan'] as const;

/** What a file of each kind is as a policy. */
export type PolicyLoaders = Readonly<
  Partial<Record<(typeof FILE_KINDS)[number], (path: string) => Promise<LoadedPolicy>>>
>;

export interface LoadedPolicy {
  readonly spec: PolicySpec;
  readonly saved?: SavedOptimum;
  readonly fittedOn?: readonly string[];
  /** Absent: that of the spec, whatever the options. */
  readonly costWith?: (options: PolicyOptions) => PolicyCost;
}

const POLICIES = new URL('../policies/', import.meta.url);

/** All policies by id, in order of id. */
export async function loadPolicies(): Promise<Map<string, PolicySpec>> {
  const specs = await readModuleFolder<PolicySpec>(POLICIES, 'policy');
  return new Map(specs.map((spec) => [spec.id, spec]));
}

/** Finds what `text` names; every mistake in it is an InputError that says what would be right. */
export async function resolvePolicy(
  text: string,
  loaders: PolicyLoaders = {},
): Promise<ResolvedPolicy> {
  const { name, optionText } = splitOptions(text);
  const { spec, saved, fittedOn = [], costWith } = await findPolicy(name, loaders);
  const options = parseOptions(optionText, { kind: 'policy', name, defaults: spec.defaults });
  const cost = costWith === undefined ? spec.cost : costWith(options);
  return { spec, options, label: text, saved, fittedOn, cost };
}

/** `model` for `model:FILE`, `plan` for `plan:FILE`. */
function fileKindOf(text: string) {
  return FILE_KINDS.find((kind) => text.startsWith(`${kind}:`));
}

function isFileName(text: string): boolean {
  return fileKindOf(text) !== undefined || /[\\/]|\.(js|mjs|ts)(:|$)/.test(text);
}

/** A file's name may hold colons, so that options begin at the last one, if `=` comes after it. */
function splitOptions(text: string): { name: string; optionText: string | undefined } {
  const pattern = isFileName(text) ? /^(.*?)(?::([^:\\/]*=[^:\\/]*))?$/ : /^([^:]*)(?::(.*))?$/;
  const match = pattern.exec(text);
  return { name: match?.[1] ?? text, optionText: match?.[2] };
}

async function findPolicy(name: string, loaders: PolicyLoaders): Promise<LoadedPolicy> {
  const kind = fileKindOf(name);
  if (kind === undefined) return { spec: await findSpec(name) };
  const path = name.slice(kind.length + 1);
  if (path === '')
    throw new InputError(`the policy "${kind}:" names no file.`, `write ${kind}:FILE`);
  const load = loaders[kind];
  if (load === undefined) {
    throw new InputError(`a ${kind} is no policy here.`, 'name a policy of `evictlab policies`');
  }
  return load(path);
}

async function findSpec(name: string): Promise<PolicySpec> {
  if (isFileName(name)) return loadPolicyModule(name);
  const alone = await readModule<PolicySpec>(POLICIES, 'policy', name);
  if (alone !== undefined) return alone;
  const policies = await loadPolicies();
  const spec = policies.get(name);
  if (spec !== undefined) return spec;
  const meant = nearest(name, policies.keys());
  throw new InputError(
    `there is no policy "${name}".`,
    meant === undefined ? 'list them with `evictlab policies`' : `did you mean ${meant}?`,
  );
}

/** A user's own file: its shape is checked here, what it does while it runs. */
async function loadPolicyModule(path: string): Promise<PolicySpec> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new InputError(`there is no policy module at ${path}.`, 'check the path');
  }
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new InputError(
      `the policy module ${path} does not load: ${error instanceof Error ? error.message : error}`,
      path.endsWith('.ts') ? 'compile it to JavaScript, or use a Node that runs it' : 'mend it',
    );
  }
  return checkedSpec(module.policy, path);
}

const SHAPE_HINT = 'export const policy = { id, title, source, observes, defaults, create }';

function checkedSpec(value: unknown, path: string): PolicySpec {
  const require = (holds: boolean, what: string): void => {
    if (!holds) throw new InputError(`the policy module ${path} ${what}.`, SHAPE_HINT);
  };
  require(typeof value === 'object' && value !== null, 'exports no object named "policy"');
  const { id, title, source, observes, defaults, create, interval, inclusion } = value as Partial<
    Record<keyof PolicySpec, unknown>
  >;
  require(typeof id === 'string' && /^[a-z0-9][a-z0-9.-]*$/.test(id), 'needs an id like "my-rule"');
  require(typeof title === 'string', 'needs a title, a text');
  require(typeof source === 'string', 'needs a source, a text');
  const isClass = (OBSERVATIONS as readonly unknown[]).includes(observes);
  require(isClass, `needs observes, one of ${OBSERVATIONS.join(', ')}`);
  const numbers =
    typeof defaults === 'object' && defaults !== null ? Object.values(defaults) : [NaN];
  require(numbers.every(Number.isFinite), 'needs defaults, an object of numbers');
  require(typeof create === 'function', 'needs create, a function');
  require(interval === undefined || typeof interval === 'function', 'has an interval, no function');
  require(inclusion === undefined || inclusion === true, 'has inclusion, which is true or absent');
  // Every field of the type was looked at above.
  return guardedSpec(value as PolicySpec, path);
}

/** Whatever a module of the user's does wrong while it runs is told as its mistake, not as ours. */
function guardedSpec(spec: PolicySpec, path: string): PolicySpec {
  const { create, interval } = spec;
  return {
    ...spec,
    create: (context, options) => {
      const policy = guarded(path, 'create', () => create.call(spec, context, options));
      return checkedPolicy(policy, context.frames, path);
    },
    ...(interval !== undefined && {
      interval: (frameCount: number, options: PolicyOptions) => {
        const every = guarded(path, 'interval', () => interval.call(spec, frameCount, options));
        if (Number.isInteger(every) && every >= 0) return every;
        throw new InputError(
          `the policy module ${path} has an interval of ${shown(every)} references.`,
          'return a whole number of references, or 0 for never',
        );
      },
    }),
  };
}

const METHODS = ['onLoad', 'onReference', 'chooseVictim', 'onFree', 'onInterval'] as const;

function checkedPolicy(
  policy: ReplacementPolicy,
  { pageOf }: FrameTable,
  path: string,
): ReplacementPolicy {
  for (const method of METHODS) {
    if (typeof policy?.[method] !== 'function') {
      throw new InputError(
        `the policy module ${path} creates an object without the method ${method}.`,
        `it needs all of ${METHODS.join(', ')}; what has nothing to do stays empty`,
      );
    }
  }
  return {
    onLoad: (frame, tick) => guarded(path, 'onLoad', () => policy.onLoad(frame, tick)),
    onReference: (frame, tick) =>
      guarded(path, 'onReference', () => policy.onReference(frame, tick)),
    chooseVictim(wanted, tick) {
      const victim = guarded(path, 'chooseVictim', () => policy.chooseVictim(wanted, tick));
      // What is no row of the table has no page.
      if (Number.isInteger(victim) && pageOf[victim] >= 0) return victim;
      throw new InputError(
        `the policy module ${path} chooses ${shown(victim)} at reference ${tick}, no frame with a page.`,
        `chooseVictim returns a frame from 0 to ${pageOf.length - 1} that holds a page`,
      );
    },
    onFree: (frame, tick) => guarded(path, 'onFree', () => policy.onFree(frame, tick)),
    onInterval: (tick) => guarded(path, 'onInterval', () => policy.onInterval(tick)),
    onSoftFault: (frame, tick) =>
      guarded(path, 'onSoftFault', () => policy.onSoftFault?.(frame, tick)),
  };
}

/** What `call` returns; what it throws becomes an InputError that names the module. */
function guarded<T>(path: string, method: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const what = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
    const place = error instanceof Error ? error.stack?.match(/^ {4}(at .*)$/m)?.[1] : undefined;
    throw new InputError(
      `the policy module ${path} throws in ${method}: ${what}`,
      place === undefined ? 'mend it' : `mend it ${place}`,
    );
  }
}

/** A value of any type, for a message. */
function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
