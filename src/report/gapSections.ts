/** The gap table and its statistics as tables of a report, which sort by value. */
import type { EvaluationRow } from '../evaluation/evaluation.ts';
import type { Statistics } from '../evaluation/statistics.ts';
import type { ReportCell, ReportTable } from './document.ts';
import { STATISTICS_COLUMNS, statisticsCells, statisticsNote } from './statisticsTable.ts';
import { formatCount, formatPercent } from './table.ts';

const count = (value: number): ReportCell => ({ text: formatCount(value), value });

/** What is unbounded sorts behind every number. */
function percent(value: number | null, missing: string): ReportCell {
  const text = formatPercent(value, missing);
  return { text, value: value ?? (missing === '∞' ? Number.MAX_VALUE : -Number.MAX_VALUE) };
}

export function statisticsReportTable(statistics: Statistics): ReportTable {
  return {
    title: 'Policies by what they observe',
    note: `${statisticsNote(statistics)}.`,
    columns: STATISTICS_COLUMNS,
    rows: statistics.policies.map((one) => {
      const values = [
        undefined,
        undefined,
        one.costRatio[1],
        one.costRatioInterval[1],
        one.closedPercent ?? -Number.MAX_VALUE,
        one.closedPercentInterval?.[0] ?? -Number.MAX_VALUE,
        one.wins,
        one.losses,
        one.ties,
      ];
      return statisticsCells(one).map((text, i) => {
        const value = values[i];
        return value === undefined ? text : { text, value: Math.min(value, Number.MAX_VALUE) };
      });
    }),
  };
}

export function rowsTable(rows: readonly EvaluationRow[]): ReportTable {
  return {
    title: `${formatCount(rows.length)} cells`,
    note: 'Gaps are in percent above the optimum: at least, at most.',
    columns: [
      { title: 'load', align: 'left' },
      { title: 'memory', align: 'left' },
      { title: 'frames', align: 'right' },
      { title: 'policy', align: 'left' },
      { title: 'page-ins', align: 'right' },
      { title: 'page-outs', align: 'right' },
      { title: 'cost', align: 'right' },
      { title: 'optimum ≥', align: 'right' },
      { title: 'optimum ≤', align: 'right' },
      { title: 'gap ≥ %', align: 'right' },
      { title: 'gap ≤ %', align: 'right' },
      { title: 'closed %', align: 'right' },
    ],
    rows: rows.map((row) => [
      row.fingerprint,
      { text: row.size, value: row.frames },
      count(row.frames),
      row.policy,
      count(row.pageIns),
      count(row.pageOuts),
      count(row.cost),
      count(row.lowerBound),
      count(row.upperBound),
      percent(row.gapPercent[0], '∞'),
      percent(row.gapPercent[1], '∞'),
      percent(row.closedPercent, '–'),
    ]),
  };
}
