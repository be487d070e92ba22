/*
 * Labelled decisions as files: Parquet for work, CSV (by its extension) for whoever asks for it.
 *
 *   fingerprint frames decision tick page │ age dirty … │ forwardDistance optimalVictim ioScore
 *
 * A row a candidate; the decisions of several fingerprints and memory sizes follow each other,
 * numbered through the file, and perhaps a column `regret` behind them, for other programs. A row
 * group holds whole decisions of one of them. What the tables were made from stands as JSON in the
 * key-value metadata, under `evictlab`. A page never used again has the forward distance Infinity.
 */
import {
  assertDecisionBatch,
  type DecisionBatch,
  type DecisionProvenance,
  type DecisionTable,
  sliceDecisions,
} from '../dataset/decisionTable.ts';
import { csvCell } from '../report/csv.ts';
import { assert, InputError } from '../support/assert.ts';
import { type ByteSink, writeAtomically } from './atomicWrite.ts';
import { openParquet, type ReadColumn } from './parquetReader.ts';
import { type ColumnValues, type ParquetColumn, startParquet } from './parquetWriter.ts';

/** Under this key stands what the file is and is from. */
const METADATA_KEY = 'evictlab';
/** Rows of a group, unless one decision has more: 6 MB in memory with four features. */
const GROUP_ROWS_MAX = 131_072;

const KEYS = ['fingerprint', 'frames', 'decision', 'tick', 'page'] as const;
const LABELS = ['forwardDistance', 'optimalVictim', 'ioScore'] as const;

/** What a decision file says of itself. */
export interface DecisionFileInfo {
  readonly format: 'evictlab-decisions';
  readonly version: 1;
  readonly features: readonly string[];
  /** In the order of the rows. */
  readonly tables: readonly DecisionProvenance[];
}

export interface WrittenDecisions {
  readonly features: readonly string[];
  readonly decisions: number;
  readonly rows: number;
}

/**
 * Writes the tables, which all have the same features, one after the other; whole or not at all.
 */
export async function writeDecisions(
  path: string,
  tables: AsyncIterable<DecisionTable> | Iterable<DecisionTable>,
): Promise<WrittenDecisions> {
  let written: WrittenDecisions | undefined;
  const write = path.toLowerCase().endsWith('.csv') ? writeCsv : writeParquet;
  await writeAtomically(path, async (sink) => {
    written = await write(sink, tables);
  });
  assert(written !== undefined, 'a file that is there was written');
  return written;
}

async function writeParquet(
  sink: ByteSink,
  tables: AsyncIterable<DecisionTable> | Iterable<DecisionTable>,
): Promise<WrittenDecisions> {
  const provenances: DecisionProvenance[] = [];
  let writer: Awaited<ReturnType<typeof startParquet>> | undefined;
  let features: readonly string[] = [];
  let hasRegret = false;
  let decisions = 0;
  let rows = 0;
  for await (const table of tables) {
    if (writer === undefined) {
      features = table.featureIds;
      hasRegret = table.regret !== undefined;
      writer = await startParquet(sink, columnsOf(features, hasRegret));
    }
    assertSameColumns(features, hasRegret, table);
    provenances.push(table.provenance);
    for (const batch of groupsOf(table)) {
      await writer.writeGroup(valuesOf(batch, decisions));
      decisions += batch.tick.length;
      rows += batch.page.length;
    }
  }
  writer ??= await startParquet(sink, columnsOf(features, hasRegret));
  const info: DecisionFileInfo = {
    format: 'evictlab-decisions',
    version: 1,
    features,
    tables: provenances,
  };
  await writer.finish({ [METADATA_KEY]: JSON.stringify(info) });
  return { features, decisions, rows };
}

async function writeCsv(
  sink: ByteSink,
  tables: AsyncIterable<DecisionTable> | Iterable<DecisionTable>,
): Promise<WrittenDecisions> {
  const encoder = new TextEncoder();
  let features: readonly string[] | undefined;
  let hasRegret = false;
  let decisions = 0;
  let rows = 0;
  for await (const table of tables) {
    if (features === undefined) {
      features = table.featureIds;
      hasRegret = table.regret !== undefined;
      const names = columnsOf(features, hasRegret).map(({ name }) => name);
      await sink.write(encoder.encode(`${names.join(',')}\n`));
    }
    assertSameColumns(features, hasRegret, table);
    for (const batch of groupsOf(table)) {
      const columns = valuesOf(batch, decisions);
      const lines: string[] = [];
      for (let row = 0; row < batch.page.length; row++) {
        lines.push(`${columns.map((column) => csvNumberOrText(column[row])).join(',')}\n`);
      }
      await sink.write(encoder.encode(lines.join('')));
      decisions += batch.tick.length;
      rows += batch.page.length;
    }
  }
  return { features: features ?? [], decisions, rows };
}

/** pandas, DuckDB and R read `inf` as the number; few read `Infinity`. */
function csvNumberOrText(value: number | string): string {
  return value === Number.POSITIVE_INFINITY ? 'inf' : csvCell(value);
}

function columnsOf(features: readonly string[], hasRegret: boolean): readonly ParquetColumn[] {
  return [
    { name: 'fingerprint', type: 'string' },
    ...KEYS.slice(1).map((name) => ({ name, type: 'int32' as const })),
    ...features.map((name) => ({ name, type: 'float' as const })),
    { name: 'forwardDistance', type: 'float' },
    { name: 'optimalVictim', type: 'int32' },
    { name: 'ioScore', type: 'float' },
    ...(hasRegret ? [{ name: 'regret', type: 'float' as const }] : []),
  ];
}

/** The columns of a batch in that order; decisions are numbered from `firstDecision`. */
function valuesOf(batch: DecisionBatch, firstDecision: number): readonly ColumnValues[] {
  const rowCount = batch.page.length;
  const decision = new Int32Array(rowCount);
  const tick = new Int32Array(rowCount);
  for (let i = 0; i < batch.tick.length; i++) {
    decision.fill(firstDecision + i, batch.firstRow[i], batch.firstRow[i + 1]);
    tick.fill(batch.tick[i], batch.firstRow[i], batch.firstRow[i + 1]);
  }
  return [
    new Array<string>(rowCount).fill(batch.fingerprint),
    new Int32Array(rowCount).fill(batch.frames),
    decision,
    tick,
    new Int32Array(batch.page),
    ...batch.features,
    batch.forwardDistance,
    new Int32Array(batch.optimalVictim),
    batch.ioScore,
    ...(batch.regret === undefined ? [] : [batch.regret]),
  ];
}

/** Whole decisions, as many as a row group takes; none from a table without decisions. */
function* groupsOf(table: DecisionTable): Generator<DecisionBatch> {
  const { firstRow } = table;
  const decisionCount = table.tick.length;
  let from = 0;
  while (from < decisionCount) {
    let to = from + 1;
    while (to < decisionCount && firstRow[to + 1] - firstRow[from] <= GROUP_ROWS_MAX) to++;
    yield sliceDecisions(table, from, to);
    from = to;
  }
}

function assertSameColumns(
  features: readonly string[],
  hasRegret: boolean,
  table: DecisionTable,
): void {
  assert(hasRegret === (table.regret !== undefined), 'the tables of a file have the same labels');
  assert(
    features.join() === table.featureIds.join(),
    'the tables of a file have the same features',
  );
}

/** What the decisions of a Parquet file were made from. */
export async function readDecisionFileInfo(path: string): Promise<DecisionFileInfo> {
  return infoOf(path, (await openParquet(path)).metadata);
}

/** The decisions of a Parquet file, in batches of whole decisions. */
export async function* readDecisions(path: string): AsyncGenerator<DecisionBatch> {
  if (path.toLowerCase().endsWith('.csv')) {
    throw new InputError(
      `${path}: decisions are not read from CSV`,
      'label to a .parquet file; CSV is for other programs',
    );
  }
  const file = await openParquet(path);
  const { features } = infoOf(path, file.metadata);
  const names = [...KEYS, ...features, ...LABELS];
  const missing = names.find((name) => !file.columnNames.includes(name));
  if (missing !== undefined) {
    throw notDecisions(path, `there is no column "${missing}"`);
  }
  let lastDecision = -1;
  for await (const columns of file.groups(names)) {
    for (const batch of batchesOf(path, columns, features, lastDecision)) yield batch;
    const decision = columns[2];
    lastDecision = Number(decision[decision.length - 1]);
  }
}

/** A batch for each stretch of rows of the same fingerprint and size. */
function* batchesOf(
  path: string,
  columns: readonly ReadColumn[],
  features: readonly string[],
  lastDecision: number,
): Generator<DecisionBatch> {
  const [fingerprint, ...others] = columns;
  const numeric = others.filter((column) => column instanceof Float64Array);
  if (numeric.length !== others.length || fingerprint instanceof Float64Array) {
    throw notDecisions(path, 'a column of numbers holds text, or one of text numbers');
  }
  const [frames, decision, tick, page] = numeric;
  const featureColumns = numeric.slice(KEYS.length - 1, KEYS.length - 1 + features.length);
  const [forwardDistance, optimalVictim, ioScore] = numeric.slice(-LABELS.length);
  for (const column of featureColumns) {
    if (!column.every(Number.isFinite))
      throw notDecisions(path, 'a feature is not a finite number');
  }
  if (forwardDistance.some((distance) => !(distance >= 1))) {
    throw notDecisions(path, 'a forward distance is not 1 or more');
  }
  if (decision[0] === lastDecision) {
    throw notDecisions(path, `decision ${lastDecision} is cut by the end of a row group`);
  }
  const rowCount = decision.length;
  const isStart = (row: number): boolean =>
    row === 0 || fingerprint[row] !== fingerprint[row - 1] || frames[row] !== frames[row - 1];
  let start = 0;
  while (start < rowCount) {
    let end = start + 1;
    while (end < rowCount && !isStart(end)) end++;
    const firstRow: number[] = [];
    let victims = 0;
    for (let row = start; row < end; row++) {
      if (row === start || decision[row] !== decision[row - 1]) firstRow.push(row - start);
      victims += optimalVictim[row];
      if (victims !== firstRow.length && (row + 1 === end || decision[row + 1] !== decision[row])) {
        throw notDecisions(path, `decision ${decision[row]} has not one optimal victim`);
      }
    }
    const batch: DecisionBatch = {
      fingerprint: fingerprint[start],
      frames: frames[start],
      featureIds: features,
      firstRow: Uint32Array.from([...firstRow, end - start]),
      tick: Int32Array.from(firstRow, (row) => tick[start + row]),
      page: Uint32Array.from(page.subarray(start, end)),
      features: featureColumns.map((column) => Float32Array.from(column.subarray(start, end))),
      forwardDistance: Float32Array.from(forwardDistance.subarray(start, end)),
      optimalVictim: Uint8Array.from(optimalVictim.subarray(start, end)),
      ioScore: Float32Array.from(ioScore.subarray(start, end)),
    };
    assertDecisionBatch(batch);
    yield batch;
    start = end;
  }
}

function infoOf(path: string, metadata: ReadonlyMap<string, string>): DecisionFileInfo {
  const text = metadata.get(METADATA_KEY);
  if (text === undefined) throw notDecisions(path, 'it does not say what it was made from');
  let info: Partial<DecisionFileInfo>;
  try {
    info = JSON.parse(text);
  } catch {
    throw notDecisions(path, 'what it was made from is not JSON');
  }
  const { format, version, features, tables } = info;
  if (format !== 'evictlab-decisions') throw notDecisions(path, 'it says it is something else');
  if (version !== 1) throw notDecisions(path, `its version is ${version}, not 1`);
  if (!Array.isArray(features) || !Array.isArray(tables)) {
    throw notDecisions(path, 'it does not list its features and tables');
  }
  return { format, version, features, tables };
}

function notDecisions(path: string, what: string): InputError {
  return new InputError(
    `${path} is not a file of decisions: ${what}`,
    'give a file that this version of `evictlab label` wrote',
  );
}
