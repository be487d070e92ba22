/*
 * A command is a declaration: its operand and options are said once, and from them come the help,
 * the checks, the completion and the types of what `run` is handed. Its name and title stand in the
 * list of commands, so that only the file of the one wanted is read.
 */

/** A word: `--frames 10%`. Numbers are words here; who uses one parses it, and can say why not. */
export interface TextOption {
  readonly kind: 'text';
  readonly describe: string;
  /** Shown in the help, used when the option is absent. */
  readonly default?: string;
  readonly required?: true;
  /** One letter: `-o`. */
  readonly alias?: string;
}

/** `--charge-final`; with `default: true` it is switched off by `--no-…`. */
export interface FlagOption {
  readonly kind: 'flag';
  readonly describe: string;
  readonly default: boolean;
}

/** May be given several times: `--policy lru --policy clock`. */
export interface ListOption {
  readonly kind: 'list';
  readonly describe: string;
  readonly required?: true;
}

export type Option = TextOption | FlagOption | ListOption;
export type Options = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends FlagOption
  ? boolean
  : O extends ListOption
    ? readonly string[]
    : O extends { readonly default: string } | { readonly required: true }
      ? string
      : string | undefined;

/** What the user gave, by the name of the option. */
export type ValuesOf<O extends Options> = { readonly [Name in keyof O]: ValueOf<O[Name]> };

/** What a command works on: the words after its name. */
export interface Operand {
  readonly name: string;
  readonly describe: string;
  /** One or more of them. */
  readonly many?: true;
  /** A second word, after this one. */
  readonly second?: Operand;
}

/** The fingerprint most commands work on. */
export const FINGERPRINT: Operand = {
  name: 'fingerprint',
  describe: 'file (binary or notation), or synthetic:NAME:option=value,…',
};

export interface Result {
  /** The one object that --json prints. */
  readonly json: Readonly<Record<string, unknown>>;
  /** What people read, without the last line feed. */
  readonly text: () => string;
  /** The answer to what was asked is no: the program ends with 1, as `diff` does. */
  readonly isNo?: boolean;
  /** Parts of what was asked for failed, and the result says which: the program ends with 1. */
  readonly isIncomplete?: boolean;
}

/** What the list of all commands says of one. */
interface CommandTitle {
  readonly name: string;
  /** One sentence for the help. */
  readonly title: string;
}

/** What a command is besides its name; the export of one file of commands/ each. */
export interface CommandBody<O extends Options = Options> {
  readonly operand?: Operand;
  readonly options: O;
  /** A real call, without the name of the program. */
  readonly example: string;
  /** More than an option's line can say. */
  readonly details?: string;
  /** `operands`: one, with `second` two, at least one if `many`, none without an operand. */
  run(values: ValuesOf<O>, operands: readonly string[]): Promise<Result>;
}

export type Command = CommandTitle & CommandBody;

/** A command whose file is read when somebody wants it: the help of the program needs no other. */
export interface ListedCommand extends CommandTitle {
  readonly load: () => Promise<CommandBody>;
}

/** Declares what a command is. */
export function defineCommand<const O extends Options>(body: CommandBody<O>): CommandBody {
  // The parser hands a command the values of its own options and no others.
  return body as unknown as CommandBody;
}
