/** Policies beside the optimum. */
import { parseFrames } from '../../evaluation/frameSizes.ts';
import { defineCommand } from '../command.ts';
import { evaluatePolicies } from '../evaluating.ts';
import { printNote } from '../output.ts';
import { splitPolicies } from '../policyList.ts';
import {
  BELOW_FILTER,
  EFFORT,
  FRAMES,
  POLICY_DETAILS,
  PRICES,
  parseEffort,
  parsePrices,
  parseSeed,
  SEED,
  THREADS,
} from '../sharedOptions.ts';

export const evaluate = defineCommand({
  operand: {
    name: 'fingerprint',
    describe: 'files (binary or notation), or synthetic:NAME:option=value,…',
    many: true,
  },
  options: {
    policies: {
      kind: 'list',
      describe:
        'as --policy of simulate: a list, or several times; panel: thirteen hand-made, all: every one',
      required: true,
    },
    frames: FRAMES,
    'below-filter': BELOW_FILTER,
    ...PRICES,
    effort: EFFORT,
    optima: {
      kind: 'text',
      describe: 'folder where optima are kept from one run to the next (default: not kept)',
    },
    'equal-resident': {
      kind: 'flag',
      describe:
        'set policies that keep frames free beside the optimum of the frames they used, too',
      default: false,
    },
    csv: { kind: 'flag', describe: 'print the rows as CSV', default: false },
    threads: THREADS,
    seed: SEED,
  },
  example:
    'evaluate synthetic:zipf:pages=300,references=10000 --policies lru,clock,sieve --frames 10%,20%',
  details: POLICY_DETAILS,
  async run(values, inputs) {
    const sizes = parseFrames(values.frames);
    const prices = parsePrices(values);
    const seed = parseSeed(values.seed);
    const effort = parseEffort(values.effort);
    const { expandPolicies } = await import('../../node/policyNames.ts');
    const { fittedLabels } = await import('../../node/namedPolicy.ts');
    const { policyStatistics } = await import('../../evaluation/statistics.ts');
    const { statisticsTable, summaryTable } = await import('../../report/statisticsTable.ts');
    const { failureList, gapTable } = await import('../../report/gapTable.ts');
    const { evaluationCsv } = await import('../../report/csv.ts');
    const { programVersion } = await import('../../node/version.ts');
    const { rows, failures, resolved } = await evaluatePolicies({
      inputs,
      policies: await expandPolicies(splitPolicies(values.policies)),
      sizes,
      belowFilter: values['below-filter'],
      prices,
      seed,
      effort,
      equalResident: values['equal-resident'],
      optima: values.optima,
      threads: values.threads,
    });
    for (const name of new Set(rows.map((row) => row.fingerprint))) {
      for (const { label, fittedOn } of resolved) {
        if (!fittedOn.includes(name)) continue;
        printNote(`${label} was fitted on "${name}": its row there is not held out`);
      }
    }
    const statistics = policyStatistics(rows, { fitted: fittedLabels(resolved), seed });
    return {
      json: {
        version: programVersion(),
        seed,
        prices,
        effort,
        belowFilter: values['below-filter'],
        statistics,
        rows,
        failures,
      },
      isIncomplete: failures.length > 0,
      text: () => {
        if (values.csv) return evaluationCsv(rows, failures).trimEnd();
        const tables = [gapTable(rows), summaryTable(statistics), statisticsTable(statistics)];
        return [...tables, ...failureList(failures)].join('\n\n');
      },
    };
  },
});
