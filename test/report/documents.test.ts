import { describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../src/report/document.ts';
import { reportHtml } from '../../src/report/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';

const hostile = '</script><img src=x onerror=1> "a|b" *c* &amp;';
const report: ReportDocument = {
  title: hostile,
  sections: [
    {
      title: hostile,
      paragraphs: [hostile],
      tables: [
        {
          title: hostile,
          columns: [{ title: hostile, align: 'right' }],
          rows: [[hostile], [{ text: hostile, value: 1 }]],
        },
      ],
      figures: [
        { id: 'one', title: hostile, caption: hostile, svg: '<svg role="img"></svg>', data: [] },
      ],
    },
  ],
};

describe("a user's name", () => {
  it('is text in HTML, whatever is in it', () => {
    const html = reportHtml(report);
    expect(html).not.toContain('<img');
    expect(html.match(/<script>/g)).toHaveLength(1);
    expect(html.match(/<\/script>/g)).toHaveLength(1);
    expect(html).toContain('&lt;img src=x onerror=1&gt; &quot;a|b&quot; *c* &amp;amp;');
  });

  it('is text in Markdown, and breaks no table', () => {
    const markdown = reportMarkdown(report);
    expect(markdown).not.toMatch(/(?<!\\)[<&]/);
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(2);
  });
});
