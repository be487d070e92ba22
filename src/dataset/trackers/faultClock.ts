/** Time in page faults: it stands still while a program runs in memory, and is scale-free. */
import type { Tracker } from '../feature.ts';

export class FaultClock implements Tracker {
  /** Loads so far. */
  now = 0;

  static create(): FaultClock {
    return new FaultClock();
  }

  onLoad(): void {
    this.now++;
  }
}
