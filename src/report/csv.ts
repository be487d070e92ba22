/** The evaluation as CSV (RFC 4180), one line a row; the columns are the fields of the rows. */
import type { EvaluationRow } from '../evaluation/evaluation.ts';

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

const GAP_FIELDS = [
  'gapPercentLow',
  'gapPercentHigh',
  'residentFrames',
  'residentGapPercentLow',
  'residentGapPercentHigh',
];

/** The gap's two ends become two columns; what is unbounded or has no meaning stays empty. */
export function evaluationCsv(rows: readonly EvaluationRow[]): string {
  const lines = rows.map((row) =>
    [
      ...FIELDS.map((field) => row[field]),
      ...row.gapPercent,
      row.atEqualResident?.frames ?? null,
      ...(row.atEqualResident?.gapPercent ?? [null, null]),
    ]
      .map(csvCell)
      .join(','),
  );
  return `${[...FIELDS, ...GAP_FIELDS].join(',')}\n${lines.join('\n')}\n`;
}

/** One value, quoted where it must be. */
export function csvCell(value: string | number | null): string {
  const text = value === null ? '' : `${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
