/** Which methods of capture work on this machine, and why the others do not. */
import { type Facility, lackeyFacilities, toolFacilities } from './valgrindTool.ts';

export interface Method {
  readonly id: 'valgrind' | 'lackey';
  readonly works: boolean;
  /** What it needs. */
  readonly facilities: readonly Facility[];
}

/** The best first. */
export function examine(): Method[] {
  const methods = [
    { id: 'valgrind' as const, facilities: toolFacilities() },
    { id: 'lackey' as const, facilities: lackeyFacilities() },
  ];
  return methods.map(({ id, facilities }) => {
    return { id, works: facilities.every(({ isThere }) => isThere), facilities };
  });
}
