/** Policies beside the optimum. */
import { parseFrames } from '../../evaluation/frameSizes.ts';
import { defineCommand } from '../command.ts';
import { noteFailedCells, printNote } from '../output.ts';
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
  parseWhole,
  SEED,
  THREADS,
} from '../sharedOptions.ts';

export const evaluate = defineCommand({
  name: 'evaluate',
  title: 'Compare policies with the optimum: the gap table',
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
    const asked = values.threads;
    const { resolveNamedPolicy } = await import('../../node/namedPolicy.ts');
    const { expandPolicies } = await import('../../node/policyNames.ts');
    const policies = await expandPolicies(splitPolicies(values.policies));
    // A slip in a name is told now, not after the first optimum.
    const resolved = await Promise.all(policies.map((policy) => resolveNamedPolicy(policy)));
    const { defaultThreads, openJobPool } = await import('../../node/jobPool.ts');
    const { evaluateFingerprints } = await import('../../node/evaluate.ts');
    const { progress } = await import('../../node/progress.ts');
    const { summarize } = await import('../../evaluation/summary.ts');
    const { policyStatistics } = await import('../../evaluation/statistics.ts');
    const { statisticsTable } = await import('../../report/statisticsTable.ts');
    const { failureList, gapTable, summaryTable } = await import('../../report/gapTable.ts');
    const { evaluationCsv } = await import('../../report/csv.ts');
    const { programVersion } = await import('../../node/version.ts');
    const evaluating = progress('evaluating, jobs');
    const pool = await openJobPool(
      asked === undefined ? defaultThreads() : parseWhole('--threads', asked, 1),
    );
    try {
      const { rows, failures } = await evaluateFingerprints({
        inputs,
        lines: policies.map((policy) => ({ label: policy, policyFor: () => policy })),
        sizes,
        belowFilter: values['below-filter'],
        prices,
        seed,
        effort,
        equalResident: values['equal-resident'],
        pool,
        optimaFolders: values.optima === undefined ? [] : [values.optima],
        store: undefined,
        onProgress: (done, total) => evaluating.update(done, total),
      });
      evaluating.done();
      noteFailedCells(failures, rows.length + failures.length);
      for (const name of new Set(rows.map((row) => row.fingerprint))) {
        for (const { label, fittedOn } of resolved) {
          if (!fittedOn.includes(name)) continue;
          printNote(`${label} was fitted on "${name}": its row there is not held out`);
        }
      }
      const summaries = summarize(rows);
      const fitted = resolved.flatMap(({ label, fittedOn }) =>
        fittedOn.length > 0 ? [label] : [],
      );
      const statistics = policyStatistics(rows, { fitted: new Set(fitted), seed });
      return {
        json: {
          version: programVersion(),
          seed,
          prices,
          effort,
          belowFilter: values['below-filter'],
          summaries,
          statistics,
          rows,
          failures,
        },
        isIncomplete: failures.length > 0,
        text: () => {
          if (values.csv) return evaluationCsv(rows, failures).trimEnd();
          const tables = [gapTable(rows), summaryTable(summaries), statisticsTable(statistics)];
          return [...tables, ...failureList(failures)].join('\n\n');
        },
      };
    } finally {
      evaluating.done();
      await pool.close();
    }
  },
});
