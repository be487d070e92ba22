/** Page-ins at every memory size. */
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { parseSeed, SEED } from '../sharedOptions.ts';

export const curve = defineCommand({
  name: 'curve',
  title: 'Count the page-ins at every memory size in one pass',
  operand: FINGERPRINT,
  options: {
    policy: { kind: 'text', describe: 'lru or min', default: 'lru' },
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
    const { frames, pageIns } = compute(linearize(fingerprint));
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
