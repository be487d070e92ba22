/*
 * The statistics as text: a line a policy with what it does, one with how sure that is and what it
 * wins and loses, and what fitted policies add to others.
 */
import type {
  ClosedDifference,
  ClosedFigures,
  ClosedStatistics,
} from '../evaluation/closedStatistics.ts';
import { type JudgedPart, type LeftOutCell, TELLING } from '../evaluation/part.ts';
import type { CostFigures, PolicyStatistics, Statistics } from '../evaluation/statistics.ts';

import type { TunedFold } from '../evaluation/tuned.ts';
import { ratioPercent } from './sentences.ts';
import { type Column, formatCount, formatPercent, formatTable } from './table.ts';

/** Names the line of the best hand-made policy of each cell: a yardstick, which nobody could run. */
export const AFTERWARDS = '* best afterwards';

export const AFTERWARDS_NOTE =
  '* of each cell the best hand-made policy, chosen when all is over: not a policy anyone could run';

const COST_COLUMN: Column = { title: 'gap to optimum %', align: 'right' };

export const PAGE_IN_COLUMNS: readonly Column[] = [
  { title: 'closed %', align: 'right' },
  { title: 'median', align: 'right' },
  { title: 'worst', align: 'right' },
  { title: 'worse than LRU', align: 'right' },
  { title: 'gap to MIN %', align: 'right' },
];

/** A line a policy, the smallest gap to the optimum first, and what the columns mean. */
export function summaryTable({ policies, afterwards }: Statistics): string {
  const sorted = [...policies].sort((a, b) => a.costRatio[1] - b.costRatio[1]);
  const costCell = ({ costRatio }: CostFigures): string => rangeText(ratioPercent(costRatio), '∞');
  const columns: readonly Column[] = [
    { title: 'policy', align: 'left' },
    { title: 'observes', align: 'left' },
    COST_COLUMN,
    ...PAGE_IN_COLUMNS,
  ];
  const rows = sorted.map((one) => [one.policy, one.observes, costCell(one), ...pageInCells(one)]);
  if (afterwards !== null) {
    rows.push([AFTERWARDS, '', costCell(afterwards), ...pageInCells(afterwards)]);
  }
  return `${formatTable(columns, rows)}\n${summaryNote(policies, afterwards)}`;
}

/**
 * As `summaryTable`, where no optimum is known: a line a policy, what closes most first, with its
 * interval; and what fitted ones add to others.
 */
export function closedTable({ policies, afterwards, differences }: ClosedStatistics): string {
  const sorted = [...policies].sort(
    (a, b) => (b.closedPercent ?? -Infinity) - (a.closedPercent ?? -Infinity),
  );
  const [closed, ...others] = PAGE_IN_COLUMNS;
  const columns: readonly Column[] = [
    { title: 'policy', align: 'left' },
    { title: 'observes', align: 'left' },
    closed,
    { title: '95 %', align: 'right' },
    ...others,
  ];
  const cells = (one: ClosedFigures): string[] => {
    const [first, ...more] = pageInCells(one);
    return [first, closedInterval(one), ...more];
  };
  const rows = sorted.map((one) => [labelOf(one), one.observes, ...cells(one)]);
  if (afterwards !== null) rows.push([AFTERWARDS, '', ...cells(afterwards)]);
  const table = `${formatTable(columns, rows)}\n${summaryNote(policies, afterwards)}`;
  return differences.length === 0 ? table : `${table}\n\n${differenceTable(differences)}`;
}

/** What the figures of a study of windows, or later in time, are of. */
export function partNote(part: JudgedPart, leftOut: readonly LeftOutCell[]): string {
  const { window, warmUp, split, splitAt } = part;
  const percent = (share: number): string => `${formatPercent(100 * share)} %`;
  const of = window === undefined ? "each fingerprint's references" : 'each window';
  const sentences: string[] = [];
  if (window !== undefined) {
    const { references, from } = window;
    sentences.push(
      `windows of ${formatCount(references)} references, ${percent(from)} of the others before them, ` +
        'begun with an empty memory.',
    );
  }
  if (split === 'later-in-time') {
    sentences.push(
      `fitted on the first ${percent(splitAt)} of ${of}, judged by page-ins in the rest, with a warm ` +
        'memory.',
    );
  } else if (warmUp > 0) sentences.push(`the first ${percent(warmUp)} of ${of} are not counted.`);
  sentences.push(
    'LRU and MIN are replayed and counted over the same part. There is no gap to a certified',
    'optimum: that is one of the whole string.',
  );
  if (leftOut.length > 0) {
    const below = leftOut.filter(({ reason }) => reason === 'below-filter').length;
    sentences.push(
      `${leftOut.length} cells are left out: ${below} with fewer frames than the capture is right ` +
        `for, ${leftOut.length - below} without ${TELLING}.`,
    );
  }
  return sentences.join('\n');
}

/** In the order of `PAGE_IN_COLUMNS`. */
export function pageInCells(one: ClosedFigures): string[] {
  return [
    formatPercent(one.closedPercent),
    formatPercent(one.medianClosedPercent),
    formatPercent(one.worstClosedPercent),
    `${one.worseThanLru} of ${one.cells}`,
    formatPercent(one.minGapPercent),
  ];
}

/** What the page-in columns mean. */
function summaryNote(policies: readonly ClosedFigures[], afterwards: unknown): string {
  const families = Math.max(0, ...policies.map((one) => one.families));
  return [
    'closed: share of the page-ins between LRU and MIN that is saved, each cell at least −100, ' +
      `mean over ${families} ${families === 1 ? 'family' : 'families'};`,
    'median and worst of the cells (worst not clipped); worse than LRU: by more than 2 %',
    ...(afterwards === null ? [] : [AFTERWARDS_NOTE]),
  ].join('\n');
}

export const STATISTICS_COLUMNS: readonly Column[] = [
  { title: 'observes', align: 'left' },
  { title: 'policy', align: 'left' },
  COST_COLUMN,
  { title: '95 %', align: 'right' },
  { title: 'LRU→MIN closed %', align: 'right' },
  { title: '95 %', align: 'right' },
  { title: 'wins', align: 'right' },
  { title: 'losses', align: 'right' },
  { title: 'ties', align: 'right' },
];

/** What the columns mean, in one line. */
export function statisticsNote({ bestHandMade }: Statistics): string {
  const against =
    bestHandMade === null
      ? 'there is no hand-made policy to win against'
      : `wins and losses: cells cheaper and dearer than under ${bestHandMade}, the best hand-made`;
  return `95 % of the means over families drawn again; ${against}`;
}

/** The cells of a line, in the order of the columns. */
export function statisticsCells(one: PolicyStatistics): string[] {
  return [
    one.observes,
    labelOf(one),
    rangeText(ratioPercent(one.costRatio), '∞'),
    one.families < 2 ? '–' : rangeText(ratioPercent(one.costRatioInterval), '∞'),
    formatPercent(one.closedPercent),
    closedInterval(one),
    `${one.wins}`,
    `${one.losses}`,
    `${one.ties}`,
  ];
}

export function statisticsTable(statistics: Statistics): string {
  const { policies, differences } = statistics;
  const rows = policies.map((one, i) => {
    const [observes, ...cells] = statisticsCells(one);
    // The class is named once, where it begins.
    return [policies[i - 1]?.observes === observes ? '' : observes, ...cells];
  });
  const table = `${formatTable(STATISTICS_COLUMNS, rows)}\n${statisticsNote(statistics)}`;
  return differences.length === 0 ? table : `${table}\n\n${differenceTable(differences)}`;
}

export const DIFFERENCE_COLUMNS: readonly Column[] = [
  { title: 'fitted', align: 'left' },
  { title: 'against', align: 'left' },
  { title: 'closes more, points', align: 'right' },
  { title: '95 %', align: 'right' },
  { title: 'costs more %', align: 'right' },
  { title: '95 %', align: 'right' },
  { title: 'cells', align: 'right' },
];

export function differenceCells(one: ClosedDifference): string[] {
  return [
    one.policy,
    one.against ?? AFTERWARDS,
    formatPercent(one.points),
    one.families < 2 ? '–' : rangeText(one.interval, '–'),
    formatPercent(one.costPercent),
    one.families < 2 || one.costInterval === null ? '–' : rangeText(one.costInterval, '–'),
    `${one.cells}`,
  ];
}

function differenceTable(differences: readonly ClosedDifference[]): string {
  return formatTable(DIFFERENCE_COLUMNS, differences.map(differenceCells));
}

const TUNED_COLUMNS: readonly Column[] = [
  { title: 'held out', align: 'left' },
  { title: 'setting', align: 'left' },
  { title: 'cost', align: 'right' },
  { title: '', align: 'left' },
];

/** What was tried for each fold on the others; no table where nothing was. */
export function tunedTables(folds: readonly TunedFold[]): string[] {
  if (folds.length === 0) return [];
  const rows = folds.flatMap(({ fingerprints, chosen, tried }) =>
    tried.map(({ options, costRatio }, i) => [
      i === 0 ? fingerprints.join(' ') : '',
      Object.entries(options)
        .map(([name, value]) => `${name}=${value}`)
        .join(','),
      costRatio.toFixed(4),
      options === chosen ? 'chosen' : '',
    ]),
  );
  const note =
    'in closed loop on what each fold is fitted on; the first setting costs 1, median of families';
  return [`${formatTable(TUNED_COLUMNS, rows)}\n${note}`];
}

function labelOf({
  policy,
  fitted,
}: {
  readonly policy: string;
  readonly fitted: boolean;
}): string {
  return fitted ? `${policy} (fitted)` : policy;
}

/** One family says nothing of how much they differ. */
function closedInterval({ closedPercentInterval: interval, families }: ClosedFigures): string {
  return interval === null || families < 2 ? '–' : rangeText(interval, '–');
}

function rangeText([low, high]: readonly [number | null, number | null], missing: string): string {
  const [from, to] = [formatPercent(low, missing), formatPercent(high, missing)];
  return from === to ? from : `${from} … ${to}`;
}
