/** Fingerprints to labelled decisions. */

import { parseFrames } from '../../evaluation/frameSizes.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand } from '../command.ts';
import { formatFields } from '../fields.ts';
import {
  BELOW_FILTER,
  FRAMES,
  POLICY_DETAILS,
  parseSeed,
  parseWhole,
  SEED,
} from '../sharedOptions.ts';

/** What the future says; columns of the file. With a plan there is also `regret`. */
const LABELS = ['forwardDistance', 'optimalVictim', 'ioScore'];

export const label = defineCommand({
  operand: {
    name: 'fingerprint',
    describe: 'files (binary or notation), or synthetic:NAME:option=value,…',
    many: true,
  },
  options: {
    frames: FRAMES,
    'below-filter': BELOW_FILTER,
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'decisions to write: a name in .parquet, or .csv for other programs',
      required: true,
    },
    candidates: {
      kind: 'text',
      describe: "pages looked at in each decision: all, or so many with the optimum's choice",
      default: '32',
    },
    'states-of': {
      kind: 'text',
      describe: 'policy whose run is labelled: id, id:option=value,…, model:FILE or a module',
      default: 'min',
    },
    'max-decisions': {
      kind: 'text',
      describe: 'at most so many of each fingerprint and size, evenly spread (default all)',
    },
    features: {
      kind: 'list',
      describe: 'features to write, by id (default all; experts make it slow)',
    },
    plan: {
      kind: 'text',
      describe: 'of `evictlab optimum … -o FILE`: adds the regret of each candidate at its prices',
    },
    seed: SEED,
  },
  example: 'label synthetic:zipf:pages=300,references=10000 --frames 10% -o zipf.parquet',
  details: POLICY_DETAILS,
  async run(values, inputs) {
    const sizes = parseFrames(values.frames);
    const seed = parseSeed(values.seed);
    const candidates = parseCandidates(values.candidates);
    const limit = values['max-decisions'];
    const { plan } = values;
    if (plan !== undefined && inputs.length * sizes.length > 1) {
      throw new InputError(
        'label: --plan prices one fingerprint at one size',
        'give one fingerprint and --frames one size',
      );
    }
    const labels = plan === undefined ? LABELS : [...LABELS, 'regret'];
    const { labelFiles } = await import('../../node/labelFiles.ts');
    const { progress } = await import('../../node/progress.ts');
    const { formatCount } = await import('../../report/table.ts');
    const labelling = progress('labelling, runs', inputs.length * sizes.length);
    const asked = values.features.flatMap((text) => text.split(','));
    const { decisions, rows, features } = await labelFiles({
      inputs,
      sizes,
      belowFilter: values['below-filter'],
      statesOf: values['states-of'],
      candidates,
      maxDecisions: limit === undefined ? undefined : parseWhole('--max-decisions', limit, 1),
      seed,
      features: asked.length === 0 ? undefined : asked,
      ...(plan !== undefined && { plan }),
      output: values.output,
      onDone: (runs) => labelling.update(runs),
    });
    labelling.done();
    return {
      json: {
        output: values.output,
        decisions,
        rows,
        features,
        labels,
        seed,
        belowFilter: values['below-filter'],
      },
      text: () =>
        formatFields([
          ['decisions', formatCount(decisions)],
          ['rows', formatCount(rows)],
          ['features', features.join(' ')],
          ['labels', labels.join(' ')],
          ['written', values.output],
        ]),
    };
  },
});

function parseCandidates(text: string): 'all' | number {
  if (text === 'all') return text;
  if (!/^\d+$/.test(text)) {
    throw new InputError(
      `label: --candidates ${text} is neither "all" nor a number`,
      'give all, or a whole number of at least 2',
    );
  }
  return parseWhole('--candidates', text, 2);
}
