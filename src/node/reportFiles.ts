/*
 * A report in a folder:
 *
 *   report.html             all of it in one file, which needs nothing else
 *   report.md               the same for other programs, with the pictures beside it
 *   figures/NAME.svg        each picture by itself
 *   data/NAME.csv .parquet  the numbers each picture shows, and the rows of the gap table
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Prices } from '../engine/machine.ts';
import type { EvaluationRow, FailedCell } from '../evaluation/evaluation.ts';
import type { ParetoRow } from '../evaluation/pareto.ts';
import { policyStatistics, type Statistics } from '../evaluation/statistics.ts';
import { columnsCsv, evaluationColumns, evaluationCsv } from '../report/csv.ts';
import type { ReportDocument, ReportSection, ReportTable } from '../report/document.ts';
import type { DataColumn } from '../report/figure.ts';
import { gapBarsFigure } from '../report/figures/gapBars.ts';
import {
  differencesTables,
  failuresTables,
  pageInReportTable,
  paretoTables,
  rowsTable,
  statisticsReportTable,
} from '../report/gapSections.ts';
import { reportHtml } from '../report/html.ts';
import { reportMarkdown } from '../report/markdown.ts';
import { loadSentences, ratioPercent, slowerSentence } from '../report/sentences.ts';
import { formatCount } from '../report/table.ts';
import { writeAtomically } from './atomicWrite.ts';
import { type Load, loadFigures } from './loadFigures.ts';
import { startParquet } from './parquetWriter.ts';

/** A load as the gap table has it, and where its pictures come from. */
export type ReportedLoad = Pick<Load, 'name' | 'path' | 'policyFor' | 'model'> & {
  readonly digest: string;
};

export interface ReportRequest {
  readonly title: string;
  readonly rows: readonly EvaluationRow[];
  /** Cells that have no row. */
  readonly failures: readonly FailedCell[];
  /** Labels of policies that were fitted to data. */
  readonly fitted: ReadonlySet<string>;
  /** Family of a fingerprint, by name; one that is not in it is a family of its own. */
  readonly families: Readonly<Record<string, string>>;
  /** Quality beside cost; empty where that is not known. */
  readonly pareto: readonly ParetoRow[];
  readonly loads: readonly ReportedLoad[];
  readonly seed: number;
  readonly prices: Prices;
  readonly effort: string;
  /** Name and version of the program that made the rows. */
  readonly program: string;
  /** What was typed. */
  readonly commands: readonly string[];
  /** Where it ran, in the user's words. */
  readonly machine: string | undefined;
  /** Loads that get pictures of their own, from the first. */
  readonly pictured: number;
  readonly output: string;
  readonly onProgress: (done: number) => void;
}

export interface WrittenReport {
  readonly html: string;
  readonly htmlBytes: number;
  readonly files: readonly string[];
  readonly figures: number;
}

/** Same request, same bytes. */
export async function writeReport(request: ReportRequest): Promise<WrittenReport> {
  const { rows, failures, fitted, families, seed, output, loads, pictured } = request;
  const statistics = policyStatistics(rows, { fitted, families, seed });
  const sections: ReportSection[] = [
    await overview(request, statistics),
    {
      title: 'Every cell',
      paragraphs: [],
      tables: [rowsTable(rows), ...failuresTables(failures)],
      figures: [],
    },
  ];
  for (const [i, load] of loads.slice(0, pictured).entries()) {
    sections.push(await loadSection(load, request, statistics));
    request.onProgress(i + 1);
  }
  sections.push(provenance(request));
  const report: ReportDocument = { title: request.title, sections };

  const figures = sections.flatMap((section) => section.figures);
  for (const folder of ['figures', 'data']) await mkdir(join(output, folder), { recursive: true });
  const html = join(output, 'report.html');
  const page = reportHtml(report);
  const files = [
    await writeText(html, page),
    await writeText(join(output, 'report.md'), reportMarkdown(report)),
    await writeText(join(output, 'data', 'rows.csv'), evaluationCsv(rows, failures)),
    await writeParquet(join(output, 'data', 'rows.parquet'), evaluationColumns(rows, failures)),
  ];
  for (const { id, svg, data } of figures) {
    files.push(
      await writeText(join(output, 'figures', `${id}.svg`), svg),
      await writeText(join(output, 'data', `${id}.csv`), columnsCsv(data)),
      await writeParquet(join(output, 'data', `${id}.parquet`), data),
    );
  }
  const htmlBytes = new TextEncoder().encode(page).length;
  return { html, htmlBytes, files, figures: figures.length };
}

async function overview(
  { rows, loads, pareto, pictured }: ReportRequest,
  statistics: Statistics,
): Promise<ReportSection> {
  const { policies, bestHandMade } = statistics;
  const cells = new Set(rows.map(({ fingerprint, size }) => `${size} ${fingerprint}`)).size;
  const load = `${loads.length === 1 ? 'this load' : `these ${loads.length} loads`} (${cells} cells)`;
  const sentences = policies
    .filter(({ policy, fitted }) => fitted || policy === bestHandMade || policy === 'lru')
    .sort((a, b) => a.costRatio[1] - b.costRatio[1])
    .map(({ policy, costRatio }) => slowerSentence(policy, load, ratioPercent(costRatio)));
  const left = loads.slice(pictured).map(({ name }) => name);
  const note = `Pictures are of the first ${pictured} loads; without: ${left.join(', ')}.`;
  return {
    title: 'How far from the best possible',
    paragraphs: [
      'Cost is page-ins and page-outs at their prices: what a program waits for. The optimum lies ' +
        'between a lower bound with a certificate and the best schedule known, so every gap has ' +
        'two ends.',
      sentences.join(' '),
      ...(left.length === 0 ? [] : [note]),
    ],
    tables: [
      statisticsReportTable(statistics),
      pageInReportTable(statistics),
      ...paretoTables(pareto),
      ...differencesTables(statistics),
    ],
    figures: [await gapBarsFigure({ id: 'gaps', title: 'Gaps over all cells', policies })],
  };
}

async function loadSection(
  load: ReportedLoad,
  { rows, fitted, seed }: ReportRequest,
  { bestHandMade }: Statistics,
): Promise<ReportSection> {
  const own = rows.filter(({ fingerprint }) => fingerprint === load.name);
  const statistics = policyStatistics(own, { fitted, seed });
  const labels = new Set(own.map(({ policy }) => policy));
  const others = [bestHandMade, 'min', 'devik', 'lru', 'random'].filter((label) => label !== null);
  const ranked = [...new Set([...fitted, ...others])].filter((label) => labels.has(label));
  const [{ sentences }] = loadSentences(own, { ...statistics, bestHandMade });
  return {
    title: load.name,
    paragraphs: [sentences.join(' ')],
    tables: [],
    figures: await loadFigures({
      ...load,
      rows: own,
      statistics: statistics.policies,
      ranked,
      seed,
    }),
  };
}

function provenance(request: ReportRequest): ReportSection {
  const { commands, program, seed, prices, effort, machine, loads } = request;
  const { pageInCost, pageOutCost, chargeFinal } = prices;
  const facts: (readonly [string, string])[] = [
    ...commands.map((command) => ['command', command] as const),
    ['program', program],
    ['seed', `${seed}`],
    ['cost of a page-in', `${pageInCost}`],
    ['cost of a page-out', `${pageOutCost}`],
    ['dirty pages at the end', chargeFinal ? 'charged' : 'not charged'],
    ['effort of the optimum', effort],
    ['machine', machine ?? 'not recorded; no figure depends on it'],
    ...loads.map(({ name, digest }) => [name, digest] as const),
  ];
  const table: ReportTable = {
    title: 'What made these figures',
    note: 'The same commands on the same inputs give the same bytes.',
    columns: [
      { title: 'what', align: 'left' },
      { title: 'value', align: 'left' },
    ],
    rows: facts,
  };
  return { title: 'Provenance', paragraphs: [], tables: [table], figures: [] };
}

async function writeText(path: string, text: string): Promise<string> {
  await writeAtomically(path, (sink) => sink.write(new TextEncoder().encode(text)));
  return path;
}

/** Numbers as doubles, NaN where there is none. */
async function writeParquet(path: string, data: readonly DataColumn[]): Promise<string> {
  const columns = data.map(({ name, values }) => {
    const isText = values.some((value) => typeof value === 'string');
    return { name, type: isText ? ('string' as const) : ('double' as const) };
  });
  const values = data.map(({ values: column }, i) => {
    const list: readonly (string | number | null)[] = column;
    if (columns[i].type === 'string') return list.map(String);
    return Float64Array.from(list, (value) => (value === null ? Number.NaN : Number(value)));
  });
  await writeAtomically(path, async (sink) => {
    const writer = await startParquet(sink, columns);
    if (values[0].length > 0) await writer.writeGroup(values);
    await writer.finish({});
  });
  return path;
}

/** More than this and mail servers, wikis and reviewers refuse the file. */
export const HTML_BYTES_MAX = 3_000_000;

/** What to say of a page that is too long; undefined when it is not. */
export function tooLongNote({ htmlBytes }: WrittenReport, pictured: number): string | undefined {
  if (htmlBytes <= HTML_BYTES_MAX) return undefined;
  return `report.html has ${formatCount(htmlBytes)} bytes; give --pictured below ${pictured}`;
}
