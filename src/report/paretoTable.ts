/** Quality beside cost, a line a policy: what closes most first. */
import type { ParetoRow } from '../evaluation/pareto.ts';
import { columnsCsv } from './csv.ts';
import type { DataColumn } from './figure.ts';
import { type Column, formatPercent, formatTable } from './table.ts';

export const PARETO_COLUMNS: readonly Column[] = [
  { title: 'policy', align: 'left' },
  { title: 'closed %', align: 'right' },
  { title: 'gap to MIN %', align: 'right' },
  { title: 'operations an eviction', align: 'right' },
  { title: 'a reference', align: 'right' },
  { title: 'bytes a page', align: 'right' },
  { title: 'front', align: 'left' },
];

export const PARETO_NOTE =
  'operations are counted by hand, right to a factor of two; bytes with history; front: none closes ' +
  'as much for less';

export function paretoCells(row: ParetoRow): string[] {
  return [
    row.policy,
    formatPercent(row.closedPercent),
    formatPercent(row.minGapPercent),
    figure(row.operationsPerEviction),
    figure(row.operationsPerReference),
    figure(row.bytesPerPage),
    row.isOnFront === true ? '*' : '',
  ];
}

export function sortedPareto(rows: readonly ParetoRow[]): ParetoRow[] {
  return [...rows].sort((a, b) => (b.closedPercent ?? -Infinity) - (a.closedPercent ?? -Infinity));
}

export function paretoTable(rows: readonly ParetoRow[]): string {
  return `${formatTable(PARETO_COLUMNS, sortedPareto(rows).map(paretoCells))}\n${PARETO_NOTE}`;
}

const FIELDS = [
  'policy',
  'closedPercent',
  'minGapPercent',
  'operationsPerEviction',
  'operationsPerReference',
  'bytesPerPage',
] as const satisfies readonly (keyof ParetoRow)[];

/** Whether it is on the front as 1 or 0. */
export function paretoCsv(rows: readonly ParetoRow[]): string {
  const columns = FIELDS.map((name): DataColumn => {
    // A field is of one type, or null.
    return { name, values: rows.map((row) => row[name]) as DataColumn['values'] };
  });
  const onFront = rows.map(({ isOnFront }) => (isOnFront === null ? null : Number(isOnFront)));
  return columnsCsv([...columns, { name: 'onFront', values: onFront }]);
}

/** Whole numbers, and fractions of a byte. */
function figure(value: number | null): string {
  if (value === null) return '–';
  return value < 100 ? `${Math.round(10 * value) / 10}` : `${Math.round(value)}`;
}
