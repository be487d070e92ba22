/** A report as Markdown; pictures are files of the folder `figures` beside it. */
import { cellText, type ReportDocument, type ReportTable } from './document.ts';

export function reportMarkdown({ title, sections }: ReportDocument): string {
  const parts = [`# ${escapeMarkdown(title)}`];
  for (const section of sections) {
    parts.push(`## ${escapeMarkdown(section.title)}`, ...section.paragraphs.map(escapeMarkdown));
    for (const table of section.tables) parts.push(...tableMarkdown(table));
    for (const { id, title: name, caption } of section.figures) {
      parts.push(
        `### ${escapeMarkdown(name)}`,
        `![${escapeMarkdown(name)}](figures/${id}.svg)`,
        escapeMarkdown(caption),
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}

function tableMarkdown({ title, note, columns, rows }: ReportTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const rule = columns.map(({ align }) => (align === 'right' ? '--:' : '---'));
  const table = [
    line(columns.map((column) => column.title)),
    `|${rule.join('|')}|`,
    ...rows.map((row) => line(row.map(cellText))),
  ].join('\n');
  return [
    `### ${escapeMarkdown(title)}`,
    ...(note === undefined ? [] : [escapeMarkdown(note)]),
    table,
  ];
}

/** Names of policies and fingerprints are the user's. */
function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#&]/g, '\\$&').replaceAll('\n', ' ');
}
