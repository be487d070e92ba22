/** The tournament once more, as `duel.ts` is. */
import { EXPERTS, TOURNAMENT_DEFAULTS } from '../../../src/policies/tournament.ts';
import { naiveDuel } from './duel.ts';
import type { NaiveVersion } from './naiveVersions.ts';

export const naive: NaiveVersion = naiveDuel(
  'tournament',
  Object.values(EXPERTS),
  TOURNAMENT_DEFAULTS,
);
