/** What the benchmark replays, by name. One process measures one policy on one of them. */
export const SEED = 1;
/** References replayed before the clock starts, for the compiler. */
export const WARM_UP = 1_000_000;

export const LARGE = { references: 20_000_000, pages: 1_000_000 };
const SMALL = { references: 10_000_000, pages: 200_000 };

/** Frames as a share of the pages; without `zipf` the bundled captures, one after the other. */
export const STRINGS = {
  'zipf-1m-1%': { zipf: LARGE, frames: 0.01 },
  'zipf-1m-10%': { zipf: LARGE, frames: 0.1 },
  'captures-10%': { frames: 0.1 },
  'zipf-200k-10%': { zipf: SMALL, frames: 0.1 },
};
