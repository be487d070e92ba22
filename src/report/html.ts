/*
 * A report as one HTML file: pictures, styles and the script that sorts tables are in it, and a
 * policy of the page forbids it to fetch anything. It opens without a network, and prints.
 */
import { cellText, type ReportDocument, type ReportSection, type ReportTable } from './document.ts';
import type { Figure } from './figure.ts';
import { escapeText } from './figures/plot.ts';

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

const STYLE = `
body { font: 15px/1.45 Helvetica, Arial, sans-serif; color: #111; background: #fff;
  max-width: 64rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.2rem;
  border-bottom: 1px solid #bbb; } h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
nav a { margin-right: .8rem; }
.scroll { overflow-x: auto; max-height: 34rem; overflow-y: auto; border: 1px solid #ddd; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; }
th { position: sticky; top: 0; background: #eee; text-align: left; padding: 0; }
th button { all: unset; cursor: pointer; padding: .25rem .5rem; display: block; width: 100%;
  box-sizing: border-box; }
th button:focus-visible { outline: 2px solid #0072B2; outline-offset: -2px; }
th[aria-sort=ascending] button::after { content: " ▲"; }
th[aria-sort=descending] button::after { content: " ▼"; }
td { padding: .15rem .5rem; border-top: 1px solid #eee; white-space: nowrap; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0 1.6rem; } figure svg { max-width: 100%; height: auto; display: block; }
figcaption, .note { font-size: .85rem; color: #444; max-width: 46rem; }
@media print { .scroll { max-height: none; } }
`;

/** Numbers by their value, words as they are spelled; equal rows keep their order. */
const SCRIPT = `
for (const table of document.querySelectorAll('table')) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => head.firstChild.addEventListener('click', () => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of heads) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const order = (a, b) => isNaN(a) || isNaN(b) || a === '' || b === ''
      ? (a < b ? -1 : a > b ? 1 : 0) : a - b;
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => (down ? -1 : 1) * order(key(a), key(b)));
    table.tBodies[0].append(...rows);
  }));
}
`;

/** The whole file. Same report, same bytes. */
export function reportHtml({ title, sections }: ReportDocument): string {
  const links = sections.map((section, i) => `<a href="#s${i}">${escapeText(section.title)}</a>`);
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">' +
    `<title>${escapeText(title)}</title><style>${STYLE}</style></head>\n<body>` +
    `<h1>${escapeText(title)}</h1>\n<nav>${links.join(' ')}</nav>\n` +
    sections.map(sectionHtml).join('\n') +
    `\n<script>${SCRIPT}</script></body></html>\n`
  );
}

function sectionHtml({ title, paragraphs, tables, figures }: ReportSection, i: number): string {
  return [
    `<section id="s${i}"><h2>${escapeText(title)}</h2>`,
    ...paragraphs.map((text) => `<p>${escapeText(text)}</p>`),
    ...tables.map(tableHtml),
    ...figures.map(figureHtml),
    '</section>',
  ].join('\n');
}

function tableHtml({ title, note, columns, rows }: ReportTable): string {
  const side = (column: number): string =>
    columns[column].align === 'right' ? ' class="right"' : '';
  const head = columns.map(
    (column, i) =>
      `<th scope="col"${side(i)}><button type="button">${escapeText(column.title)}</button></th>`,
  );
  const body = rows.map((row) => {
    const cells = row.map((cell, i) => {
      const value = typeof cell === 'string' ? '' : ` data-value="${cell.value}"`;
      return `<td${side(i)}${value}>${escapeText(cellText(cell))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return (
    `<h3>${escapeText(title)}</h3>` +
    (note === undefined ? '' : `<p class="note">${escapeText(note)}</p>`) +
    `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead>\n` +
    `<tbody>${body.join('\n')}</tbody></table></div>`
  );
}

function figureHtml({ id, title, caption, svg }: Figure): string {
  return (
    `<figure id="${escapeText(id)}"><h3>${escapeText(title)}</h3>\n${svg}` +
    `<figcaption>${escapeText(caption)}</figcaption></figure>`
  );
}
