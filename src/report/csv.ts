/** The evaluation as CSV (RFC 4180), one line a row; the columns are the fields of the rows. */
import type { EvaluationRow } from '../evaluation/evaluation.ts';
import type { DataColumn } from './figure.ts';

const FIELDS = [
  'fingerprint',
  'digest',
  'policy',
  'observes',
  'frames',
  'size',
  'seed',
  'references',
  'minorFaults',
  'softFaults',
  'pageIns',
  'pageOuts',
  'cost',
  'lowerBound',
  'upperBound',
  'minPageIns',
  'lruPageIns',
  'closedPercent',
  'meanFreeFrames',
] as const satisfies readonly (keyof EvaluationRow)[];

/** The fields of the rows as columns; the two ends of each gap are a column each. */
export function evaluationColumns(rows: readonly EvaluationRow[]): readonly DataColumn[] {
  const column = (name: string, of: (row: EvaluationRow) => string | number | null) => ({
    name,
    // Of one row and the next a field is of one type, or null.
    values: rows.map(of) as DataColumn['values'],
  });
  return [
    ...FIELDS.map((field) => column(field, (row) => row[field])),
    column('gapPercentLow', ({ gapPercent }) => gapPercent[0]),
    column('gapPercentHigh', ({ gapPercent }) => gapPercent[1]),
    column('residentFrames', ({ atEqualResident }) => atEqualResident?.frames ?? null),
    column(
      'residentGapPercentLow',
      ({ atEqualResident }) => atEqualResident?.gapPercent[0] ?? null,
    ),
    column(
      'residentGapPercentHigh',
      ({ atEqualResident }) => atEqualResident?.gapPercent[1] ?? null,
    ),
  ];
}

/** What is unbounded or has no meaning stays empty. */
export function evaluationCsv(rows: readonly EvaluationRow[]): string {
  return columnsCsv(evaluationColumns(rows));
}

/** A line for the names, one a row. */
export function columnsCsv(columns: readonly DataColumn[]): string {
  const lines = [columns.map(({ name }) => csvCell(name)).join(',')];
  for (let row = 0; row < columns[0].values.length; row++) {
    lines.push(columns.map(({ values }) => csvCell(values[row])).join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** One value, quoted where it must be. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? '' : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
