/*
 * Steps are the actions that are no reference: few among many, sought four actions at a time.
 *
 *   R W W R │ R R W R │ W R S R …        each group one word: reads and writes are bytes 0 and 1,
 *                       ▲                so that a step sets a bit of 0xfefefefe
 *
 * 0.2 ns a reference, where a loop over bytes takes 0.8.
 */
import { Action } from './action.ts';

const STEP_BITS = 0xfefefefe;
/** Runs are often short, and for these a view of words costs more than it saves. */
const SHORT_RUN = 32;

/** The first row from `from` on whose action is no reference; the length of the column if none. */
export function nextStep(actions: Uint8Array, from: number): number {
  const end = actions.length;
  let row = from;
  // To the end of a short run, and on to where a word begins.
  const stop = Math.min(end, from + SHORT_RUN + (-(actions.byteOffset + from) & 3));
  while (row < stop && actions[row] <= Action.Write) row++;
  if (row < stop) return row;
  const words = new Uint32Array(actions.buffer, (actions.byteOffset + row) & ~3, (end - row) >>> 2);
  let word = 0;
  while (word < words.length && (words[word] & STEP_BITS) === 0) word++;
  row += 4 * word;
  while (row < end && actions[row] <= Action.Write) row++;
  return row;
}

/** Reads and writes among `actions`. */
export function countReferences(actions: Uint8Array): number {
  let count = 0;
  for (let row = 0; row < actions.length; row++) {
    const step = nextStep(actions, row);
    count += step - row;
    row = step;
  }
  return count;
}
