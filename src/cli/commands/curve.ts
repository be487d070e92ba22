/** Page-ins at every memory size. */
import type { SampledCurve } from '../../optimal/sampledCurve.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { printNote } from '../output.ts';
import { BELOW_FILTER, parseSeed, parseWhole, SEED } from '../sharedOptions.ts';

export const curve = defineCommand({
  operand: FINGERPRINT,
  options: {
    policy: { kind: 'text', describe: 'lru or min', default: 'lru' },
    sample: {
      kind: 'text',
      describe: 'estimate from this share of the pages, such as 0.01, and say how far off it is',
    },
    'sample-pages': {
      kind: 'text',
      describe: 'the same from at most so many pages, such as 8192; exact where there are no more',
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
    const { lruFaultCurve, lruPartCurves, minFaultCurve, minPartCurves } = await import(
      '../../optimal/faultCurve.ts'
    );
    const curves = new Map([
      ['lru', { exact: lruFaultCurve, ofParts: lruPartCurves }],
      ['min', { exact: minFaultCurve, ofParts: minPartCurves }],
    ]);
    const curve = curves.get(values.policy);
    if (curve === undefined) {
      throw new InputError(
        `curve: --policy ${values.policy} has no curve in one pass`,
        `one of: ${[...curves.keys()].join(' ')}; for others, \`evictlab simulate\` at several --frames`,
      );
    }
    const seed = parseSeed(values.seed);
    const rate = parseRate(values.sample);
    const pages = parseSamplePages(values['sample-pages']);
    if (rate !== undefined && pages !== undefined) {
      throw new InputError('curve: --sample and --sample-pages are two sizes', 'give one of them');
    }
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { fingerprint, digest } = await readFingerprint(path, seed);
    const references = linearize(fingerprint);
    let sampled: SampledCurve | undefined;
    // So many pages as there are, or more, are no sample.
    const isPart = pages !== undefined && pages < references.pageCount;
    if (rate !== undefined || isPart) {
      const { sampledFaultCurve } = await import('../../optimal/sampledCurve.ts');
      const size = isPart ? { pages } : { rate: rate! };
      sampled = sampledFaultCurve(references, curve.ofParts, { ...size, seed });
    }
    const whole = sampled ?? curve.exact(references);
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
            ...(rate !== undefined && { rate }),
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

/** At least one. */
function parseSamplePages(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseWhole('--sample-pages', text, 1);
}

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
