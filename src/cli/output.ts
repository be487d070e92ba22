/*
 * What reaches the user. Standard output carries the result and nothing else; notes and failures go
 * to standard error, a line each.
 */
import type { FailedCell } from '../evaluation/evaluation.ts';
import { EnvironmentError, InputError } from '../support/assert.ts';
import type { Result } from './command.ts';

export const EXIT_DONE = 0;
/** Done, and the answer is no. */
export const EXIT_NO = 1;
/** Failed, or done but for some cells, whichever side that is due to. */
export const EXIT_OUR_SIDE = 1;
export const EXIT_WRONG_INPUT = 2;
export const EXIT_INTERRUPTED = 130;

/** Prints the result, and returns when it has been handed to the system. */
export function printResult(result: Result, json: boolean): Promise<void> {
  const text = json ? JSON.stringify(result.json) : result.text();
  return new Promise((resolve, reject) => {
    process.stdout.once('error', reject);
    process.stdout.write(`${text}\n`, (error) => {
      // An error is also emitted as an event, which rejects.
      if (error === null || error === undefined) resolve();
    });
  });
}

/** One line that is not the result. */
export function printNote(text: string): void {
  process.stderr.write(`evictlab: ${oneLine(text)}\n`);
}

/** One line if cells of a table failed. */
export function noteFailedCells(failures: readonly FailedCell[], cellCount: number): void {
  if (failures.length === 0) return;
  const [{ policy, fingerprint, frames, reason }] = failures;
  const first = `${policy} on ${fingerprint} in ${frames} frames: ${reason}`;
  printNote(`${failures.length} of ${cellCount} cells failed, the others are done; first ${first}`);
}

/** Says what went wrong; returns the exit code. */
export function printFailure(error: unknown): number {
  if (error instanceof InputError) return printLines(error.message, error.hint, EXIT_WRONG_INPUT);
  if (error instanceof EnvironmentError) {
    return printLines(error.message, error.hint, EXIT_OUR_SIDE);
  }
  if (isSystemError(error)) {
    // Whoever reads us has read enough: `evictlab curve … | head`.
    if (error.code === 'EPIPE') return EXIT_DONE;
    if (error.syscall === 'write') {
      const hint = 'is there room on the device?';
      return printLines(`the output cannot be written: ${error.message}`, hint, EXIT_OUR_SIDE);
    }
  }
  if (error instanceof RangeError && /allocation failed|Invalid .*length/.test(error.message)) {
    const hint = 'work on a shorter fingerprint or a smaller --frames';
    return printLines(`not enough memory: ${error.message}`, hint, EXIT_OUR_SIDE);
  }
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`evictlab: this is a bug in evictlab; please report it with\n${stack}\n`);
  return EXIT_OUR_SIDE;
}

function printLines(message: string, hint: string, exitCode: number): number {
  process.stderr.write(`evictlab: ${oneLine(message)}\nhint: ${oneLine(hint)}\n`);
  return exitCode;
}

/** File names and user's words may hold line feeds. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ');
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
