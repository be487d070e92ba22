/** How long a sleep may be, and how a long one is cut to fit a column of 32 bits. */

/** A longer sleep is stored as several in a row, all but the last of this length, in ns. */
export const SLEEP_NS_CHUNK = 2 ** 32 - 1;

/** The longest sleep, chunks added up: 104 days, exact in a double. */
export const SLEEP_NS_MAX = Number.MAX_SAFE_INTEGER;
