/*
 * What is in a fingerprint: counts, where and when it uses memory, and how much at a time.
 */
import type { ReferenceString } from '../../fingerprint/fingerprint.ts';
import { defineCommand, FINGERPRINT } from '../command.ts';
import { formatFields } from '../fields.ts';
import { parseSeed, parseWhole, SEED } from '../sharedOptions.ts';

export const inspect = defineCommand({
  operand: FINGERPRINT,
  options: {
    notation: { kind: 'flag', describe: 'print it in the notation', default: false },
    limit: { kind: 'text', describe: 'with --notation: so many actions of each sequence' },
    pictures: {
      kind: 'flag',
      describe: 'a heat map and the working set; they take a pass each over the references',
      default: true,
    },
    seed: SEED,
  },
  example: 'inspect synthetic:loop:pages=8,rounds=2 --notation',
  async run(values, [path]) {
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const limit = values.limit === undefined ? undefined : parseWhole('--limit', values.limit, 1);
    const { fingerprint, digest } = await readFingerprint(path, parseSeed(values.seed));
    if (values.notation) {
      const { firstActions } = await import('../../fingerprint/firstActions.ts');
      const { printFingerprint } = await import('../../fingerprint/textCodec.ts');
      const shown = limit === undefined ? fingerprint : firstActions(fingerprint, limit);
      const notation = printFingerprint(shown).trimEnd();
      return { json: { fingerprint: fingerprint.name, digest, notation }, text: () => notation };
    }
    const { countObjectPages, summarizeFingerprint } = await import('../../fingerprint/summary.ts');
    const { linearize } = await import('../../fingerprint/linearize.ts');
    const { formatCount } = await import('../../report/table.ts');
    const references = linearize(fingerprint);
    const summary = summarizeFingerprint(fingerprint);
    const objects = countObjectPages(references);
    const { name, pageSizeBytes, backing, origin, mappings } = fingerprint;
    const pictures = values.pictures ? await drawn(references, pageSizeBytes) : undefined;
    return {
      json: {
        fingerprint: name,
        ...summary,
        ...objects,
        digest,
        pageSizeBytes,
        backing,
        origin,
        ...pictures?.json,
      },
      text: () => {
        const counted = [
          ['sequences', summary.sequences],
          ['actions', summary.actions],
          ['references', summary.references],
          ['reads', summary.reads],
          ['writes', summary.writes],
          // With maps, an address of two processes may be two pages, and a copy is a page too.
          ...(mappings.length === 0
            ? ([['pages', summary.pages]] as const)
            : ([
                ['page addresses', summary.pages],
                ['pages', objects.objectPages],
              ] as const)),
          ['shared pages', objects.sharedPages],
        ] as const;
        const fields = formatFields([
          ['fingerprint', name],
          ...counted.map(([title, count]) => [title, formatCount(count)] as const),
          ['page size', `${formatCount(pageSizeBytes)} bytes`],
          ['backing', backing],
          ['digest', digest],
          ...Object.entries(origin),
        ]);
        return [fields, ...(pictures?.texts ?? [])].join('\n\n');
      },
    };
  },
});

/** For a terminal of 80 characters by 24 lines. */
const GRID = { rows: 76, columns: 20 };
const PERCENTS = [0, 25, 50, 75, 95, 100];

/** The pictures as text, and the same numbers. */
async function drawn(references: ReferenceString, pageSizeBytes: number) {
  const { accessGrid } = await import('../../evaluation/accessGrid.ts');
  const { fittingBlocks } = await import('../../evaluation/memoryBlocks.ts');
  const { percentilesOf, usualWindows, workingSetSizes } = await import(
    '../../evaluation/workingSet.ts'
  );
  const { heatMapText } = await import('../../report/terminal/heatMap.ts');
  const { workingSetText } = await import('../../report/terminal/workingSet.ts');
  if (references.pages.length === 0) return { json: {}, texts: [] };
  const grid = accessGrid(references, fittingBlocks(references, pageSizeBytes, GRID.rows), GRID);
  const { rowCount, columnCount, pagesPerBlock, blockCount, starts, counts } = grid;
  const windows = usualWindows(references.pages.length);
  const window = windows[Math.floor(windows.length / 2)];
  const sizes = workingSetSizes(references, window);
  const pages = percentilesOf(sizes, PERCENTS);
  const workingSet = {
    window,
    meanPages: sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
    percentiles: PERCENTS.map((percent, i) => ({ percent, pages: pages[i] })),
  };
  const heatMap = {
    blockBytes: pagesPerBlock * pageSizeBytes,
    blocks: blockCount,
    /** The first reference of each line of the picture, and the end. */
    starts,
    references: Array.from({ length: columnCount }, (_, column) =>
      Array.from({ length: rowCount }, (_, row) => counts[row * columnCount + column]),
    ),
  };
  return {
    json: { heatMap, workingSet },
    texts: [heatMapText(grid, pageSizeBytes), workingSetText(workingSet)],
  };
}
