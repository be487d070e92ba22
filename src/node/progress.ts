/** One line on the terminal that says how far something is; nothing anywhere else. */

export interface Progress {
  /** `count` of the total is done; shown at most every tenth of a second. */
  update(count: number): void;
  /** Takes the line away. */
  done(): void;
}

const INTERVAL_MS = 100;
const ERASE_LINE = '\r\x1b[K';

/** Reports on `terminal`, standard error, if it is a terminal; `total` in the unit of `update`. */
export function progress(
  title: string,
  total?: number,
  terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
): Progress {
  if (!terminal.isTTY) return { update: () => {}, done: () => {} };
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    update(count) {
      const nowMs = performance.now();
      if (nowMs - shownAtMs < INTERVAL_MS) return;
      shownAtMs = nowMs;
      const share = total === undefined ? '' : ` of ${total.toLocaleString('en')}`;
      terminal.write(`${ERASE_LINE}${title} ${count.toLocaleString('en')}${share}`);
    },
    done: () => void terminal.write(ERASE_LINE),
  };
}
