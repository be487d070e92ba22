/** The options of prefetching, and what is said of its worth. */
import { EVICTIONS_MAX, type Prefetching, type ReadAheadCounts } from '../engine/readAhead.ts';
import { prefetchWorth } from '../evaluation/prefetchWorth.ts';
import type { SimulationRow } from '../evaluation/simulation.ts';
import { formatCount } from '../report/table.ts';
import { InputError } from '../support/assert.ts';
import { splitPolicies } from './policyList.ts';
import { parseWhole } from './sharedOptions.ts';

export const PREFETCHING = {
  prefetch: {
    kind: 'list',
    describe: 'pages read ahead: next-n:n=4, stride, linux-file, replay:FILE …; several add up',
  },
  'prefetch-evictions': {
    kind: 'text',
    describe: 'pages that may make room on one occasion',
    default: String(EVICTIONS_MAX),
  },
  'save-profile': {
    kind: 'text',
    describe: 'write which pages are resident at the end, for --prefetch replay:FILE',
  },
} as const;

export const PREFETCH_DETAILS = `Prefetchers: none, next-n, stride:minRun=2,maxDegree=8, \
linux-file, linux-vma-swap, replay:FILE; with --io, linux-cluster-swap and linux-2.4-swap. Pages \
read ahead are counted apart from page-ins; they cost as much. With --elastic they may come late, \
and what is not waited is told in ns.`;

/** Undefined without --prefetch. */
export async function parsePrefetching(values: {
  readonly prefetch: readonly string[];
  readonly 'prefetch-evictions': string;
}): Promise<Prefetching | undefined> {
  const evictionsMax = parseWhole('--prefetch-evictions', values['prefetch-evictions'], 0);
  if (values.prefetch.length === 0) {
    if (evictionsMax === EVICTIONS_MAX) return undefined;
    throw new InputError(
      'simulate: --prefetch-evictions is of pages read ahead, and none are',
      'add --prefetch, such as --prefetch next-n:n=4',
    );
  }
  const { resolvePrefetcher } = await import('../node/prefetcherCatalog.ts');
  const prefetchers = [];
  for (const text of splitPolicies(values.prefetch))
    prefetchers.push(await resolvePrefetcher(text));
  return { prefetchers, evictionsMax };
}

/** For --json of a run in which I/O may take time; nothing where nothing was prefetched. */
export function prefetchJson(
  prefetches: ReadAheadCounts | undefined,
  pageIns: number,
): Pick<SimulationRow, 'prefetches'> {
  if (prefetches === undefined) return {};
  return { prefetches: { ...prefetches, ...prefetchWorth(prefetches, pageIns) } };
}

/** Lines of the text; none where nothing was prefetched. `savedNs`: where I/O takes time. */
export function prefetchFields(
  prefetches: SimulationRow['prefetches'],
  savedNs?: number,
): [string, string][] {
  if (prefetches === undefined) return [];
  const { issued, useful, useless, redundant, absent, pollution } = prefetches;
  const late: [string, string][] =
    savedNs === undefined
      ? []
      : [
          ['  late', `${formatCount(prefetches.late)} of use were still being read`],
          ['  in flight', `${formatCount(prefetches.inFlight)} when the run ended`],
          ['  not waited', `${formatCount(savedNs)} ns, beside a read at each first use`],
        ];
  const percent = (value: number): string =>
    Number.isNaN(value) ? 'none' : `${value.toFixed(1)} %`;
  return [
    ['read ahead', formatCount(issued)],
    ['  of use', formatCount(useful)],
    ['  left unused', formatCount(useless)],
    ['  not used yet', `${formatCount(prefetches.unused)} when the run ended`],
    ...late,
    ['  accuracy', percent(prefetches.accuracyPercent)],
    ['  coverage', percent(prefetches.coveragePercent)],
    [
      '  redundant',
      `${formatCount(redundant)} resident, ${formatCount(absent)} never used by anyone`,
    ],
    ['  pollution', `${formatCount(pollution)} page-ins of pages that made room`],
    ['  pages read a page-in', prefetches.bandwidth.toFixed(2)],
  ];
}
