#!/usr/bin/env node
/*
 * The program: parse, run, print, exit. Commands are small declarations; what they work with is
 * imported when they run, so that `--help` waits for nothing.
 */
import { programVersion } from '../node/version.ts';
import { COMMANDS } from './commands/index.ts';
import { EXIT_DONE, EXIT_NO, EXIT_OUR_SIDE, printFailure, printResult } from './output.ts';
import { parseCommandLine } from './parser.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  // A closed pipe is also reported to whoever writes next; here it must only not be fatal.
  process.stdout.on('error', () => {});
  try {
    const invocation = await parseCommandLine(words, COMMANDS, programVersion());
    if (invocation === undefined) return EXIT_DONE;
    const { command, values, operands, json } = invocation;
    const result = await command.run(values, operands);
    await printResult(result, json);
    if (result.isIncomplete) return EXIT_OUR_SIDE;
    return result.isNo ? EXIT_NO : EXIT_DONE;
  } catch (error) {
    return printFailure(error);
  }
}
