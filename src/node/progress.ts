/*
 * One line on the terminal that says how far something is, and how long the rest may take; nothing
 * anywhere else.
 *
 *   evaluating, jobs 120 of 480, about 6 min left
 *
 * Jobs differ in length, and a run that is resumed passes what is there already in no time, so the
 * rest is taken to go at the pace of the latter half of the time so far.
 */

export interface Progress {
  /** `count` of the total is done; shown at most every tenth of a second. */
  update(count: number, total?: number): void;
  /** Takes the line away. */
  done(): void;
}

const INTERVAL_MS = 100;
/** Before that an estimate jumps about more than it says. */
const ESTIMATED_AFTER_MS = 2000;
const ERASE_LINE = '\r\x1b[K';

export interface ProgressOptions {
  readonly terminal?: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;
  readonly nowMs?: () => number;
}

/** Reports on standard error, if it is a terminal; `total` in the unit of `update`. */
export function progress(
  title: string,
  total?: number,
  { terminal = process.stderr, nowMs = () => performance.now() }: ProgressOptions = {},
): Progress {
  if (!terminal.isTTY) return { update: () => {}, done: () => {} };
  const pace = new Pace(nowMs());
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    update(count, newTotal = total) {
      const atMs = nowMs();
      if (atMs - shownAtMs < INTERVAL_MS) return;
      shownAtMs = atMs;
      pace.mark(atMs, count);
      const share = newTotal === undefined ? '' : ` of ${newTotal.toLocaleString('en')}`;
      const leftMs = newTotal === undefined ? undefined : pace.leftMs(newTotal);
      const left = leftMs === undefined ? '' : `, about ${durationText(leftMs)} left`;
      terminal.write(`${ERASE_LINE}${title} ${count.toLocaleString('en')}${share}${left}`);
    },
    done: () => void terminal.write(ERASE_LINE),
  };
}

/** How much was done when, from the half of the time so far on. */
class Pace {
  readonly #startMs: number;
  readonly #marks: { readonly atMs: number; readonly count: number }[];

  constructor(startMs: number) {
    this.#startMs = startMs;
    this.#marks = [{ atMs: startMs, count: 0 }];
  }

  mark(atMs: number, count: number): void {
    this.#marks.push({ atMs, count });
    const halfMs = (this.#startMs + atMs) / 2;
    while (this.#marks.length > 2 && this.#marks[1].atMs <= halfMs) this.#marks.shift();
  }

  /** Undefined while there is too little to go by. */
  leftMs(total: number): number | undefined {
    const [first] = this.#marks;
    const last = this.#marks[this.#marks.length - 1];
    if (last.atMs - this.#startMs < ESTIMATED_AFTER_MS || last.count <= first.count) {
      return undefined;
    }
    return ((last.atMs - first.atMs) / (last.count - first.count)) * (total - last.count);
  }
}

/** `40 s`, `12 min`, `3.5 h`: no finer than anybody could know. */
function durationText(ms: number): string {
  if (ms < 99_500) return `${Math.ceil(ms / 1000)} s`;
  if (ms < 99.5 * 60_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}
