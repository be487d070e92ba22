/** Names with values, as text. */
import type { Tallies } from '../engine/policy.ts';
import { formatCount } from '../report/table.ts';

/** One result as lines: a name and a value each, aligned. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}

/** Options of a policy or learner as they are written in --policy: `interval=0,shift=1`. */
export function optionsText(options: Readonly<Record<string, number>>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/** Lines of what a policy did, by rule, in words made of its names; none where it does not tell. */
export function ruleFields(rules: Tallies | undefined): [string, string][] {
  return Object.entries(rules ?? {}).map(([name, count]) => {
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return [`  ${words}`, formatCount(count)];
  });
}
