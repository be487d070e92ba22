/** Page-ins at every memory size. */
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { printNote } from '../output.ts';
import { BELOW_FILTER, parseSeed, SEED } from '../sharedOptions.ts';

export const curve = defineCommand({
  operand: FINGERPRINT,
  options: {
    policy: { kind: 'text', describe: 'lru or min', default: 'lru' },
    'below-filter': BELOW_FILTER,
    csv: { kind: 'flag', describe: 'print frames,pageIns as CSV', default: false },
    seed: { ...SEED, describe: 'of synthetic:… inputs' },
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
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { fingerprint, digest } = await readFingerprint(path, parseSeed(values.seed));
    const whole = compute(linearize(fingerprint));
    const { framesMinOf } = await import('../../evaluation/filterLimit.ts');
    const framesMin = values['below-filter'] ? 1 : framesMinOf(fingerprint);
    if (framesMin > 1) printNote(`the capture is right from ${framesMin} frames on`);
    const isShown = (_: number, i: number): boolean => whole.frames[i] >= framesMin;
    const frames = whole.frames.filter(isShown);
    const pageIns = whole.pageIns.filter(isShown);
    const { formatCount, formatTable } = await import('../../report/table.ts');
    return {
      json: { fingerprint: fingerprint.name, digest, policy: values.policy, frames, pageIns },
      text: () => {
        if (values.csv) {
          return ['frames,pageIns', ...frames.map((count, i) => `${count},${pageIns[i]}`)].join(
            '\n',
          );
        }
        return formatTable(
          [
            { title: 'frames', align: 'right' },
            { title: 'page-ins', align: 'right' },
          ],
          frames.map((count, i) => [formatCount(count), formatCount(pageIns[i])]),
        );
      },
    };
  },
});
