/**
 * How large the benchmark is: small for a look at all policies, or, with EVICTLAB_BENCH_FRAMES=10000,
 * 20 M references to 1 M pages and as many frames as it says.
 */
const largeFrames = process.env.EVICTLAB_BENCH_FRAMES;
const isLarge = largeFrames !== undefined;
export const REFERENCES = isLarge ? 20_000_000 : 10_000_000;
export const PAGES = isLarge ? 1_000_000 : 200_000;
export const FRAMES = isLarge ? Number(largeFrames) : 20_000;
export const SEED = 1;
/** References replayed before the clock starts, for the compiler. */
export const WARM_UP = 1_000_000;
export const ROUNDS = 3;
