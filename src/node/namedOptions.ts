/** Options as users write them behind the name of a policy or a prefetcher: numbers, by name. */
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';

type Numbers = Readonly<Record<string, number>>;

/** What the options are of: `policy`, `aging`. */
export interface Optioned {
  readonly kind: string;
  readonly name: string;
  readonly defaults: Numbers;
}

/** As users write them; undefined where there are none. */
export function optionsText(options: Numbers): string | undefined {
  const changes = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  return changes.length === 0 ? undefined : changes.join(',');
}

/** Only what `text`, `a=1,b=2`, gives; each option must be among the defaults. */
export function parseOptions(
  text: string | undefined,
  { kind, name, defaults }: Optioned,
): Numbers {
  const what = `the ${kind} "${name}"`;
  if (text === undefined) return {};
  const known = Object.keys(defaults);
  const options: Record<string, number> = {};
  for (const part of text.split(',')) {
    const match = /^([^=]*)=(.*)$/.exec(part);
    if (match === null) {
      throw new InputError(
        `${what} is given "${part}", which is not an option with a number.`,
        `write it as ${name}:OPTION=NUMBER`,
      );
    }
    const [, option, value] = match;
    if (!known.includes(option)) {
      const meant = nearest(option, known);
      const all = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
      throw new InputError(
        `${what} has no option "${option}".`,
        meant === undefined ? all : `did you mean ${meant}?`,
      );
    }
    if (Object.hasOwn(options, option)) {
      throw new InputError(
        `${what} is given its option "${option}" twice.`,
        'leave one of the two out',
      );
    }
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number)) {
      throw new InputError(
        `${what} is given ${option}="${value}", which is not a number.`,
        `its default is ${option}=${defaults[option]}`,
      );
    }
    options[option] = number;
  }
  return options;
}
