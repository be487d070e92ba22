/* What the parts of a study hand to each other: what was asked for, and on which cells. */
import { join } from 'node:path';
import type { FrameSize } from '../evaluation/frameSizes.ts';
import type { JudgedPart, LeftOutCell } from '../evaluation/part.ts';
import type { Effort } from '../optimal/optimum.ts';
import type { EvaluateRequest } from './evaluate.ts';
import type { JobPool } from './jobPool.ts';
import { ResultStore } from './resultStore.ts';
import type { Study } from './studyFile.ts';

export interface StudyRun {
  readonly study: Study;
  /** Folder for everything made. */
  readonly output: string;
  readonly pool: JobPool;
  readonly effort: Effort;
  readonly onProgress: (stage: string, done: number, total: number) => void;
}

export interface StudyInput {
  readonly path: string;
  readonly name: string;
  readonly digest: string;
  readonly sizes: readonly FrameSize[];
  /** Replays are right for memories of at least this many frames. */
  readonly framesMin: number;
}

export interface StudyCells {
  /** With the sizes that count; at least one each. */
  readonly inputs: readonly StudyInput[];
  readonly leftOut: readonly LeftOutCell[];
}

/** What every evaluation of a study asks for alike. */
export type Judging = Pick<EvaluateRequest, 'prices' | 'seed' | 'pool' | 'store' | 'onProgress'>;

export function judging({ study, output, pool, onProgress }: StudyRun, stage: string): Judging {
  return {
    prices: study.prices,
    seed: study.seed,
    pool,
    store: new ResultStore(join(output, 'cells')),
    onProgress: (done: number, total: number) => onProgress(stage, done, total),
  };
}

/** Of the references judged so many are run before counting begins. */
export function uncountedShare({ split, splitAt, warmUp }: JudgedPart): number {
  return split === 'later-in-time' ? splitAt : warmUp;
}
