import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPolicies } from '../../../src/node/policyCatalog.ts';
import { base64, indexedPng } from '../../../src/report/figures/indexedPng.ts';
import { spread } from '../../../src/report/figures/lineLabels.ts';
import { policyStyle, STYLED_POLICIES } from '../../../src/report/figures/policyStyle.ts';
import { bytesText } from '../../../src/report/figures/units.ts';

describe('the style of a policy', () => {
  const ids = [...new Set([...STYLED_POLICIES, 'my-own'])];

  it('is told apart without colour by dashes and symbol', () => {
    const looks = ids.map((id) => `${policyStyle(id).dashes}|${policyStyle(id).symbol}`);
    expect(new Set(looks).size).toBe(ids.length);
  });

  it('is that of the id, whatever its options', () => {
    expect(policyStyle('aging:interval=100,shift=1')).toEqual(policyStyle('aging'));
    expect(policyStyle('model:models/a.json')).toEqual(policyStyle('model:models/b.json'));
  });

  it('is in the table for the policies that are older than it', async () => {
    const catalog = await loadPolicies();
    const known = ['random', 'fifo', 'lru', 'mru', 'clock', 'sieve', 'lfu', 'min', 'devik'];
    expect(known.filter((id) => !catalog.has(id) || !STYLED_POLICIES.includes(id))).toEqual([]);
  });
});

describe('a PNG without compression', () => {
  const images = fc
    .record({ width: fc.integer({ min: 1, max: 70 }), height: fc.integer({ min: 1, max: 40 }) })
    .chain(({ width, height }) =>
      fc.record({
        width: fc.constant(width),
        pixels: fc.uint8Array({ minLength: width * height, maxLength: width * height, max: 15 }),
      }),
    );

  it('holds the pixels it was given, as zlib inflates them', () => {
    fc.assert(
      fc.property(images, ({ width, pixels }) => {
        const png = Buffer.from(indexedPng(pixels, width, [0xffffff, 0x123456]));
        expect(png.subarray(1, 4).toString()).toBe('PNG');
        expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([
          width,
          pixels.length / width,
        ]);
        const at = png.indexOf('IDAT');
        // zlib checks Adler's sum of what it inflates.
        const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
        const rowBytes = 1 + Math.ceil(width / 2);
        pixels.forEach((pixel, i) => {
          const byte = rows[Math.floor(i / width) * rowBytes + 1 + ((i % width) >> 1)];
          expect((i % width) % 2 === 0 ? byte >> 4 : byte & 15).toBe(pixel);
        });
        expect(
          png
            .subarray(png.indexOf('PLTE') + 4)
            .subarray(0, 6)
            .toString('hex'),
        ).toBe('ffffff123456');
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it('is written in base64 as Node writes it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      }),
      { seed: 2 },
    );
  });
});

it('moves labels apart, keeps their order and stays within the height', () => {
  const wanted = fc.array(fc.nat(300), { maxLength: 20 });
  fc.assert(
    fc.property(wanted, (list) => {
      const places = spread(
        [...list].sort((a, b) => a - b),
        300,
      );
      places.forEach((place, i) => {
        expect(place).toBeGreaterThan(0);
        expect(place).toBeLessThan(300);
        if (i > 0) expect(place - places[i - 1]).toBeGreaterThanOrEqual(13);
      });
    }),
    { seed: 2 },
  );
});

it('leaves labels that are far apart where they are', () => {
  expect(spread([20, 100, 250], 300)).toEqual([20, 100, 250]);
});

it('writes bytes in the largest unit that is not below one', () => {
  expect([512, 4096, 65536, 2 ** 26, 1.5 * 2 ** 30].map(bytesText)).toEqual([
    '512 B',
    '4 KB',
    '64 KB',
    '64 MB',
    '1.5 GB',
  ]);
});
