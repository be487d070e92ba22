/** The gap table and its statistics as tables of a report, which sort by value. */
import type { ClosedFigures } from '../evaluation/closedStatistics.ts';
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import type { ParetoRow } from '../evaluation/pareto.ts';
import type { Statistics } from '../evaluation/statistics.ts';
import type { ReportCell, ReportColumn, ReportTable } from './document.ts';
import { PARETO_COLUMNS, PARETO_NOTE, paretoCells, sortedPareto } from './paretoTable.ts';
import {
  AFTERWARDS,
  AFTERWARDS_NOTE,
  DIFFERENCE_COLUMNS,
  differenceCells,
  PAGE_IN_COLUMNS,
  pageInCells,
  STATISTICS_COLUMNS,
  statisticsCells,
  statisticsNote,
} from './statisticsTable.ts';
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
    rows: statistics.policies.map((one) =>
      valued(statisticsCells(one), [
        undefined,
        undefined,
        one.costRatio[1],
        one.costRatioInterval[1],
        one.closedPercent,
        one.closedPercentInterval?.[0] ?? null,
        one.wins,
        one.losses,
        one.ties,
      ]),
    ),
  };
}

/** What the mean share closed hides, and the best of each cell. */
export function pageInReportTable({ policies, afterwards }: Statistics): ReportTable {
  const cells = (one: ClosedFigures): ReportCell[] =>
    valued(pageInCells(one), [
      one.closedPercent,
      one.medianClosedPercent,
      one.worstClosedPercent,
      one.worseThanLru,
      one.minGapPercent,
    ]);
  const rows = policies.map((one) => [one.policy, ...cells(one)]);
  if (afterwards !== null) rows.push([AFTERWARDS, ...cells(afterwards)]);
  return {
    title: 'Page-ins between LRU and MIN',
    note:
      'Closed: the share saved, each cell at least −100, mean over families; worse than LRU: by more ' +
      `than 2 %.${afterwards === null ? '' : ` ${AFTERWARDS_NOTE}.`}`,
    columns: [{ title: 'policy', align: 'left' }, ...PAGE_IN_COLUMNS],
    rows,
  };
}

/** Quality beside cost; no table where nobody has counted. */
export function paretoTables(rows: readonly ParetoRow[]): ReportTable[] {
  if (rows.length === 0) return [];
  const table: ReportTable = {
    title: 'What it costs to run',
    note: `${PARETO_NOTE}.`,
    columns: PARETO_COLUMNS,
    rows: sortedPareto(rows).map((row) =>
      valued(paretoCells(row), [
        undefined,
        row.closedPercent,
        row.minGapPercent,
        row.operationsPerEviction,
        row.operationsPerReference,
        row.bytesPerPage,
        undefined,
      ]),
    ),
  };
  return [table];
}

/** What fitted policies add to others; no table where nothing is fitted. */
export function differencesTables({ differences }: Statistics): ReportTable[] {
  if (differences.length === 0) return [];
  const table: ReportTable = {
    title: 'What fitted policies add',
    note:
      'Share of LRU→MIN closed, and cost, cell by cell; means over families, 95 % over families ' +
      'drawn again.',
    columns: DIFFERENCE_COLUMNS,
    rows: differences.map((one) =>
      valued(differenceCells(one), [
        undefined,
        undefined,
        one.points,
        one.interval[0],
        one.costPercent,
        one.costInterval?.[0] ?? null,
        one.cells,
      ]),
    ),
  };
  return [table];
}

/** Cells that sort by values: undefined by their text, null before every number. */
function valued(
  cells: readonly string[],
  values: readonly (number | null | undefined)[],
): ReportCell[] {
  return cells.map((text, i) => {
    const value = values[i];
    if (value === undefined) return text;
    return { text, value: Math.min(value ?? -Number.MAX_VALUE, Number.MAX_VALUE) };
  });
}

/** Where some policy keeps frames free, with the frames each used and its gap there. */
export function rowsTable(rows: readonly EvaluationRow[]): ReportTable {
  const keepsFree = rows.some((row) => row.atEqualResident !== null);
  const note = 'Gaps are in percent above the optimum: at least, at most.';
  const residentNote =
    ' Resident: the frames used on average by a policy that keeps some free, and its gap above an ' +
    'optimum with so many.';
  return {
    title: `${formatCount(rows.length)} cells`,
    note: keepsFree ? note + residentNote : note,
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
      ...(keepsFree ? RESIDENT_COLUMNS : []),
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
      ...(keepsFree ? residentCells(row) : []),
    ]),
  };
}

const RESIDENT_COLUMNS: readonly ReportColumn[] = [
  { title: 'resident', align: 'right' },
  { title: 'gap there ≥ %', align: 'right' },
  { title: 'gap there ≤ %', align: 'right' },
];

/** A policy that uses all of its frames has its gap to the left, and nothing here. */
function residentCells({ atEqualResident }: EvaluationRow): ReportCell[] {
  if (atEqualResident === null) {
    return RESIDENT_COLUMNS.map(() => ({ text: '', value: -Number.MAX_VALUE }));
  }
  const { frames, gapPercent } = atEqualResident;
  return [count(frames), percent(gapPercent[0], '∞'), percent(gapPercent[1], '∞')];
}

/** The cells that have no row, and why; no table where there are none. */
export function failuresTables(failures: readonly FailedCell[]): ReportTable[] {
  if (failures.length === 0) return [];
  const table: ReportTable = {
    title: `${formatCount(failures.length)} cells failed`,
    note: 'They are in no mean and no picture.',
    columns: [
      { title: 'load', align: 'left' },
      { title: 'memory', align: 'left' },
      { title: 'frames', align: 'right' },
      { title: 'policy', align: 'left' },
      { title: 'reason', align: 'left' },
    ],
    rows: failures.map(({ fingerprint, size, frames, policy, reason }) => [
      fingerprint,
      { text: size, value: frames },
      count(frames),
      policy,
      reason,
    ]),
  };
  return [table];
}
