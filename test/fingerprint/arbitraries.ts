/** Valid fingerprints of every kind of action, made by playing random steps in one order. */
import fc from 'fast-check';
import { FingerprintBuilder } from '../../src/fingerprint/builder.ts';
import { type Fingerprint, type Mapping, MEMORY_USES } from '../../src/fingerprint/fingerprint.ts';

/** All property tests start here, so that a failure is found again. */
export const SEED = 20_030_614;

const anyText = fc.oneof(
  fc.constantFrom('ls', 'Seq.', 'E', 'R(0x1)', '', 'a b', '#', '@', 'a,b', '"', '\\', '\n', '0x1'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);

const step = fc.record({
  sequence: fc.nat(4),
  kind: fc.nat(9),
  other: fc.nat(4),
  slot: fc.nat(5),
  text: anyText,
  address: fc.oneof(
    fc.bigInt({ min: 0n, max: 0xfffn }),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constant(2n ** 64n - 1n),
  ),
  ns: fc.oneof(fc.nat(3), fc.integer({ min: 1, max: 2 ** 40 }), fc.constant(2 ** 32 - 1)),
});

export const anyFingerprint: fc.Arbitrary<Fingerprint> = fc
  .record({
    name: anyText,
    names: fc.uniqueArray(anyText, { minLength: 1, maxLength: 5 }),
    pageShift: fc.nat(30),
    backing: fc.constantFrom('anonymous' as const, 'file' as const),
    origin: fc.dictionary(anyText, anyText, { maxKeys: 3, noNullPrototype: true }),
    hasMaps: fc.boolean(),
    isFiltered: fc.boolean(),
    steps: fc.array(step, { maxLength: 60 }),
  })
  .map(({ name, names, pageShift, backing, origin, hasMaps, isFiltered, steps }) => {
    const pageSizeBytes = 2 ** pageShift;
    const pageSize = BigInt(pageSizeBytes);
    const builder = new FingerprintBuilder({
      name,
      pageSizeBytes,
      backing,
      origin,
      filter: isFiltered
        ? {
            kind: steps.length % 3 === 0 ? 'second-chance' : 'safe-drop',
            pageCount: 16,
            epochInstructions: 1000,
            framesMin: 64,
            ...(steps.length % 2 === 0 ? {} : { reducedFor: 48 }),
          }
        : undefined,
    });
    for (const word of names) builder.declare(word);
    const tokens = new Map<string, number>();
    const acted = new Set<number>();
    const ended = new Set<number>();
    const forked = new Set<number>();
    // Slots of four pages, one region of memory each, mapped or not.
    const mapped = names.map(() => new Set<number>());
    const slotAddress = (slot: number): bigint => BigInt(slot) * 4n * pageSize;
    for (const { kind, slot, text, address, ns, ...numbers } of steps) {
      const sequence = numbers.sequence % names.length;
      const other = numbers.other % names.length;
      if (ended.has(sequence)) continue;
      const pair = `${other}>${sequence}`;
      const left = tokens.get(pair) ?? 0;
      const slots = mapped[sequence];
      let target = address;
      if (hasMaps) target = slotAddress(slot) + (address % (4n * pageSize));
      switch (kind) {
        case 0:
          if (hasMaps && !slots.has(slot)) continue;
          builder.read(sequence, target);
          if (ns % 5 === 1) builder.sign(sequence, ns % 2 ** 32);
          break;
        case 1:
          if (hasMaps && !slots.has(slot)) continue;
          builder.write(sequence, target);
          break;
        case 2:
          builder.sleep(sequence, ns);
          break;
        case 3:
          if (left === 0 && !ended.has(other)) continue;
          if (!ended.has(other)) tokens.set(pair, left - 1);
          builder.wait(sequence, other);
          break;
        case 4: {
          const key = `${sequence}>${other}`;
          tokens.set(key, (tokens.get(key) ?? 0) + 1);
          builder.wake(sequence, other);
          break;
        }
        case 5:
          builder.exit(sequence);
          ended.add(sequence);
          break;
        case 6:
          if (other === sequence || acted.has(other) || ended.has(other)) continue;
          if (forked.has(other)) continue;
          builder.fork(sequence, other);
          forked.add(other);
          mapped[other] = new Set(slots);
          break;
        case 7: {
          if (!hasMaps || slots.has(slot)) continue;
          const range = { address: slotAddress(slot), pageCount: 4 };
          const offset = (address / pageSize / 8n) * pageSize;
          const backings: Mapping['backing'][] = [
            { kind: 'anonymous' },
            { kind: 'file', path: text, offset, shared: ns % 2 === 0 },
            { kind: 'shared-memory', id: text, offset },
          ];
          const backing = backings[ns % 3];
          const use = [undefined, ...MEMORY_USES][slot % 5];
          builder.map(sequence, { ...range, backing, ...(use === undefined ? {} : { use }) });
          slots.add(slot);
          break;
        }
        case 8: {
          if (!slots.has(slot)) continue;
          builder.unmap(sequence, { address: slotAddress(slot), pageCount: 4 });
          slots.delete(slot);
          break;
        }
        default:
          // The end of the list without an exit.
          ended.add(sequence);
      }
      acted.add(sequence);
    }
    return builder.finish();
  });
