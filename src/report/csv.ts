/** The evaluation as CSV (RFC 4180), one line a row; the columns are the fields of the rows. */
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import type { PartRow } from '../evaluation/part.ts';
import type { DataColumn } from './figure.ts';

/** What tells cells apart. */
const KEY = ['fingerprint', 'digest', 'policy', 'observes', 'frames', 'size', 'seed'] as const;
const COUNTS = ['references', 'minorFaults', 'softFaults', 'pageIns', 'pageOuts', 'cost'] as const;
const YARDSTICKS = ['minPageIns', 'lruPageIns', 'closedPercent'] as const;

const FIELDS = [
  ...KEY,
  ...COUNTS,
  'lowerBound',
  'upperBound',
  ...YARDSTICKS,
  'meanFreeFrames',
] as const satisfies readonly (keyof EvaluationRow)[];

/** Those of rows of a study later in time. */
const PART_FIELDS = [
  ...KEY,
  'from',
  ...COUNTS,
  ...YARDSTICKS,
] as const satisfies readonly (keyof PartRow)[];

/**
 * The fields of the rows as columns; the two ends of each gap are a column each. Cells that failed
 * follow, with the fields they have, and the reason in a column `failed`, which is there only then.
 */
export function evaluationColumns(
  rows: readonly EvaluationRow[],
  failures: readonly FailedCell[],
): readonly DataColumn[] {
  return rowColumns(rows, failures, [
    ...FIELDS.map((field) => [field, (row: EvaluationRow) => row[field]] as const),
    ['gapPercentLow', ({ gapPercent }) => gapPercent[0]],
    ['gapPercentHigh', ({ gapPercent }) => gapPercent[1]],
    ['residentFrames', ({ atEqualResident }) => atEqualResident?.frames ?? null],
    ['residentGapPercentLow', ({ atEqualResident }) => atEqualResident?.gapPercent[0] ?? null],
    ['residentGapPercentHigh', ({ atEqualResident }) => atEqualResident?.gapPercent[1] ?? null],
  ]);
}

function rowColumns<Row>(
  rows: readonly Row[],
  failures: readonly FailedCell[],
  columns: readonly (readonly [name: string, of: (row: Row) => string | number | null])[],
): readonly DataColumn[] {
  const known = failures.map((cell) => new Map<string, string | number>(Object.entries(cell)));
  const found = columns.map(([name, of]) => {
    const values = rows.map(of);
    const none = typeof values[0] === 'string' ? '' : null;
    const all = [...values, ...known.map((fields) => fields.get(name) ?? none)];
    // Of one row and the next a field is of one type, or null.
    return { name, values: all as DataColumn['values'] };
  });
  const reasons = [...rows.map(() => ''), ...failures.map(({ reason }) => reason)];
  return [...found, ...(failures.length > 0 ? [{ name: 'failed', values: reasons }] : [])];
}

/** As `evaluationCsv`, of a study later in time. */
export function partCsv(rows: readonly PartRow[], failures: readonly FailedCell[]): string {
  const fields = PART_FIELDS.map((field) => [field, (row: PartRow) => row[field]] as const);
  return columnsCsv(rowColumns(rows, failures, fields));
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
