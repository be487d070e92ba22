/** Names that stand for several policies. */
import { loadPolicies } from './policyCatalog.ts';

/**
 * What a credible comparison has at least: three generations of Linux and a BSD, the textbook's
 * CLOCK, aging and WSClock, the strongest of the literature, and one that minds page-outs.
 */
export const PANEL: readonly string[] = [
  'lru',
  'clock',
  'aging',
  'wsclock',
  'linux-classic',
  'mglru-6.12',
  'aa-2.4.17',
  'freebsd',
  'clock-pro',
  'arc',
  'lirs',
  'eelru',
  'cflru',
];

/** The same list with `panel` and `all` spelt out, each policy once. */
export async function expandPolicies(names: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const name of names) {
    if (name === 'panel') expanded.push(...PANEL);
    else if (name === 'all') expanded.push(...(await loadPolicies()).keys());
    else expanded.push(name);
  }
  return [...new Set(expanded)];
}
