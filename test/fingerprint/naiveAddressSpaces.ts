/**
 * Address spaces as one would write them without a thought for speed: maps of strings, copied whole
 * at a fork, and holders found by looking through all of them. An oracle for `AddressSpaces`.
 */
import { Action } from '../../src/fingerprint/action.ts';
import type { Fingerprint, Mapping } from '../../src/fingerprint/fingerprint.ts';
import { takeTurns } from '../../src/fingerprint/turns.ts';

/** What a page is, by name: `file /bin/ls 3`, `shm 7 0`, `anonymous 5`. */
type ObjectName = string;

export interface NaiveRun {
  /** `R name` or `W name`. */
  readonly references: string[];
  /** Tick and the names given back there, in no order. */
  readonly releases: [number, ...ObjectName[]][];
}

interface Space {
  /** By page number. */
  readonly mapped: Map<bigint, Mapping>;
  readonly pages: Map<bigint, ObjectName>;
}

export function naiveRun(fingerprint: Fingerprint): NaiveRun {
  const { sequences, pageNumbers, mappings, ranges, pageSizeBytes } = fingerprint;
  const pageSize = BigInt(pageSizeBytes);
  const spaces: Space[] = sequences.map(() => ({ mapped: new Map(), pages: new Map() }));
  const references: string[] = [];
  const releases: [number, ...ObjectName[]][] = [];
  let created = 0;

  const isHeld = (name: ObjectName): boolean =>
    spaces.some(({ pages }) => [...pages.values()].includes(name));

  const named = (number: bigint, { address, backing }: Mapping): ObjectName => {
    if (backing.kind === 'anonymous') return `anonymous ${created++}`;
    const index = backing.offset / pageSize + number - address / pageSize;
    return backing.kind === 'file' ? `file ${backing.path} ${index}` : `shm ${backing.id} ${index}`;
  };

  const isPrivate = ({ backing }: Mapping): boolean =>
    backing.kind === 'anonymous' || (backing.kind === 'file' && !backing.shared);

  const refer = (sequence: number, number: bigint, isWrite: boolean): void => {
    const { mapped, pages } = spaces[sequence];
    const mapping = mapped.get(number)!;
    const before = pages.get(number) ?? named(number, mapping);
    pages.set(number, before);
    if (!isWrite) {
      references.push(`R ${before}`);
      return;
    }
    const holders = spaces.filter((space) => space.pages.get(number) === before).length;
    const isOwn = before.startsWith('anonymous') && holders === 1;
    if (isPrivate(mapping) && !isOwn) {
      references.push(`R ${before}`);
      pages.set(number, `anonymous ${created++}`);
    }
    references.push(`W ${pages.get(number)}`);
  };

  const unmap = (sequence: number, numbers: readonly bigint[]): void => {
    const { mapped, pages } = spaces[sequence];
    const names = numbers.map((number) => pages.get(number)).filter((name) => name !== undefined);
    for (const number of numbers) {
      mapped.delete(number);
      pages.delete(number);
    }
    const gone = names.filter((name) => name.startsWith('anonymous') && !isHeld(name));
    if (gone.length > 0) releases.push([references.length, ...gone]);
  };

  const numbersOf = ({ address, pageCount }: { address: bigint; pageCount: number }): bigint[] =>
    Array.from({ length: pageCount }, (_, i) => address / pageSize + BigInt(i));

  takeTurns(sequences, (sequence, from, to) => {
    const { actions, operands } = sequences[sequence];
    for (let row = from; row < to; row++) {
      const operand = operands[row];
      const space = spaces[sequence];
      if (actions[row] <= Action.Write) {
        refer(sequence, pageNumbers[operand], actions[row] === Action.Write);
      } else if (actions[row] === Action.Fork) {
        spaces[operand] = { mapped: new Map(space.mapped), pages: new Map(space.pages) };
      } else if (actions[row] === Action.Map) {
        for (const number of numbersOf(mappings[operand])) {
          space.mapped.set(number, mappings[operand]);
        }
      } else if (actions[row] === Action.Unmap) unmap(sequence, numbersOf(ranges[operand]));
      else if (actions[row] === Action.Exit) unmap(sequence, [...space.mapped.keys()]);
    }
  });
  return { references, releases };
}
