/** The slots of a run, for those who read what lies beside a page in swap. */
import type { Neighbourhood } from '../../engine/neighbourhood.ts';
import type { PrefetchContext } from '../../engine/prefetcher.ts';
import { InputError } from '../../support/assert.ts';

export function requireSlots({ slots }: PrefetchContext, id: string): Neighbourhood {
  if (slots !== undefined) return slots;
  throw new InputError(
    `${id} reads what lies beside a page in swap, and this run keeps no slots.`,
    'add --io textbook; or take linux-vma-swap, which goes by address',
  );
}
