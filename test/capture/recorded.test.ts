/*
 * Logs recorded with valgrind 3.19 (record.sh), where nothing else is needed to read them: each
 * tells the story its program was written to tell.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/capture/assemble.ts';
import { readLog } from '../../src/capture/logReader.ts';
import { type ProcessLog, readProcesses } from '../../src/capture/processes.ts';
import { decodeFingerprint, encodeFingerprint } from '../../src/fingerprint/binaryCodec.ts';
import { parseFingerprint, printFingerprint } from '../../src/fingerprint/textCodec.ts';
import { checkScenario, SCENARIOS } from './scenarios.ts';

const FOLDER = new URL('./logs/', import.meta.url);
const words = readdirSync(FOLDER);
const OPTIONS = { name: 'test', filter: undefined, nsPerInstruction: 0.25, origin: {} };

function bytesOf(word: string): { pid: number; bytes: Uint8Array }[] {
  const folder = new URL(`./${word}/`, FOLDER);
  return readdirSync(folder).map((name) => ({
    pid: Number.parseInt(name, 10),
    bytes: gunzipSync(readFileSync(new URL(`./${name}`, folder))),
  }));
}

function logsOf(files: { pid: number; bytes: Uint8Array }[]): ProcessLog[] {
  return files.map(({ pid, bytes }) => ({ pid, read: (visitor) => void readLog(bytes, visitor) }));
}

describe('a recorded capture', () => {
  it.each(words)('tells the story of %s', (word) => {
    const scenario = SCENARIOS.find((candidate) => candidate.word === word)!;
    const { fingerprint } = assemble(readProcesses(logsOf(bytesOf(word))), OPTIONS);
    checkScenario(scenario, fingerprint);
  });

  it.each(words)('of %s is the same in the notation and in binary form', (word) => {
    const { fingerprint } = assemble(readProcesses(logsOf(bytesOf(word))), OPTIONS);
    expect(parseFingerprint(printFingerprint(fingerprint), 'x')).toEqual(fingerprint);
    expect(decodeFingerprint(encodeFingerprint(fingerprint))).toEqual(fingerprint);
  });

  it('is a valid fingerprint wherever its processes were killed', () => {
    const cutAt = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 2,
      maxLength: 2,
    });
    fc.assert(
      fc.property(fc.constantFrom(...words), cutAt, (word, shares) => {
        const files = bytesOf(word).map(({ pid, bytes }, i) => {
          return { pid, bytes: bytes.subarray(0, Math.floor(bytes.length * shares[i % 2])) };
        });
        const capture = readProcesses(logsOf(files));
        if (capture.threads.length === 0) return;
        // The builder validates: every wait is met, every reference is mapped.
        expect(assemble(capture, OPTIONS).fingerprint.sequences.length).toBeGreaterThan(0);
      }),
      { numRuns: 100, seed: 20_030_614 },
    );
  });
});
