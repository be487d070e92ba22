/** Page-ins at every memory size. */
import type { SampledCurve } from '../../optimal/sampledCurve.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { printNote } from '../output.ts';
import { BELOW_FILTER, parseSeed, SEED } from '../sharedOptions.ts';

export const curve = defineCommand({
  operand: FINGERPRINT,
  options: {
    policy: { kind: 'text', describe: 'lru or min', default: 'lru' },
    sample: {
      kind: 'text',
      describe: 'estimate from this share of the pages, such as 0.01, and say how far off it is',
    },
    'below-filter': BELOW_FILTER,
    csv: {
      kind: 'flag',
      describe: 'print frames,pageIns (and standardError) as CSV',
      default: false,
    },
    seed: { ...SEED, describe: 'of synthetic:… inputs, and of the sample' },
  },
  example: 'curve synthetic:loop:pages=20,rounds=5 --policy min',
  async run(values, [path]) {
    const { lruFaultCurve, minFaultCurve } = await import('../../optimal/faultCurve.ts');
    const curves = new Map([
      ['lru', lruFaultCurve],
      ['min', minFaultCurve],
    ]);
    const compute = curves.get(values.policy);
    if (compute === undefined) {
      throw new InputError(
        `curve: --policy ${values.policy} has no curve in one pass`,
        `one of: ${[...curves.keys()].join(' ')}; for others, \`evictlab simulate\` at several --frames`,
      );
    }
    const seed = parseSeed(values.seed);
    const rate = parseRate(values.sample);
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { fingerprint, digest } = await readFingerprint(path, seed);
    const references = linearize(fingerprint);
    let sampled: SampledCurve | undefined;
    if (rate !== undefined) {
      const { sampledFaultCurve } = await import('../../optimal/sampledCurve.ts');
      sampled = sampledFaultCurve(references, compute, { rate, seed });
    }
    const whole = sampled ?? compute(references);
    const { framesMinOf } = await import('../../evaluation/filterLimit.ts');
    const framesMin = values['below-filter'] ? 1 : framesMinOf(fingerprint);
    if (framesMin > 1) printNote(`the capture is right from ${framesMin} frames on`);
    const isShown = (_: number, i: number): boolean => whole.frames[i] >= framesMin;
    const frames = whole.frames.filter(isShown);
    const pageIns = whole.pageIns.filter(isShown);
    const errors = sampled?.standardErrors.filter(isShown);
    if (sampled !== undefined) {
      const { sampledPages } = sampled;
      printNote(`an estimate, from ${sampledPages} of ${references.pageCount} pages`);
    }
    const { formatCount, formatTable } = await import('../../report/table.ts');
    return {
      json: {
        fingerprint: fingerprint.name,
        digest,
        policy: values.policy,
        frames,
        pageIns,
        ...(sampled !== undefined && {
          sample: {
            rate,
            seed,
            pages: sampled.sampledPages,
            references: sampled.sampledReferences,
          },
          standardErrors: errors,
        }),
      },
      text: () => {
        if (values.csv) {
          const head = `frames,pageIns${errors === undefined ? '' : ',standardError'}`;
          const rows = frames.map((count, i) =>
            [count, pageIns[i], ...(errors === undefined ? [] : [errors[i].toFixed(1)])].join(','),
          );
          return [head, ...rows].join('\n');
        }
        return formatTable(
          [
            { title: 'frames', align: 'right' },
            { title: 'page-ins', align: 'right' },
            ...(errors === undefined ? [] : [{ title: 'std. error', align: 'right' } as const]),
          ],
          frames.map((count, i) => [
            formatCount(count),
            formatCount(pageIns[i]),
            ...(errors === undefined ? [] : [formatCount(Math.round(errors[i]))]),
          ]),
        );
      },
    };
  },
});

/** The share of pages that `text` says; undefined without. */
function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (/^\d*\.?\d+(e-\d+)?$/.test(text) && rate > 0 && rate < 1) return rate;
  throw new InputError(
    `curve: --sample ${text} is no share of the pages`,
    'give a number between 0 and 1, such as 0.01; leave it out for the exact curve',
  );
}
