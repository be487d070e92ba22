/** Everything a study found, in one file that people can read, check and show. */
import { basename, join, resolve } from 'node:path';
import { parseFrames } from '../../evaluation/frameSizes.ts';
import type { ReportRequest } from '../../node/reportFiles.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand } from '../command.ts';
import { evaluatePolicies } from '../evaluating.ts';
import { printNote } from '../output.ts';
import { splitPolicies } from '../policyList.ts';
import {
  BELOW_FILTER,
  EFFORT,
  POLICY_DETAILS,
  PRICES,
  parseEffort,
  parsePrices,
  parseSeed,
  parseWhole,
  SEED,
  THREADS,
} from '../sharedOptions.ts';

const FOLDER = 'report';

type Source = Omit<ReportRequest, 'machine' | 'pictured' | 'output' | 'onProgress'>;

export const report = defineCommand({
  operand: {
    name: 'input',
    describe: 'the folder of a finished study, or fingerprints, to be evaluated now',
    many: true,
  },
  options: {
    output: {
      kind: 'text',
      alias: 'o',
      describe: `folder (default: ${FOLDER}/ in the study's, or here)`,
    },
    pictured: {
      kind: 'text',
      describe: 'so many of the fingerprints get pictures, from the first',
      default: '16',
    },
    machine: { kind: 'text', describe: 'where it ran, to be put into the provenance' },
    policies: { kind: 'list', describe: 'of fingerprints: as --policies of evaluate' },
    frames: {
      kind: 'text',
      describe: 'of fingerprints: memory in frames, or a share of the pages',
    },
    'below-filter': BELOW_FILTER,
    ...PRICES,
    effort: EFFORT,
    optima: { kind: 'text', describe: 'of fingerprints: folder where optima are kept' },
    threads: THREADS,
    seed: SEED,
  },
  example:
    'report synthetic:zipf:pages=300,references=10000 --policies lru,clock,min --frames 10%,20%',
  details: POLICY_DETAILS,
  async run(values, inputs) {
    const pictured = parseWhole('--pictured', values.pictured, 0);
    const { isFolder } = await import('../../node/studyRecord.ts');
    const folder = inputs.find(isFolder);
    let source: Source;
    if (folder === undefined) source = await evaluated(values, inputs);
    else {
      const given = (['policies', 'frames', 'optima'] as const).find((option) => {
        const value = values[option];
        return value !== undefined && value.length > 0;
      });
      if (given !== undefined || inputs.length > 1) {
        const what = given === undefined ? 'another input' : `--${given}`;
        throw new InputError(
          `report: ${folder} is a study, and ${what} is given`,
          'give the folder alone, or fingerprints with --policies and --frames',
        );
      }
      source = await finished(folder);
    }
    const output = values.output ?? (folder === undefined ? FOLDER : join(folder, FOLDER));
    const { tooLongNote, writeReport } = await import('../../node/reportFiles.ts');
    const { progress } = await import('../../node/progress.ts');
    const { formatCount } = await import('../../report/table.ts');
    const drawing = progress('drawing, fingerprints', Math.min(pictured, source.loads.length));
    const written = await writeReport({
      ...source,
      machine: values.machine,
      pictured,
      output,
      onProgress: (done) => drawing.update(done),
    }).finally(() => drawing.done());
    const note = tooLongNote(written, pictured);
    if (note !== undefined) printNote(note);
    const { html, htmlBytes, figures, files } = written;
    return {
      json: { report: html, bytes: htmlBytes, figures, files, failures: source.failures },
      isIncomplete: source.failures.length > 0,
      text: () =>
        `${html}: ${formatCount(figures)} pictures, ${formatCount(htmlBytes)} bytes; ` +
        `the numbers behind them are in ${join(output, 'data')}`,
    };
  },
});

async function finished(folder: string): Promise<Source> {
  const { readFinishedStudy } = await import('../../node/studyRecord.ts');
  const { modelPolicyName } = await import('../../node/modelFile.ts');
  const { record, rows, failures, pareto } = await readFinishedStudy(folder);
  const { study, seed, prices, effort, program, fitted, policyOptions, models } = record;
  const { families = {}, untuned } = record;
  return {
    title: `Study ${study}`,
    rows,
    failures,
    pareto,
    fitted: new Set([fitted, ...(untuned === undefined ? [] : [untuned]), ...models]),
    families,
    loads: record.fingerprints.map(({ name, digest, path, model, labels, tuned }) => ({
      name,
      digest,
      path,
      policyFor: (label) => {
        if (label === fitted) return modelPolicyName(model, { ...policyOptions, ...tuned });
        return label === untuned ? modelPolicyName(model, policyOptions) : label;
      },
      model: { path: model, labels: labels[0] },
    })),
    seed,
    prices,
    effort,
    program,
    commands: [
      `evictlab study ${study}.yaml --effort ${effort}`,
      `evictlab report ${basename(resolve(folder))}`,
    ],
  };
}

async function evaluated(
  values: {
    readonly policies: readonly string[];
    readonly frames: string | undefined;
    readonly optima: string | undefined;
    readonly threads: string | undefined;
    readonly seed: string;
    readonly effort: string;
    readonly 'below-filter': boolean;
    readonly 'page-in-cost': string;
    readonly 'page-out-cost': string;
    readonly 'charge-final': boolean;
  },
  inputs: readonly string[],
): Promise<Source> {
  const { expandPolicies } = await import('../../node/policyNames.ts');
  const policies = await expandPolicies(splitPolicies(values.policies ?? []));
  if (policies.length === 0 || values.frames === undefined) {
    const what = policies.length === 0 ? '--policies' : '--frames';
    throw new InputError(
      `report: ${what} is missing, and ${inputs[0]} is no folder of a study`,
      'give the folder that `evictlab study` wrote, or fingerprints with --policies and --frames',
    );
  }
  const sizes = parseFrames(values.frames);
  const prices = parsePrices(values);
  const seed = parseSeed(values.seed);
  const effort = parseEffort(values.effort);
  const { fittedLabels } = await import('../../node/namedPolicy.ts');
  const { programVersion } = await import('../../node/version.ts');
  const { optima, threads } = values;
  const belowFilter = values['below-filter'];
  const asked = { inputs, policies, sizes, belowFilter, prices, seed, effort, optima, threads };
  const { rows, failures, names, resolved } = await evaluatePolicies(asked);
  return {
    title: `Policies on ${names.join(', ')}`,
    rows,
    failures,
    pareto: [],
    fitted: fittedLabels(resolved),
    families: {},
    // Of one whose cells have all failed there is nothing to tell.
    loads: names.flatMap((name, i) => {
      const row = rows.find(({ fingerprint }) => fingerprint === name);
      if (row === undefined) return [];
      const policyFor = (label: string): string => label;
      return [{ name, digest: row.digest, path: inputs[i], policyFor, model: undefined }];
    }),
    seed,
    prices,
    effort,
    program: `evictlab ${programVersion()}`,
    commands: [
      `evictlab report ${inputs.join(' ')} --policies ${policies.join(',')} ` +
        `--frames ${values.frames} --effort ${effort} --seed ${seed}`,
    ],
  };
}
