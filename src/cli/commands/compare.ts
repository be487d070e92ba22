/** Two policies, eviction by eviction. */
import { parseFrames } from '../../evaluation/frameSizes.ts';
import { InputError } from '../../support/assert.ts';
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
  parseWhole,
  SEED,
} from '../sharedOptions.ts';

export const compare = defineCommand({
  operand: FINGERPRINT,
  options: {
    frames: FRAMES,
    'below-filter': BELOW_FILTER,
    policy: {
      kind: 'list',
      describe: 'two of them: the one that runs, and the one it is compared with',
      required: true,
    },
    ...PRICES,
    limit: { kind: 'text', describe: 'list so many decisions that differ', default: '10' },
    seed: SEED,
  },
  example:
    'compare synthetic:zipf:pages=300,references=10000 --frames 10% --policy lru --policy plan:zipf.plan',
  details: `If one of the two is plan:FILE, the regret of each victim at its prices is told too. ${POLICY_DETAILS}`,
  async run(values, [path]) {
    const seed = parseSeed(values.seed);
    const asked = parseFrames(values.frames);
    const prices = parsePrices(values);
    const listed = parseWhole('--limit', values.limit, 0);
    const names = splitPolicies(values.policy);
    if (names.length !== 2 || asked.length !== 1) {
      const what = asked.length === 1 ? `${names.length} policies` : `${asked.length} sizes`;
      throw new InputError(
        `compare: ${what} are given`,
        'give --frames one size, --policy two names',
      );
    }
    const { requireFits, resolveNamedPolicy } = await import('../../node/namedPolicy.ts');
    const policy = await resolveNamedPolicy(names[0]);
    const other = await resolveNamedPolicy(names[1]);
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { computeNextUse } = await import('../../engine/nextUse.ts');
    const { priceRegrets } = await import('../../optimal/regret.ts');
    const { comparePolicies } = await import('../../evaluation/compare.ts');
    const { formatCount, formatPercent, formatTable } = await import('../../report/table.ts');
    const { fingerprint, digest } = await readFingerprint(path, seed);
    for (const one of [policy, other]) requireFits(one, fingerprint, digest);
    const saved = other.saved ?? policy.saved;
    if (saved !== undefined && JSON.stringify(saved.claim.prices) !== JSON.stringify(prices)) {
      const { pageInCost, pageOutCost, chargeFinal } = saved.claim.prices;
      throw new InputError(
        'compare: the plan was made for other prices',
        `give --page-in-cost ${pageInCost} --page-out-cost ${pageOutCost}${chargeFinal ? ' --charge-final' : ''}`,
      );
    }
    const references = linearize(fingerprint);
    const nextUse = computeNextUse(references);
    const [{ frames, usedFrames }] = memorySizes(asked, fingerprint, {
      pageCount: references.pageCount,
      belowFilter: values['below-filter'],
    });
    const comparison = comparePolicies(references, {
      policy,
      other,
      frameCount: usedFrames,
      prices,
      seed,
      nextUse,
      regrets: saved && priceRegrets(references, nextUse, prices, saved.certificate),
      listed,
    });
    const { decisions, differences, policies } = comparison;
    const { pageNumbers, pageSizeBytes, mappings } = fingerprint;
    // With maps a page may have several addresses; it keeps the number of the reference string.
    const address = (page: number): string =>
      mappings.length > 0
        ? `page ${page}`
        : `0x${(pageNumbers[page] * BigInt(pageSizeBytes)).toString(16)}`;
    const share = (count: number): string =>
      `${formatCount(count)} of ${formatCount(decisions)}` +
      (decisions === 0 ? '' : ` (${formatPercent((100 * count) / decisions)} %)`);
    const mean = (value: number | null): string => (value === null ? '–' : value.toFixed(3));
    return {
      json: {
        fingerprint: fingerprint.name,
        digest,
        frames,
        ...prices,
        seed,
        ...comparison,
        differences: differences.map(({ wanted, victim, others, ...rest }) => ({
          ...rest,
          wanted: address(wanted),
          victim: { ...victim, page: address(victim.page) },
          others: { ...others, page: address(others.page) },
        })),
      },
      text: () => {
        const { meanRank, meanRegret, totalRegret, withoutRegret } = comparison;
        const costs = formatTable(
          [
            { title: `${fingerprint.name}, ${formatCount(frames)} frames`, align: 'left' },
            { title: 'page-ins', align: 'right' },
            { title: 'page-outs', align: 'right' },
            { title: 'cost', align: 'right' },
          ],
          policies.map((one) => [
            one.policy,
            formatCount(one.pageIns),
            formatCount(one.pageOuts),
            formatCount(one.cost),
          ]),
        );
        const fields: [string, string][] = [
          ['same pages in memory', share(comparison.samePages)],
          ['same victim', share(comparison.sameVictim)],
          ['pages used later', `${mean(meanRank)} in the mean, 0 is the farthest`],
        ];
        if (totalRegret !== null && withoutRegret !== null) {
          fields.push(
            ['without regret', share(withoutRegret)],
            ['regret', `${mean(meanRegret)} in the mean, ${formatCount(totalRegret)} in all`],
          );
        }
        return [
          costs,
          `Evictions of ${policies[0].policy} beside ${policies[1].policy}:`,
          formatFields(fields),
          ...(differences.length === 0 ? [] : [differenceTable()]),
        ].join('\n\n');
      },
    };

    function differenceTable(): string {
      const cells = ({ page, dirty, distance, regret }: (typeof differences)[0]['victim']) => [
        `${address(page)}${dirty ? '!' : ''}`,
        distance === null ? 'never' : formatCount(distance),
        mean(regret),
      ];
      return formatTable(
        [
          { title: 'reference', align: 'right' },
          { title: 'wants', align: 'left' },
          { title: 'evicts', align: 'left' },
          { title: 'used in', align: 'right' },
          { title: 'regret', align: 'right' },
          { title: 'other evicts', align: 'left' },
          { title: 'used in', align: 'right' },
          { title: 'regret', align: 'right' },
        ],
        differences.map(({ tick, wanted, victim, others }) => [
          formatCount(tick),
          address(wanted),
          ...cells(victim),
          ...cells(others),
        ]),
      );
    }
  },
});
