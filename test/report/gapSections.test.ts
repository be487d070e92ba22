import { expect, it } from 'vitest';
import type { EvaluationRow } from '../../src/evaluation/evaluation.ts';
import { cellText } from '../../src/report/document.ts';
import { failuresTables, rowsTable } from '../../src/report/gapSections.ts';
import { reportHtml } from '../../src/report/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';

const row: EvaluationRow = {
  fingerprint: 'load',
  digest: 'sha256:0',
  policy: 'lru',
  observes: 'every-reference',
  frames: 100,
  size: '10%',
  seed: 1,
  references: 1000,
  minorFaults: 0,
  softFaults: 0,
  pageIns: 120,
  pageOuts: 0,
  cost: 120,
  lowerBound: 100,
  upperBound: 110,
  minPageIns: 100,
  lruPageIns: 120,
  gapPercent: [9.0909, 20],
  closedPercent: 0,
  meanFreeFrames: 0,
  atEqualResident: null,
};
const keepsFree: EvaluationRow = {
  ...row,
  policy: 'linux-classic',
  meanFreeFrames: 10,
  atEqualResident: { frames: 90, lowerBound: 112, upperBound: 115, gapPercent: [4.35, 7.14] },
};

it('shows the frames a policy used and its gap there, where one keeps some free', () => {
  expect(rowsTable([row]).columns.map(({ title }) => title)).not.toContain('resident');
  const table = rowsTable([row, keepsFree]);
  const titles = ['resident', 'gap there ≥ %', 'gap there ≤ %'];
  expect(table.columns.slice(-3).map(({ title }) => title)).toEqual(titles);
  expect(table.rows.map((cells) => cells.slice(-3).map(cellText))).toEqual([
    ['', '', ''],
    ['90', '4.3', '7.1'],
  ]);
  const section = { title: 'Every cell', paragraphs: [], tables: [table], figures: [] };
  const report = { title: 'Report', sections: [section] };
  expect(reportMarkdown(report)).toMatch(/\| 90 \| 4\.3 \| 7\.1 \|/);
  expect(reportHtml(report)).toMatch(/>90<\/td>.*>4\.3<\/td>.*>7\.1<\/td>/);
});

it('lists cells without a row with their reasons, and has no list without them', () => {
  expect(failuresTables([])).toEqual([]);
  const cell = { fingerprint: 'load', digest: 'sha256:0', policy: './mine.js', frames: 10 };
  const [{ rows }] = failuresTables([{ ...cell, size: '1%', seed: 1, reason: 'it throws' }]);
  expect(rows[0].map(cellText)).toEqual(['load', '1%', '10', './mine.js', 'it throws']);
});
