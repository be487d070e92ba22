/** The best any policy could do, and how certain that is. */
import type { Prices } from '../../engine/machine.ts';
import { parseFrames } from '../../evaluation/frameSizes.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { ELASTIC, parseMachine } from '../elasticMachine.ts';
import { formatFields } from '../fields.ts';
import {
  BELOW_FILTER,
  FRAMES,
  memorySizes,
  PRICES,
  parsePrices,
  parseSeed,
  parseWhole,
  SEED,
} from '../sharedOptions.ts';

export const optimum = defineCommand({
  operand: FINGERPRINT,
  options: {
    frames: FRAMES,
    'below-filter': BELOW_FILTER,
    ...PRICES,
    exact: {
      kind: 'flag',
      describe: 'try for whole numbers where the relaxation is fractional; small inputs only',
      default: false,
    },
    seconds: {
      kind: 'text',
      describe: 'stop then with what is certain so far; the result depends on the machine',
    },
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'write the schedule and the proof of its bound, to be used as policy plan:FILE',
    },
    seed: { ...SEED, describe: 'of synthetic:… inputs' },
    ...ELASTIC,
  },
  example: 'optimum synthetic:zipf:pages=300,references=10000 --frames 10% -o zipf.plan',
  details: `With --elastic the order of references moves with the faults. The lower bound then holds \
for every order the sequences can come in and for every policy. The best schedule is the best run \
found on the machine given, and there may be a better one, unless the two meet. With maps the \
bound leaves out anonymous pages of processes that fork: which these are depends on the order.`,
  async run(values, [path]) {
    const asked = parseFrames(values.frames);
    if (values.output !== undefined && asked.length > 1) {
      throw new InputError('optimum: --output takes one plan', 'give --frames one size');
    }
    const prices = parsePrices(values);
    const machine = parseMachine(values);
    if (machine !== undefined && (values.output !== undefined || values.exact)) {
      const option = values.exact ? '--exact' : '--output';
      throw new InputError(
        `optimum: ${option} is of one order, and with --elastic the order moves`,
        'keep an order with `evictlab simulate --elastic --output FILE`, and ask for its optimum',
      );
    }
    const seconds =
      values.seconds === undefined ? undefined : parseWhole('--seconds', values.seconds, 1);
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { computeNextUse } = await import('../../engine/nextUse.ts');
    const { computeOptimum } = await import('../../optimal/optimum.ts');
    const { progress } = await import('../../node/progress.ts');
    const { formatCount } = await import('../../report/table.ts');
    const { fingerprint, digest } = await readFingerprint(path, parseSeed(values.seed));
    const sizesOf = (pageCount: number) =>
      memorySizes(asked, fingerprint, { pageCount, belowFilter: values['below-filter'] });
    const references = linearize(fingerprint);
    // With maps, an address may be several pages.
    const sizes = sizesOf(references.pageCount);
    if (machine !== undefined) {
      const { optimumElastic } = await import('../elasticOptimum.ts');
      const question = { sizes, prices, machine, seconds };
      return optimumElastic(fingerprint, { fingerprint: fingerprint.name, digest }, question);
    }
    const nextUse = computeNextUse(references);
    const rows: OptimumRow[] = [];
    for (const { frames, usedFrames, belowFilter } of sizes) {
      const bracket = progress(`optimum of ${frames} frames: at least`);
      const found = await computeOptimum(references, {
        frameCount: usedFrames,
        prices,
        nextUse,
        effort: values.exact ? 'exact' : 'full',
        ...(seconds !== undefined && { seconds, now: () => performance.now() }),
        onProgress: (lowerBound) => bracket.update(lowerBound),
      });
      bracket.done();
      if (values.output !== undefined) {
        const { writePlan } = await import('../../node/planFile.ts');
        const subject = { name: fingerprint.name, digest, references: references.pages.length };
        await writePlan(values.output, subject, found);
      }
      const { lowerBound, upperBound, exact, schedule, minPageIns } = found;
      const { pageIns, pageOuts, dirtyAtEnd } = schedule;
      rows.push({
        fingerprint: fingerprint.name,
        digest,
        frames,
        ...(belowFilter !== undefined && { belowFilter }),
        ...prices,
        lowerBound,
        upperBound,
        exact,
        pageIns,
        pageOuts: pageOuts + (prices.chargeFinal ? dirtyAtEnd : 0),
        minPageIns,
        lowerMethod: found.lowerMethod,
        upperMethod: found.upperMethod,
      });
    }
    return {
      json: rows.length === 1 ? { ...rows[0] } : { rows },
      text: () =>
        rows
          .map((row) =>
            formatFields([
              ['fingerprint', row.fingerprint],
              ['frames', formatCount(row.frames)],
              ['least cost', certaintyText(row.lowerBound, row.upperBound, formatCount)],
              [
                'best schedule',
                `${formatCount(row.pageIns)} page-ins, ${formatCount(row.pageOuts)} page-outs (${row.upperMethod})`,
              ],
              ['fewest page-ins', `${formatCount(row.minPageIns)} (exact, MIN)`],
            ]),
          )
          .join('\n\n'),
    };
  },
});

/** What is printed of one optimum. */
interface OptimumRow extends Prices {
  readonly fingerprint: string;
  readonly digest: string;
  readonly frames: number;
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly exact: boolean;
  readonly pageIns: number;
  readonly pageOuts: number;
  readonly minPageIns: number;
  readonly lowerMethod: string;
  readonly upperMethod: string;
}

function certaintyText(low: number, high: number, format: (cost: number) => string): string {
  if (low === high) return `${format(low)} (exact)`;
  // Above a lower bound of 0 the uncertainty has no size relative to it.
  const gap = low === 0 ? '' : ` (gap ${((100 * (high - low)) / low).toFixed(1)} %)`;
  return `between ${format(low)} and ${format(high)}${gap}`;
}
