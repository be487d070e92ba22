/** Policies on a fingerprint: what they cost. */
import { parseFrames } from '../../evaluation/frameSizes.ts';
import { InputError } from '../../support/assert.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { ELASTIC, parseMachine } from '../elasticMachine.ts';
import { formatFields } from '../fields.ts';
import { splitPolicies } from '../policyList.ts';
import { PREFETCH_DETAILS, PREFETCHING, parsePrefetching, prefetchFields } from '../prefetching.ts';
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
  name: 'simulate',
  title: 'Run policies on a fingerprint',
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
    ...ELASTIC,
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'elastic: write what happened, in its order, as a fingerprint',
    },
  },
  example: 'simulate synthetic:zipf:pages=300,references=10000 --frames 5%,10% --policy lru,clock',
  details: `${POLICY_DETAILS} With --elastic, policies that look into the future are shown the order \
that the references have when no I/O takes time. ${PREFETCH_DETAILS}`,
  async run(values, [path]) {
    const seed = parseSeed(values.seed);
    const asked = parseFrames(values.frames);
    const prices = parsePrices(values);
    const machine = parseMachine(values);
    const { output } = values;
    if (output !== undefined && machine === undefined) {
      throw new InputError('simulate: --output keeps a moved order', 'add --elastic');
    }
    const prefetching = await parsePrefetching(values);
    const profilePath = values['save-profile'];
    if (machine !== undefined && (prefetching ?? profilePath) !== undefined) {
      throw new InputError('simulate: pages are read ahead in replays only', 'leave out --elastic');
    }
    const { requireFits, resolveNamedPolicy } = await import('../../node/namedPolicy.ts');
    const policies = [];
    for (const text of splitPolicies(values.policy)) policies.push(await resolveNamedPolicy(text));
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { simulatePolicies } = await import('../../evaluation/simulation.ts');
    const { programVersion } = await import('../../node/version.ts');
    const { profileOf } = await import('../../engine/profile.ts');
    const { writeProfile } = await import('../../node/profileFile.ts');
    const { fingerprint, digest } = await readFingerprint(path, seed);
    for (const policy of policies) requireFits(policy, fingerprint, digest);
    const sizesOf = (pageCount: number) =>
      memorySizes(asked, fingerprint, { pageCount, belowFilter: values['below-filter'] });
    const common = { fingerprint: fingerprint.name, digest, seed, version: programVersion() };
    if (machine !== undefined) {
      const sizes = sizesOf(fingerprint.pageNumbers.length);
      if (output !== undefined && policies.length * sizes.length > 1) {
        throw new InputError('simulate: --output takes one run', 'give one policy and one size');
      }
      const { simulateElastic } = await import('../elasticSimulate.ts');
      const run = { policies, sizes, prices, seed, machine, output };
      return simulateElastic(fingerprint, common, run);
    }
    const references = linearize(fingerprint);
    // With maps, an address may be several pages.
    const sizes = sizesOf(references.pageCount);
    if (profilePath !== undefined && policies.length * sizes.length > 1) {
      throw new InputError('simulate: --save-profile takes one run', 'one policy and one size');
    }
    let saved: Promise<void> | undefined;
    const rows = simulatePolicies(references, {
      policies,
      sizes,
      prices,
      seed,
      prefetching,
      ...(profilePath !== undefined && {
        onEnd: (memory) => {
          saved = writeProfile(profilePath, profileOf(memory, references));
        },
      }),
    });
    await saved;
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
