/*
 * A model as one JavaScript module that imports nothing: its score as straight code, and, where
 * every feature can be read from the frame table, a policy for `--policy ./model.mjs`.
 *
 * The policy evicts as `model:FILE` does without pool and guard, draw for draw.
 */
import type { Observation } from '../../engine/policy.ts';
import type { FittedModel } from '../model.ts';
import { type Dialect, log2Table, real, scoreSource } from './scoreSource.ts';

const JS: Dialect = {
  real: 'let',
  int: 'let',
  reals: (name, values) => `const ${name} = Float64Array.of(${Array.from(values, real)});`,
  ints: (name, values) => `const ${name} = Int32Array.of(${Array.from(values, String)});`,
};

/** Features that need no history: how each is read from the frame table. */
const READ: Readonly<Record<string, string>> = {
  age: 'tick - frames.loadedAt[frame]',
  dirty: 'frames.dirty[frame]',
  frequency: 'frames.useCount[frame]',
  recency: 'tick - frames.lastUsedAt[frame]',
};

/** Whether the module of this model has a policy, and not its score alone. */
export function hasPolicyModule(model: FittedModel): boolean {
  return model.features.every(({ id }) => Object.hasOwn(READ, id));
}

/** `observes`: the strongest observation of its features. */
export function modelToJs(model: FittedModel, observes: Observation): string {
  const { tables, body } = scoreSource(model, JS);
  const { features, learner, target, provenance } = model;
  return `/*
 * ${model.kind} model by ${provenance.program}, learner ${learner}.
 * Score: ${target.replaceAll('*/', '* /')}; the candidate with the highest leaves.
 * Raw values of a candidate: ${features.map(({ id, unit }) => `${id} (${unit})`).join(', ')}.
 */
${JS.reals('log2Table', log2Table())}
const narrow = new Float32Array(1);
const bits = new Uint32Array(narrow.buffer);

/** log2 of x, taken as a 32-bit float of at least 2^-126; off by less than 3e-6. */
export function evictlab_log2(x) {
  narrow[0] = x;
  const word = bits[0];
  const index = (word >>> 15) & 255;
  const slope = (log2Table[index + 1] - log2Table[index]) / 32768;
  return (word >>> 23) - 127 + (log2Table[index] + (word & 32767) * slope);
}

${tables.map((table) => `${table}\n`).join('')}
/** \`v\`: raw values, 32-bit floats; \`log2_frames\`: evictlab_log2 of the memory's size. */
export function score(v, log2_frames) {
${body.map((line) => `  ${line}`).join('\n')}
}
${hasPolicyModule(model) ? policySource(model, observes) : ''}`;
}

function policySource(model: FittedModel, observes: Observation): string {
  const { features, learner, provenance } = model;
  const reads = features.map(({ id }, i) => `      v[${i}] = ${READ[id]};`);
  return `
class Exported {
  constructor({ frames, random }, candidates) {
    const isSample = candidates !== 0 && candidates < frames.frameCount;
    this.frames = frames;
    this.random = random;
    this.count = isSample ? candidates : frames.frameCount;
    this.draws = isSample ? candidates : 0;
    this.order = Int32Array.from({ length: frames.frameCount }, (_, frame) => frame);
    this.values = new Float32Array(${features.length});
    this.log2Frames = evictlab_log2(frames.frameCount);
  }

  chooseVictim(_wanted, tick) {
    const { frames, order, values: v } = this;
    // A sample without replacement: drawn to the front.
    for (let i = 0; i < this.draws; i++) {
      const other = i + this.random.below(order.length - i);
      const frame = order[i];
      order[i] = order[other];
      order[other] = frame;
    }
    let victim = -1;
    let highest = 0;
    for (let i = 0; i < this.count; i++) {
      const frame = order[i];
${reads.join('\n')}
      const found = score(v, this.log2Frames);
      if (victim >= 0 && !(found > highest)) continue;
      highest = found;
      victim = frame;
    }
    return victim;
  }

  onLoad() {}
  onReference() {}
  onFree() {}
  onInterval() {}
}

export const policy = {
  id: 'exported',
  title: ${JSON.stringify(`Exported ${model.kind} model of ${features.map(({ id }) => id).join(', ')}`)},
  source: ${JSON.stringify(`${learner}, fitted on ${provenance.fingerprints.join(', ')}`)},
  observes: ${JSON.stringify(observes)},
  defaults: { candidates: 32 },
  create: (context, { candidates }) => new Exported(context, candidates),
};
`;
}
