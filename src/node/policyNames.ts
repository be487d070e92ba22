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

/** References a frame that `tau=auto` stands for: what was tried for the defaults. */
const TAUS_PER_FRAME = [0.25, 1, 4, 16, 64];

/**
 * The same list with `panel` and `all` spelt out, and `wsclock:tau=auto` as one policy for each τ
 * of a sweep; each policy once.
 */
export async function expandPolicies(names: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const name of names) {
    if (name === 'panel') expanded.push(...PANEL);
    else if (name === 'all') expanded.push(...(await loadPolicies()).keys());
    else expanded.push(...(await sweepTau(name)));
  }
  return [...new Set(expanded)];
}

async function sweepTau(name: string): Promise<string[]> {
  const [id, ...rest] = name.split(':');
  const options = rest.join(':').split(',');
  // One that is given twice is told so where options are read.
  const isSweep = options.filter((option) => /^(tau|perFrame)=/.test(option)).length === 1;
  if (!isSweep || !options.includes('tau=auto')) return [name];
  const defaults = (await loadPolicies()).get(id)?.defaults;
  // Whoever has no τ is told so where options are read.
  if (defaults === undefined || !Object.hasOwn(defaults, 'perFrame')) return [name];
  return TAUS_PER_FRAME.map((perFrame) => {
    const given = options.map((option) =>
      option === 'tau=auto' ? `perFrame=${perFrame}` : option,
    );
    return `${id}:${given.join(',')}`;
  });
}
