/** Stretches of columns copied, whether they are long or, as most are, short. */

type Column = Uint8Array | Uint32Array;

/** Below it a loop costs less than a view and a call of `set`. */
const LONG_RUN = 64;

/** `target[at] …` becomes `source[from] … source[to − 1]`; the two are of one type. */
export function copyRun(
  source: Column,
  from: number,
  to: number,
  target: Column,
  at: number,
): void {
  if (to - from >= LONG_RUN) target.set(source.subarray(from, to), at);
  else for (let i = from; i < to; i++) target[at++] = source[i];
}
