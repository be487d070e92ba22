/** Shows that a policy looks at nothing it did not declare: everything else it sees is noise. */
import type { FrameTable } from '../../src/engine/frameTable.ts';
import { OBSERVATIONS, type PolicySpec, type ReplacementPolicy } from '../../src/engine/policy.ts';
import { Random } from '../../src/support/random.ts';

/** The columns that each observation adds to the ones before it, as policy.ts says. */
const COLUMNS_OF = {
  faults: [],
  'reference-bits': ['referenced', 'dirty', 'blank'],
  'every-reference': ['lastUsedAt', 'useCount'],
  future: [],
} as const satisfies Record<string, readonly (keyof FrameTable)[]>;

const HISTORY: readonly (keyof FrameTable)[] = COLUMNS_OF['every-reference'];

/** The columns of the frame table that a policy which declares this must not look at. */
export function undeclaredColumns({
  observes,
  readsHistory,
}: Pick<PolicySpec, 'observes' | 'readsHistory'>) {
  const seen = OBSERVATIONS.slice(0, OBSERVATIONS.indexOf(observes) + 1);
  return OBSERVATIONS.flatMap((id) => COLUMNS_OF[id]).filter((name) =>
    HISTORY.includes(name) && readsHistory === false
      ? true
      : !seen.some((id) => (COLUMNS_OF[id] as readonly string[]).includes(name)),
  );
}

/** The same policy, but the columns it did not declare are drawn anew before each call. */
export function withNoise(spec: PolicySpec, seed: number): PolicySpec {
  return {
    ...spec,
    create(context, options) {
      const random = new Random(seed);
      const noise = undeclaredColumns(spec).map((name) => ({
        name,
        column: context.frames[name].slice(),
      }));
      const frames: FrameTable = {
        ...context.frames,
        ...Object.fromEntries(noise.map(({ name, column }) => [name, column])),
      };
      const policy = spec.create({ ...context, frames }, options);
      const draw = (): ReplacementPolicy => {
        for (const { column } of noise) {
          const bound = column instanceof Uint8Array ? 2 : 1000;
          for (let frame = 0; frame < column.length; frame++) column[frame] = random.below(bound);
        }
        return policy;
      };
      return {
        onLoad: (frame, tick) => draw().onLoad(frame, tick),
        onReference: (frame, tick) => draw().onReference(frame, tick),
        chooseVictim: (wanted, tick) => draw().chooseVictim(wanted, tick),
        onFree: (frame, tick) => draw().onFree(frame, tick),
        onInterval: (tick) => draw().onInterval(tick),
        onSoftFault: (frame, tick) => draw().onSoftFault?.(frame, tick),
      };
    },
  };
}
