/*
 * One input after the other, without a pause between them: while threads work on one, the next is
 * read, and its jobs wait behind. Two inputs are in memory at a time, however many there are.
 *
 *   here      read a ▸ read b ▸ · · · · · · · · · · read c ▸ · · · ·
 *   threads            a a a a a a a a a a a a a b b b b b b b b c c
 *                                               └ a has ended
 */

/** An input whose jobs have been handed to threads. */
export interface Begun<Result> {
  /** When all of its jobs have ended; a property, for who awaits `begin` would await it as well. */
  readonly ended: Promise<Result>;
}

/** What became of each input, in their order. `begin` reads an input and hands out its jobs. */
export async function overlapped<Input, Result>(
  inputs: readonly Input[],
  begin: (input: Input) => Promise<Begun<Result>>,
): Promise<Result[]> {
  const results: Result[] = [];
  let last: Begun<Result> | undefined;
  for (const input of inputs) {
    const next = await begin(input);
    // Told when its turn comes, and not at all if reading the next one fails before.
    next.ended.catch(() => {});
    if (last !== undefined) results.push(await last.ended);
    last = next;
  }
  if (last !== undefined) results.push(await last.ended);
  return results;
}
