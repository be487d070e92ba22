/** The evaluation as CSV (RFC 4180), one line a row; the columns are the fields of the rows. */
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
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

/**
 * The fields of the rows as columns; the two ends of each gap are a column each. Cells that failed
 * follow, with the fields they have, and the reason in a column `failed`, which is there only then.
 */
export function evaluationColumns(
  rows: readonly EvaluationRow[],
  failures: readonly FailedCell[],
): readonly DataColumn[] {
  const column = (name: string, of: (row: EvaluationRow) => string | number | null) => {
    const values = rows.map(of);
    const none = typeof values[0] === 'string' ? '' : null;
    const known = failures.map((cell) => new Map<string, string | number>(Object.entries(cell)));
    const all = [...values, ...known.map((fields) => fields.get(name) ?? none)];
    // Of one row and the next a field is of one type, or null.
    return { name, values: all as DataColumn['values'] };
  };
  const reasons = [...rows.map(() => ''), ...failures.map(({ reason }) => reason)];
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
    ...(failures.length > 0 ? [{ name: 'failed', values: reasons }] : []),
  ];
}

/** What is unbounded or has no meaning stays empty. */
export function evaluationCsv(
  rows: readonly EvaluationRow[],
  failures: readonly FailedCell[],
): string {
  return columnsCsv(evaluationColumns(rows, failures));
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
