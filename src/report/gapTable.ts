/** The evaluation as text for people: a table a fingerprint. */
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import type { PartRow } from '../evaluation/part.ts';
import { type Column, formatCount, formatPercent, formatTable } from './table.ts';

/** Where a policy keeps frames free: the frames it used on average, and the gap of an optimum there. */
const RESIDENT_COLUMNS: readonly Column[] = [
  { title: 'resident', align: 'right' },
  { title: 'gap % there', align: 'right' },
];

const ROW_COLUMNS: readonly Column[] = [
  { title: 'frames', align: 'right' },
  { title: 'policy', align: 'left' },
  { title: 'page-ins', align: 'right' },
  { title: 'page-outs', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'gap %', align: 'right' },
  { title: 'closed %', align: 'right' },
];

/** Every row, under a heading for each fingerprint and a line for each optimum. */
export function gapTable(rows: readonly EvaluationRow[]): string {
  const sections: string[] = [];
  for (const fingerprint of new Set(rows.map((row) => row.fingerprint))) {
    const own = rows.filter((row) => row.fingerprint === fingerprint);
    const keepsFree = own.some((row) => row.atEqualResident !== null);
    const more = keepsFree ? RESIDENT_COLUMNS : [];
    const cells: string[][] = [];
    for (const frames of new Set(own.map((row) => row.frames))) {
      const same = own.filter((row) => row.frames === frames);
      const { lowerBound, upperBound } = same[0];
      const shown = framesText(same[0]);
      const bracket = bracketText(lowerBound, upperBound);
      cells.push([shown, 'optimum', '', '', bracket, '0', '', ...more.map(() => '')]);
      for (const row of same) {
        cells.push(['', ...rowCells(row), ...(keepsFree ? residentCells(row) : [])]);
      }
    }
    sections.push(`${fingerprint}\n${formatTable([...ROW_COLUMNS, ...more], cells)}`);
  }
  return sections.join('\n\n');
}

function residentCells({ atEqualResident }: EvaluationRow): string[] {
  if (atEqualResident === null) return ['', ''];
  return [formatCount(atEqualResident.frames), gapText(atEqualResident.gapPercent)];
}

function rowCells(row: EvaluationRow): string[] {
  return [
    row.policy,
    formatCount(row.pageIns),
    formatCount(row.pageOuts),
    formatCount(row.cost),
    gapText(row.gapPercent),
    formatPercent(row.closedPercent),
  ];
}

const PART_COLUMNS = ROW_COLUMNS.filter(({ title }) => title !== 'gap %');

/** As `gapTable`, of the later part of each fingerprint, beside MIN. */
export function partTable(rows: readonly PartRow[]): string {
  const sections = [...new Set(rows.map((row) => row.fingerprint))].map((fingerprint) => {
    const own = rows.filter((row) => row.fingerprint === fingerprint);
    const cells = own.map((row, i) => [
      own[i - 1]?.frames === row.frames ? '' : framesText(row),
      row.policy,
      formatCount(row.pageIns),
      formatCount(row.pageOuts),
      formatCount(row.cost),
      formatPercent(row.closedPercent),
    ]);
    const { from, references } = own[0];
    const part = `${formatCount(references)} references from ${formatCount(from)} on`;
    return `${fingerprint}: ${part}\n${formatTable(PART_COLUMNS, cells)}`;
  });
  return sections.join('\n\n');
}

function framesText({ frames, size }: Pick<EvaluationRow, 'frames' | 'size'>): string {
  return size.endsWith('%') ? `${formatCount(frames)} (${size})` : formatCount(frames);
}

/** The cells that have no row, a line each; nothing at all if there are none. */
export function failureList(failures: readonly FailedCell[]): string[] {
  if (failures.length === 0) return [];
  const lines = failures.map(
    ({ fingerprint, policy, frames, size, reason }) =>
      `${policy} on ${fingerprint}, ${formatCount(frames)} frames (${size}): ${reason}`,
  );
  return [['failed', ...lines].join('\n')];
}

/** `4.2 … 6.0`, or one number where both ends are the same to a decimal. */
function gapText([low, high]: readonly [number | null, number | null]): string {
  const [from, to] = [formatPercent(low, '∞'), formatPercent(high, '∞')];
  return from === to ? from : `${from} … ${to}`;
}

function bracketText(lower: number, upper: number): string {
  return lower === upper ? formatCount(lower) : `${formatCount(lower)} … ${formatCount(upper)}`;
}
