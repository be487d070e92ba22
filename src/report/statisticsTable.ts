/** The statistics over fingerprints as text, a block for each class of what policies observe. */
import type { PolicyStatistics, Statistics } from '../evaluation/statistics.ts';
import { ratioPercent } from './sentences.ts';
import { type Column, formatPercent, formatTable } from './table.ts';

export const STATISTICS_COLUMNS: readonly Column[] = [
  { title: 'observes', align: 'left' },
  { title: 'policy', align: 'left' },
  { title: 'gap to optimum %', align: 'right' },
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
  return `means over cells; 95 % of the means over fingerprints drawn again; ${against}`;
}

/** The cells of a line, in the order of the columns. */
export function statisticsCells(one: PolicyStatistics): string[] {
  return [
    one.observes,
    one.fitted ? `${one.policy} (fitted)` : one.policy,
    range(ratioPercent(one.costRatio), '∞'),
    range(ratioPercent(one.costRatioInterval), '∞'),
    formatPercent(one.closedPercent),
    one.closedPercentInterval === null ? '–' : range(one.closedPercentInterval, '–'),
    `${one.wins}`,
    `${one.losses}`,
    `${one.ties}`,
  ];
}

export function statisticsTable(statistics: Statistics): string {
  const { policies } = statistics;
  const rows = policies.map((one, i) => {
    const [observes, ...cells] = statisticsCells(one);
    // The class is named once, where it begins.
    return [policies[i - 1]?.observes === observes ? '' : observes, ...cells];
  });
  return `${formatTable(STATISTICS_COLUMNS, rows)}\n${statisticsNote(statistics)}`;
}

function range([low, high]: readonly [number | null, number | null], missing: string): string {
  const [from, to] = [formatPercent(low, missing), formatPercent(high, missing)];
  return from === to ? from : `${from} … ${to}`;
}
