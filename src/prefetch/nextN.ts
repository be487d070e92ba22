/*
 * Next-N: a page-in brings the n pages that lie behind it as well.        (Joseph 1970; Smith 1978)
 *
 *   used   0 1 2 3 4 5 6 7 8       n = 2: a page-in at 0, 3, 6; of N pages in order ⌈N ÷ (n + 1)⌉
 *   read   ● ○ ○ ● ○ ○ ● ○ ○
 *
 * Nothing is learned and nothing kept. Differs from Smith's tagged prefetch: a page read ahead
 * brings nothing when it is used, only a page-in does.
 */

import { wholeOption } from '../engine/policyOptions.ts';
import { DEGREE_MAX, definePrefetcher } from '../engine/prefetcher.ts';

export const prefetcher = definePrefetcher({
  id: 'next-n',
  title: 'The next pages, at each page-in',
  source: 'Joseph, IBM Systems Journal 1970; Smith, Computer 1978',
  defaults: { n: 4 },
  create: ({ places, ask }, options) => {
    const n = wholeOption('n', options.n, 0, DEGREE_MAX);
    return {
      onPageIn(page) {
        for (let distance = 1; distance <= n; distance++) ask(places.beside(page, distance));
      },
      onFirstUse() {},
    };
  },
});
