/** Who left, eviction by eviction. */
import { type Run, replayVerified } from '../../src/engine/replay.ts';
import type { ReferenceString } from '../../src/fingerprint/fingerprint.ts';

/** The frame of each victim and its page, as `tick: page in frame`. */
export function victimsOf(references: ReferenceString, run: Omit<Run, 'observe'>): string[] {
  const victims: string[] = [];
  replayVerified(references, {
    ...run,
    observe: (memory) => (victim, _wanted, tick) => {
      victims.push(`${tick}: ${memory.frames.pageOf[victim]} in ${victim}`);
    },
  });
  return victims;
}
