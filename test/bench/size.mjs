/** How large the benchmark is. */
export const REFERENCES = 10_000_000;
export const PAGES = 200_000;
export const FRAMES = 20_000;
export const SEED = 1;
/** References replayed before the clock starts, for the compiler. */
export const WARM_UP = 1_000_000;
export const ROUNDS = 3;
