/** No page is read before it is wanted: demand paging, to compare with. */
import { definePrefetcher } from '../engine/prefetcher.ts';

export const prefetcher = definePrefetcher({
  id: 'none',
  title: 'Demand paging',
  source: 'to compare with',
  asksNothing: true,
  defaults: {},
  create: () => ({ onPageIn() {}, onFirstUse() {} }),
});
