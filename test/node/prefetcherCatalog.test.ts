import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolvePrefetcher } from '../../src/node/prefetcherCatalog.ts';
import { readProfile, writeProfile } from '../../src/node/profileFile.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const path = join(temporaryFolder(), 'saved.profile');
const profile = {
  objects: Uint32Array.of(0, 0, 7),
  indices: Float64Array.of(3, 2 ** 52, 1),
};

describe('a prefetcher is named', () => {
  it('by its id, with options', async () => {
    const { spec, options } = await resolvePrefetcher('stride:minRun=3,maxDegree=16');
    expect([spec.id, options]).toEqual(['stride', { minRun: 3, maxDegree: 16 }]);
  });

  it('by its id and a file, if it needs a profile', async () => {
    await writeProfile(path, profile);
    const { spec, profile: read } = await resolvePrefetcher(`replay:${path}`);
    expect([spec.id, read]).toEqual(['replay', profile]);
  });

  it('or told what is wrong', async () => {
    const messages = [];
    for (const text of ['strides', 'none:n=1', 'stride:minrun=1', 'replay', 'replay:']) {
      messages.push(await inputErrorOf(resolvePrefetcher(text)));
    }
    expect(messages).toEqual([
      'there is no prefetcher "strides".',
      'the prefetcher "none" has no option "n".',
      'the prefetcher "stride" has no option "minrun".',
      'the prefetcher "replay" needs the profile of an earlier run.',
      'the prefetcher "replay" needs the profile of an earlier run.',
    ]);
  });
});

describe('a profile that is none', () => {
  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is no profile'],
    ['{"format":"evictlab profile","version":2}', 'it has version 2, not 1'],
    [
      '{"format":"evictlab profile","version":1,"objects":[1],"indices":[]}',
      'its columns are damaged',
    ],
    [
      '{"format":"evictlab profile","version":1,"objects":[1],"indices":[-1]}',
      'its columns are damaged',
    ],
  ])('%s', async (text, message) => {
    writeFileSync(path, text);
    expect(await inputErrorOf(readProfile(path))).toBe(`${path}: ${message}.`);
  });
});
