/** Policies on a fingerprint: what they cost. */
import { parseFrames } from '../../evaluation/frameSizes.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { formatFields } from '../fields.ts';
import { splitPolicies } from '../policyList.ts';
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
  },
  example: 'simulate synthetic:zipf:pages=300,references=10000 --frames 5%,10% --policy lru,clock',
  details: POLICY_DETAILS,
  async run(values, [path]) {
    const seed = parseSeed(values.seed);
    const asked = parseFrames(values.frames);
    const prices = parsePrices(values);
    const { requireFits, resolveNamedPolicy } = await import('../../node/namedPolicy.ts');
    const policies = [];
    for (const text of splitPolicies(values.policy)) policies.push(await resolveNamedPolicy(text));
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { simulatePolicies } = await import('../../evaluation/simulation.ts');
    const { programVersion } = await import('../../node/version.ts');
    const { fingerprint, digest } = await readFingerprint(path, seed);
    for (const policy of policies) requireFits(policy, fingerprint, digest);
    const references = linearize(fingerprint);
    const sizes = memorySizes(asked, fingerprint, {
      pageCount: references.pageCount,
      belowFilter: values['below-filter'],
    });
    const common = { fingerprint: fingerprint.name, digest, seed, version: programVersion() };
    const rows = simulatePolicies(references, { policies, sizes, prices, seed });
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
            { title: 'page-outs', align: 'right' },
            { title: 'cost', align: 'right' },
          ],
          rows.map((row) => [
            formatCount(row.frames),
            row.policy,
            formatCount(row.minorFaults),
            formatCount(row.pageIns),
            formatCount(row.pageOuts),
            formatCount(row.cost),
          ]),
        ),
    };
  },
});
