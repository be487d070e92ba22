import { describe, expect, it } from 'vitest';
import { type CommandBody, defineCommand, type ListedCommand } from '../../src/cli/command.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { InputError } from '../../src/support/assert.ts';

const nothing = async () => ({ json: {}, text: () => '' });

const listed = (name: string, title: string, body: CommandBody): ListedCommand => ({
  name,
  title,
  load: async () => defineCommand(body),
});

const COMMANDS: readonly ListedCommand[] = [
  listed('paint', 'Paint a wall', {
    operand: { name: 'wall', describe: 'which' },
    options: {
      colour: { kind: 'text', describe: 'of the paint', required: true },
      coats: { kind: 'text', describe: 'how many', default: '2' },
      brush: { kind: 'list', describe: 'one of several' },
      primer: { kind: 'flag', describe: 'first', default: true },
      output: { kind: 'text', alias: 'o', describe: 'where to' },
    },
    example: 'paint north --colour red',
    run: nothing,
  }),
  listed('count', 'Count walls', {
    operand: { name: 'walls', describe: 'which', many: true },
    options: {},
    example: 'count north south',
    run: nothing,
  }),
  listed('list', 'List', { options: {}, example: 'list', run: nothing }),
];

const parse = (line: string) =>
  parseCommandLine(line === '' ? [] : line.split(' '), COMMANDS, '1.2.3');

/** What the user is told: message and hint. */
async function refusal(line: string): Promise<readonly [string, string]> {
  const error = await parse(line).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof InputError)) throw new Error(`not refused as input: ${error}`);
  return [error.message, error.hint];
}

describe('a command line', () => {
  it('gives each option its value or default, as words', async () => {
    const invocation = await parse('paint north --colour 0x10 -o 007');
    expect(invocation?.command.name).toBe('paint');
    expect(invocation?.operands).toEqual(['north']);
    expect(invocation?.json).toBe(false);
    expect(invocation?.values).toEqual({
      colour: '0x10',
      coats: '2',
      brush: [],
      primer: true,
      output: '007',
      json: false,
    });
  });

  it('keeps operands that look like numbers or stand for standard input', async () => {
    expect((await parse('count 12 0x1 - 1e3'))?.operands).toEqual(['12', '0x1', '-', '1e3']);
  });

  it('gathers a repeated option, which takes one word each time', async () => {
    const invocation = await parse('paint --colour red --brush a --brush b north --json');
    expect(invocation?.values.brush).toEqual(['a', 'b']);
    expect(invocation?.operands).toEqual(['north']);
    expect(invocation?.json).toBe(true);
  });

  it('takes --json in front of the command too', async () => {
    const invocation = await parse('--json count north');
    expect(invocation?.json).toBe(true);
    expect(invocation?.operands).toEqual(['north']);
  });

  it('switches off a flag that is on by default', async () => {
    expect((await parse('paint north --colour red --no-primer'))?.values.primer).toBe(false);
  });

  it('takes negative numbers as values, for the command to refuse', async () => {
    expect((await parse('paint north --colour -5'))?.values.colour).toBe('-5');
  });

  it('takes none of the words after -- for options', async () => {
    expect((await parse('count -- --json -x'))?.operands).toEqual(['--json', '-x']);
  });

  it('names the nearest command', async () => {
    expect(await refusal('piant north')).toEqual([
      'unknown command "piant"',
      'did you mean paint?',
    ]);
  });

  it('lists all commands when none is near', async () => {
    expect(await refusal('whitewash')).toEqual([
      'unknown command "whitewash"',
      'one of: paint count list completion',
    ]);
  });

  it('says that a command is missing', async () => {
    expect((await refusal(''))[0]).toBe('no command is given');
  });

  it('names the nearest option, before it says what is missing', async () => {
    expect(await refusal('paint north --color red')).toEqual([
      'paint: unknown option --color',
      'did you mean --colour?',
    ]);
  });

  it('refuses an unknown letter', async () => {
    expect((await refusal('list -z'))[0]).toBe('list: unknown option -z');
  });

  it('says which option is missing', async () => {
    const [message, hint] = await refusal('paint north');
    expect(message).toBe('paint: --colour is missing');
    expect(hint).toContain('of the paint');
  });

  it('says which operand is missing, with an example', async () => {
    expect(await refusal('paint --colour red')).toEqual([
      'paint: <wall> is missing',
      'for example: evictlab paint north --colour red',
    ]);
    expect((await refusal('count'))[0]).toBe('count: <walls..> is missing');
  });

  it('refuses a second operand where there is one', async () => {
    expect((await refusal('paint north south --colour red'))[0]).toBe(
      'paint: "south" is one word too many',
    );
    expect((await refusal('list north'))[0]).toBe('list: "north" is one word too many');
  });

  it('refuses an option without its value', async () => {
    expect((await refusal('paint north --colour'))[0]).toBe('paint: --colour has no value');
    expect((await refusal('paint north --coats --colour red'))[0]).toBe(
      'paint: --coats has no value',
    );
    expect((await refusal('paint north --colour red -o'))[0]).toMatch(/^paint: -.* has no value$/);
  });

  it('refuses an option given twice', async () => {
    expect((await refusal('paint north --colour red --colour blue'))[0]).toBe(
      'paint: --colour is given more than once',
    );
  });

  it.each([
    '--json=abc',
    '--json=',
    '--primer=true',
    '--no-primer=no',
    '--primer false',
    '--help=no',
  ])('refuses a value for a flag: %s', async (words) => {
    const [message, hint] = await refusal(`paint north --colour red ${words}`);
    const [name, value] = words.replace('no-', '').split(/[= ]/);
    expect(message).toBe(`paint: ${name} takes no value, but is given "${value}"`);
    expect(hint).toBe(`write ${name}, or leave it out`);
  });

  it('takes a name with a dot for no option', async () => {
    expect((await refusal('paint north --colour.x red'))[0]).toBe(
      'paint: unknown option --colour.x',
    );
  });
});
