/** The whole pipeline from one file. */
import { join } from 'node:path';
import type { Progress } from '../../node/progress.ts';
import { defineCommand } from '../command.ts';
import { noteFailedCells } from '../output.ts';
import { EFFORT, parseEffort, parseWhole, THREADS } from '../sharedOptions.ts';

export const study = defineCommand({
  operand: { name: 'file', describe: 'the study, YAML' },
  options: {
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'folder (default: out/ and the name of the study)',
    },
    effort: EFFORT,
    threads: THREADS,
  },
  example: 'study study.yaml -o results --effort rules',
  async run(values, [path]) {
    const effort = parseEffort(values.effort);
    const asked = values.threads;
    const { defaultThreads, openJobPool } = await import('../../node/jobPool.ts');
    const { readStudy } = await import('../../node/studyFile.ts');
    const { runStudy } = await import('../../node/study.ts');
    const { progress } = await import('../../node/progress.ts');
    const { failureList } = await import('../../report/gapTable.ts');
    const { programVersion } = await import('../../node/version.ts');
    const asWritten = await readStudy(path);
    const output = values.output ?? join('out', asWritten.name);
    const pool = await openJobPool(
      asked === undefined ? defaultThreads() : parseWhole('--threads', asked, 1),
    );
    try {
      // Stages overlap: the line shows the one begun first that is not done.
      const stages = new Map<string, { line: Progress; isDone: boolean }>();
      const done = await runStudy({
        study: asWritten,
        output,
        pool,
        effort,
        onProgress: (stage, count, total) => {
          const { line } = stages.get(stage) ?? { line: progress(stage, total) };
          stages.set(stage, { line, isDone: count === total });
          const [shown] = [...stages].find(([, { isDone }]) => !isDone) ?? [];
          if (stage === shown) line.update(count);
        },
      });
      progress('').done();
      const { rows, failures, pareto, tuned, statistics, summary, labels, models, tables } = done;
      noteFailedCells(failures, rows.length + failures.length);
      return {
        json: {
          study: asWritten.name,
          version: programVersion(),
          output,
          labels,
          models,
          tables,
          statistics,
          pareto,
          rows,
          failures,
          tuned,
        },
        isIncomplete: failures.length > 0,
        text: () =>
          [summary, ...failureList(failures), `written to ${output}: ${tables.join(' ')}`].join(
            '\n\n',
          ),
      };
    } finally {
      await pool.close();
    }
  },
});
