import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ByteSink, writeAtomically } from '../../src/node/atomicWrite.ts';
import { EnvironmentError } from '../../src/support/assert.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const folder = temporaryFolder();
const path = join(folder, 'out');
const encoder = new TextEncoder();

const writeText =
  (...words: string[]) =>
  async (sink: ByteSink): Promise<void> => {
    for (const word of words) await sink.write(encoder.encode(word));
  };

afterEach(() => vi.restoreAllMocks());

describe('writeAtomically', () => {
  it('writes what it is given, in order, and nothing beside it', async () => {
    await writeAtomically(path, writeText('a', '', 'bc', 'x'.repeat(300_000)));
    expect(readFileSync(path, 'utf8')).toBe(`abc${'x'.repeat(300_000)}`);
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('shows the old file until the new one is whole', async () => {
    writeFileSync(path, 'old');
    await writeAtomically(path, async (sink) => {
      await sink.write(encoder.encode('new'));
      expect(readFileSync(path, 'utf8')).toBe('old');
    });
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('leaves the old file and no other when the writer fails', async () => {
    writeFileSync(path, 'old');
    const failing = writeAtomically(path, async (sink) => {
      await sink.write(encoder.encode('half'));
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('removes every unfinished file on %s and exits with %i', async (signal, code) => {
    writeFileSync(path, 'old');
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exited');
    });
    const interrupted = writeAtomically(path, async (sink) => {
      await sink.write(encoder.encode('half'));
      await writeAtomically(join(folder, 'other'), async () => {
        expect(readdirSync(folder).filter((name) => name.startsWith('.tmp-'))).toHaveLength(2);
        try {
          process.emit(signal, signal);
        } finally {
          // Before any `catch` of the writes has run, as nothing runs after a real exit.
          expect(readdirSync(folder)).toEqual(['out']);
        }
      });
    });
    await expect(interrupted).rejects.toThrow('exited');
    expect(exit).toHaveBeenCalledWith(code);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('listens to signals only while it writes', async () => {
    const listeners = () =>
      ['SIGHUP', 'SIGINT', 'SIGTERM', 'exit'].map((event) => process.listenerCount(event));
    const before = listeners();
    await writeAtomically(path, async () => {
      expect(listeners()).toEqual(before.map((count) => count + 1));
    });
    expect(listeners()).toEqual(before);
  });

  it('keeps writers of the same file apart', async () => {
    const words = Array.from({ length: 8 }, (_, i) => String(i).repeat(1000));
    await Promise.all(words.map((word) => writeAtomically(path, writeText(word, word))));
    expect(words.map((word) => word + word)).toContain(readFileSync(path, 'utf8'));
    expect(readdirSync(folder)).toEqual(['out']);
  });

  it('follows a link to the file it names', async () => {
    const link = join(folder, 'link');
    writeFileSync(path, 'old');
    symlinkSync('out', link);
    await writeAtomically(link, writeText('new'));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('refuses a folder, and a path without one', async () => {
    mkdirSync(join(folder, 'sub'));
    expect(await inputErrorOf(writeAtomically(join(folder, 'sub'), writeText()))).toMatch(
      /sub is a folder\.$/,
    );
    const nowhere = join(folder, 'none', 'out');
    expect(await inputErrorOf(writeAtomically(nowhere, writeText()))).toBe(
      `the folder of ${nowhere} does not exist.`,
    );
    const inside = join(path, 'out');
    expect(await inputErrorOf(writeAtomically(inside, writeText()))).toMatch(/no folder\.$/);
  });

  it('writes devices as they are', async () => {
    await writeAtomically('/dev/null', writeText('gone'));
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.runIf(existsSync('/dev/full'))('says in one line that a device is full', async () => {
    const full = writeAtomically('/dev/full', writeText('x'));
    await expect(full).rejects.toThrow(EnvironmentError);
    await expect(full).rejects.toThrow('/dev/full does not fit: no space is left on the device.');
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});
