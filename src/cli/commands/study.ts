/** The whole pipeline from one file. */
import { join } from 'node:path';
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
      let stageShown = '';
      let line = progress('');
      const done = await runStudy({
        study: asWritten,
        output,
        pool,
        effort,
        onProgress: (stage, count, total) => {
          if (stage !== stageShown) line = progress(stage, total);
          stageShown = stage;
          line.update(count);
        },
      });
      line.done();
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
