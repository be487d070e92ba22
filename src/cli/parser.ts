/*
 * From the words of the command line to a command and its values, by yargs: which words belong to
 * which option, the help, and shell completion. What may be wrong is checked here, so that every
 * mistake is one line with a hint: yargs calls its failure handler more than once, and after it the
 * command, unless the handler throws.
 */
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import type { Command, ListedCommand, Operand, Option, Options, ValuesOf } from './command.ts';
import yargs, { type Argv } from './yargs.ts';

/** What the user wants done. */
export interface Invocation {
  readonly command: Command;
  readonly values: ValuesOf<Options>;
  readonly operands: readonly string[];
  /** Print one JSON object. */
  readonly json: boolean;
}

type Words = Readonly<Record<string, unknown>>;

/** Ends the parsing: when a command was called, yargs goes on to compose its help, for 60 ms. */
const CHOSEN = new Error('a command was chosen');

const JSON_OPTION: Option = {
  kind: 'flag',
  describe: 'print one JSON object and nothing else',
  default: false,
};
const PROGRAM = 'evictlab';
const COMPLETION = 'completion';
const HELP_WIDTH = 100;

/**
 * The invocation in `words`; undefined when yargs has answered itself, with a help text, the
 * version or a completion. An InputError when it is not a command line of ours.
 */
export async function parseCommandLine(
  words: readonly string[],
  commands: readonly ListedCommand[],
  version: string,
): Promise<Invocation | undefined> {
  let chosen: { readonly command: Command; readonly given: Words } | undefined;
  const parser = yargs([...words])
    .scriptName(PROGRAM)
    .usage('$0 <command>\n\nHow far is a page-replacement policy from the best possible one?')
    .locale('en')
    .wrap(HELP_WIDTH)
    .exitProcess(false)
    .version(version)
    .alias('help', 'h')
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .option('json', { type: 'boolean', default: false, describe: JSON_OPTION.describe })
    .epilogue('Each command has its own --help, with its options and an example.')
    .fail((message: string | null, error: Error | undefined) => {
      // A YError is what yargs says of the words, by another way than `message`.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw usageError(error?.message ?? message ?? '', words, commands);
    });
  for (const listed of commands) {
    const { name, title } = listed;
    if (words.includes(name)) {
      const command = { ...(await listed.load()), name, title };
      parser.command(
        name,
        title,
        (own) => declare(own, command),
        (given) => {
          chosen = { command, given };
          throw CHOSEN;
        },
      );
    } else parser.command(name, title);
  }
  parser.completion(COMPLETION, 'Print a script that completes commands and options in the shell');
  let given: Words = {};
  try {
    given = await parser.parseAsync();
  } catch (reason) {
    if (reason !== CHOSEN) throw reason;
  }
  if (chosen !== undefined) {
    checkFlags(chosen.command, words);
    return checkInvocation(chosen.command, chosen.given);
  }
  const [word] = [given._].flat();
  const isAnswered = given.help || given.version || 'get-yargs-completions' in given;
  if (isAnswered || word === COMPLETION) return undefined;
  throw commandError(word, commands);
}

/**
 * Operands are not declared: yargs would parse them once more, and lose `-` and what follows `--`.
 * They are the words left over.
 */
function declare(parser: Argv, command: Command): Argv {
  parser.usage(usageText(command));
  for (const [name, option] of Object.entries(optionsOf(command))) {
    const isFlag = option.kind === 'flag';
    parser.option(name, {
      describe: describeOption(option),
      type: isFlag ? 'boolean' : 'string',
      requiresArg: !isFlag,
      ...(option.kind === 'list' && { array: true, nargs: 1 }),
      ...('default' in option && { default: option.default }),
      ...('alias' in option && { alias: option.alias }),
    });
  }
  const { details } = command;
  if (details !== undefined) parser.epilogue(details);
  return parser.example(`$0 ${command.example}`, '');
}

function usageText({ name, title, operand }: Command): string {
  if (operand === undefined) return `$0 ${name}\n\n${title}.`;
  const words = operandsIn(operand);
  const lines = words.map((word) => `${operandText(word)}  ${word.describe}`);
  return `$0 ${name} ${words.map(operandText).join(' ')}\n\n${title}.\n\n${lines.join('\n')}`;
}

function describeOption(option: Option): string {
  return 'required' in option ? `${option.describe}  [required]` : option.describe;
}

function optionsOf(command: Command): Options {
  return { ...command.options, json: JSON_OPTION };
}

/** The operand and what comes after it. */
function operandsIn(operand: Operand | undefined): readonly Operand[] {
  return operand === undefined ? [] : [operand, ...operandsIn(operand.second)];
}

function operandText({ name, many }: Operand): string {
  return many ? `<${name}..>` : `<${name}>`;
}

/** A flag takes no value: yargs would read any but `true` as a no, and say nothing. */
function checkFlags(command: Command, words: readonly string[]): void {
  const named = Object.entries(optionsOf(command)).filter(([, { kind }]) => kind === 'flag');
  const flags = new Set([...named.map(([name]) => name), 'help', 'version']);
  const end = words.indexOf('--');
  const ours = end < 0 ? words : words.slice(0, end);
  for (const [i, word] of ours.entries()) {
    const match = /^--(?:no-)?([^=]+)(=.*)?$/s.exec(word);
    if (match === null || !flags.has(match[1])) continue;
    // These two are the words that yargs takes for the value of a flag before them.
    if (match[2] === undefined && !/^(true|false)$/.test(ours[i + 1] ?? '')) continue;
    const value = match[2]?.slice(1) ?? ours[i + 1];
    throw new InputError(
      `${command.name}: --${match[1]} takes no value, but is given "${value}"`,
      `write --${match[1]}, or leave it out`,
    );
  }
}

/** Checks in the order a user wants to hear: what is unknown, what is missing, what is doubled. */
function checkInvocation(command: Command, given: Words): Invocation {
  const options = optionsOf(command);
  checkKnown(command, options, given);
  const operands = operandsOf(command, given);
  for (const [name, option] of Object.entries(options)) {
    const value = given[name];
    if ('required' in option && value === undefined) {
      throw new InputError(
        `${command.name}: --${name} is missing`,
        `--${name}: ${option.describe}; see \`${PROGRAM} ${command.name} --help\``,
      );
    }
    if (option.kind !== 'list' && Array.isArray(value)) {
      throw new InputError(`${command.name}: --${name} is given more than once`, 'give it once');
    }
  }
  const values = Object.fromEntries(
    Object.entries(options).map(([name, { kind }]) => [
      name,
      kind === 'list' ? (given[name] ?? []) : given[name],
    ]),
  );
  return {
    command,
    // Every option was just found to be of its kind.
    values: values as ValuesOf<Options>,
    operands,
    json: given.json === true,
  };
}

function checkKnown(command: Command, options: Options, given: Words): void {
  const aliases = Object.values(options).flatMap((option) =>
    'alias' in option && option.alias !== undefined ? [option.alias] : [],
  );
  const known = new Set([...Object.keys(options), ...aliases, 'help', 'h', 'version', '$0', '_']);
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const dashes = unknown.length === 1 ? '-' : '--';
    const meant = nearest(unknown, Object.keys(options));
    throw new InputError(
      `${command.name}: unknown option ${dashes}${unknown}`,
      meant === undefined ? seeHelp(command.name) : `did you mean --${meant}?`,
    );
  }
}

/** The words that belong to no option, as many as the command wants. */
function operandsOf({ name, operand, example }: Command, given: Words): readonly string[] {
  // The name of the command comes first.
  const operands = [given._].flat().slice(1).map(String);
  const wanted = operandsIn(operand);
  const missing = wanted[operands.length];
  if (missing !== undefined) {
    throw new InputError(
      `${name}: ${operandText(missing)} is missing`,
      `for example: ${PROGRAM} ${example}`,
    );
  }
  const surplus = operand?.many ? undefined : operands[wanted.length];
  if (surplus !== undefined) {
    throw new InputError(`${name}: "${surplus}" is one word too many`, seeHelp(name));
  }
  return operands;
}

function commandError(word: unknown, commands: readonly ListedCommand[]): InputError {
  if (word === undefined) return new InputError('no command is given', seeHelp());
  const names = [...commands.map((command) => command.name), COMPLETION];
  const meant = nearest(String(word), names);
  return new InputError(
    `unknown command "${word}"`,
    meant === undefined ? `one of: ${names.join(' ')}` : `did you mean ${meant}?`,
  );
}

/** What yargs has to say, in our words where it says it often. */
function usageError(
  message: string,
  words: readonly string[],
  commands: readonly ListedCommand[],
): InputError {
  const command = commands.find(({ name }) => words.includes(name));
  const where = command === undefined ? '' : `${command.name}: `;
  const option = message.match(/^Not enough arguments following: (.*)$/)?.[1];
  if (option !== undefined) {
    const dashes = option.length === 1 ? '-' : '--';
    return new InputError(`${where}${dashes}${option} has no value`, seeHelp(command?.name));
  }
  return new InputError(`${where}${message.split('\n')[0]}`, seeHelp(command?.name));
}

function seeHelp(command?: string): string {
  return `see \`${[PROGRAM, command, '--help'].filter((word) => word !== undefined).join(' ')}\``;
}
