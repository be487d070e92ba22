/** Policies on a fingerprint: what they cost. */
import type { Memory } from '../../engine/memory.ts';
import { parseFrames } from '../../evaluation/frameSizes.ts';
import type { ReferenceString } from '../../fingerprint/fingerprint.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { ELASTIC, LOAD_CONTROL, parseLoadControl, parseMachine } from '../elasticMachine.ts';
import { formatFields, ruleFields } from '../fields.ts';
import { splitPolicies } from '../policyList.ts';
import { PREFETCH_DETAILS, PREFETCHING, parsePrefetching, prefetchFields } from '../prefetching.ts';
import { parseSeries, Recording, SERIES } from '../series.ts';
import {
  BELOW_FILTER,
  FRAMES,
  memorySizes,
  POLICY_DETAILS,
  PRICES,
  parsePrices,
  parseSeed,
  SEED,
} from '../sharedOptions.ts';

export const simulate = defineCommand({
  operand: FINGERPRINT,
  options: {
    frames: FRAMES,
    policy: {
      kind: 'list',
      describe: 'id, id:option=value,…, model:FILE or a module; a list, or several times',
      required: true,
    },
    'below-filter': BELOW_FILTER,
    ...PRICES,
    seed: SEED,
    ...PREFETCHING,
    ...SERIES,
    io: {
      kind: 'text',
      describe: 'what stands between a fault and the disk: textbook (nothing) or linux',
    },
    'io-option': { kind: 'list', describe: 'name=value laid over --io, like faultAround=1' },
    ...ELASTIC,
    ...LOAD_CONTROL,
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'elastic: write what happened, in its order, as a fingerprint',
    },
  },
  example: 'simulate synthetic:zipf:pages=300,references=10000 --frames 5%,10% --policy lru,clock',
  details: `${POLICY_DETAILS} With --elastic, and with --io, policies that look into the future are \
shown the order that the references have when no I/O takes time; what is the least for that order \
need not be for another, nor where pages are read ahead. --io runs the fingerprint on virtual \
memory and counts faults by kind and requests of the device; --io linux reads ahead unless \
--prefetch none. Its options: zeroPage, faultAround, swapSlots, keepSlotsPercent, requestPages, \
flushPercent and more, see src/vm/README.md. ${PREFETCH_DETAILS}`,
  async run(values, [path]) {
    const seed = parseSeed(values.seed);
    const asked = parseFrames(values.frames);
    const prices = parsePrices(values);
    const machine = parseMachine(values);
    const loadControl = parseLoadControl(values);
    const { output } = values;
    if (output !== undefined && machine === undefined) {
      throw new InputError('simulate: --output keeps a moved order', 'add --elastic');
    }
    const prefetching = await parsePrefetching(values);
    const profilePath = values['save-profile'];
    const asksIo = values.io !== undefined || values['io-option'].length > 0;
    const { parseIo } = asksIo ? await import('../ioSimulate.ts') : {};
    const io = await parseIo?.(values, prefetching);
    const asksSeries = parseSeries(values);
    if (io !== undefined && profilePath !== undefined) {
      throw new InputError(
        'simulate: --save-profile is of runs without --io, which name pages in their own way',
        'leave out --io, or --save-profile',
      );
    }
    const { requireFits, resolveNamedPolicy } = await import('../../node/namedPolicy.ts');
    const { expandPolicies } = await import('../../node/policyNames.ts');
    const policies = [];
    for (const text of await expandPolicies(splitPolicies(values.policy))) {
      policies.push(await resolveNamedPolicy(text));
    }
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { simulatePolicies } = await import('../../evaluation/simulation.ts');
    const { programVersion } = await import('../../node/version.ts');
    const { fingerprint, digest } = await readFingerprint(path, seed);
    for (const policy of policies) requireFits(policy, fingerprint, digest);
    const sizesOf = (pageCount: number) =>
      memorySizes(asked, fingerprint, { pageCount, belowFilter: values['below-filter'] });
    const series = asksSeries && new Recording(asksSeries, fingerprint);
    const common = { fingerprint: fingerprint.name, digest, seed, version: programVersion() };
    if (machine !== undefined || io !== undefined) {
      // With maps, an address may be several pages; how many depends on the order.
      const hasMaps = fingerprint.mappings.length > 0;
      const { pageNumbers } = fingerprint;
      const sizes = sizesOf(hasMaps ? linearize(fingerprint).pageCount : pageNumbers.length);
      requireOneRun(values, policies.length * sizes.length);
      requireOwnFiles(values);
      const question = { policies, sizes, prices, seed, output, series, loadControl };
      // With maps, only virtual memory knows what lies behind a page that is not there yet.
      const readsMaps = hasMaps && prefetching !== undefined;
      if (io === undefined && !readsMaps) {
        const { simulateElastic } = await import('../elasticSimulate.ts');
        const elastic = { ...question, machine: machine!, prefetching, profilePath };
        return simulateElastic(fingerprint, common, elastic);
      }
      if (profilePath !== undefined) {
        throw new InputError(
          `simulate: --save-profile is not of runs that read ahead in ${fingerprint.name}, which ` +
            'has maps, and move its order',
          'leave out --elastic, or --prefetch',
        );
      }
      const { simulateIo, textbookIo } = await import('../ioSimulate.ts');
      const on = io ?? textbookIo(prefetching);
      return simulateIo(fingerprint, common, { ...question, io: on, machine });
    }
    const references = linearize(fingerprint);
    // With maps, an address may be several pages.
    const sizes = sizesOf(references.pageCount);
    requireOneRun(values, policies.length * sizes.length);
    let saved: Promise<void> | undefined;
    const rows = simulatePolicies(references, {
      policies,
      sizes,
      prices,
      seed,
      prefetching,
      ...(series !== undefined && {
        record: (memory, inner) => series.ofReplay(references, memory, inner),
      }),
      ...(profilePath !== undefined && {
        onEnd: (memory) => {
          saved = keepProfile(profilePath, memory, references);
        },
      }),
    });
    await saved;
    await series?.write(references);
    const { formatCount, formatTable } = await import('../../report/table.ts');
    if (rows.length === 1) {
      const [row] = rows;
      return {
        json: { ...row, ...prices, ...common },
        text: () =>
          formatFields([
            ['fingerprint', fingerprint.name],
            ['policy', row.policy],
            ['frames', formatCount(row.frames)],
            ['references', formatCount(row.references)],
            ['minor faults', formatCount(row.minorFaults)],
            ['page-ins', formatCount(row.pageIns)],
            ['page-outs', formatCount(row.pageOuts)],
            ['dirty at end', formatCount(row.dirtyAtEnd)],
            ['evictions', formatCount(row.evictions)],
            ...prefetchFields(row.prefetches),
            ...ruleFields(row.rules),
            ['cost', formatCount(row.cost)],
          ]),
      };
    }
    return {
      json: { rows: rows.map((row) => ({ ...row, ...prices, ...common })) },
      text: () =>
        formatTable(
          [
            { title: 'frames', align: 'right' },
            { title: 'policy', align: 'left' },
            { title: 'minor faults', align: 'right' },
            { title: 'page-ins', align: 'right' },
            ...(prefetching === undefined
              ? []
              : [{ title: 'read ahead', align: 'right' } as const]),
            { title: 'page-outs', align: 'right' },
            { title: 'cost', align: 'right' },
          ],
          rows.map((row) => [
            formatCount(row.frames),
            row.policy,
            formatCount(row.minorFaults),
            formatCount(row.pageIns),
            ...(row.prefetches === undefined ? [] : [formatCount(row.prefetches.issued)]),
            formatCount(row.pageOuts),
            formatCount(row.cost),
          ]),
        ),
    };
  },
});

async function keepProfile(
  path: string,
  memory: Memory,
  references: ReferenceString,
): Promise<void> {
  const { profileOf } = await import('../../engine/profile.ts');
  const { writeProfile } = await import('../../node/profileFile.ts');
  await writeProfile(path, profileOf(memory, references));
}

/** What is written at the end is of one run. */
const OF_ONE_RUN = ['output', 'save-profile', 'series'] as const;

type OutputPaths = { readonly [Name in (typeof OF_ONE_RUN)[number]]: string | undefined };

function requireOneRun(values: OutputPaths, runs: number): void {
  const given = OF_ONE_RUN.find((name) => values[name] !== undefined);
  if (given === undefined || runs === 1) return;
  throw new InputError(`simulate: --${given} takes one run`, 'give one policy and one size');
}

/** The one written last would be all that is left. */
function requireOwnFiles(values: OutputPaths): void {
  const given = OF_ONE_RUN.filter((name) => values[name] !== undefined);
  for (const [i, name] of given.entries()) {
    const same = given.slice(0, i).find((other) => values[other] === values[name]);
    if (same === undefined) continue;
    throw new InputError(
      `simulate: --${same} and --${name} name one file, ${values[name]}`,
      'give each its own',
    );
  }
}
