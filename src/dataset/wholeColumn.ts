/*
 * The features that are no more than a column someone keeps, of whole numbers, a row a frame or a
 * page: the number itself, or the time since it. They say where it stands, so that a fitted policy
 * can read them in the loop in which it scores (../learning/compiledScore.ts).
 */
import type { FrameTable } from '../engine/frameTable.ts';
import type { FillColumn, WholeColumn } from './feature.ts';

export function wholeColumn(frames: FrameTable, whole: WholeColumn): FillColumn {
  return Object.assign(fillOf(frames, whole), { whole });
}

/** Loops of their own, so that each stays as plain as if it were written for its feature. */
function fillOf({ pageOf }: FrameTable, { column, row, since }: WholeColumn): FillColumn {
  if (since === undefined) {
    if (row === 'frame') {
      return (candidates, count, _tick, out, offset) => {
        for (let i = 0; i < count; i++) out[offset + i] = column[candidates[i]];
      };
    }
    return (candidates, count, _tick, out, offset) => {
      for (let i = 0; i < count; i++) out[offset + i] = column[pageOf[candidates[i]]];
    };
  }
  if (row === 'frame') {
    return (candidates, count, tick, out, offset) => {
      const now = since === 'tick' ? tick : since.now;
      for (let i = 0; i < count; i++) out[offset + i] = now - column[candidates[i]];
    };
  }
  return (candidates, count, tick, out, offset) => {
    const now = since === 'tick' ? tick : since.now;
    for (let i = 0; i < count; i++) out[offset + i] = now - column[pageOf[candidates[i]]];
  };
}
