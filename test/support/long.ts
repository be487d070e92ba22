/** True in `npm run check:long`, which leaves nothing out. */
export const isLong = process.env.EVICTLAB_LONG === '1';
