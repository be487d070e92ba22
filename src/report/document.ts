/*
 * A report as a value: sections of sentences, tables and pictures. HTML and Markdown are written
 * from the same one.
 */
import type { Figure } from './figure.ts';

export interface ReportColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** What is shown, and what it is sorted by where that is not the text. */
export type ReportCell = string | { readonly text: string; readonly value: number };

export interface ReportTable {
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
}

export interface ReportSection {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly Figure[];
}

export interface ReportDocument {
  readonly title: string;
  readonly sections: readonly ReportSection[];
}

export const cellText = (cell: ReportCell): string => (typeof cell === 'string' ? cell : cell.text);
