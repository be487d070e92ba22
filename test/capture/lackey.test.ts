import { describe, expect, it } from 'vitest';
import type { CaptureOptions } from '../../src/capture/capture.ts';
import { captureWithValgrind } from '../../src/capture/capture.ts';
import { examine } from '../../src/capture/doctor.ts';
import { captureWithLackey } from '../../src/capture/lackey.ts';
import { readLackeyLog } from '../../src/capture/lackeyLog.ts';
import { type LogEvent, TouchKind } from '../../src/capture/logReader.ts';
import { Action } from '../../src/fingerprint/action.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';

const works = examine().every((method) => method.works);
if (!works) console.warn('SKIPPED: lackey beside our tool; see `evictlab doctor`');
const live = works ? it : it.skip;

/** Every kind of line, as valgrind 3.19 prints them. */
const LOG = `--7--   SCHED[1]:  acquired lock (thread_wrapper(starting new thread))
SYSCALL[7,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4035000) 
I  04001000,3
 L 1ffeffe7e0,8
SYSCALL[7,1](257) sys_openat ( 4294967196, 0x4034bb0(/lib/a (b).so), 524288 ) --> [async] ... 
SYSCALL[7,1](257) ... [async] --> Success(0x4) 
SYSCALL[7,1](9) sys_mmap ( 0x0, 16400, 5, 2050, 4, 4096 ) --> [pre-success] Success(0x4837000) 
I  04837000,4
 S 04839ffe,4
 M 1ffeffe7e0,8
SYSCALL[7,1](0) sys_read ( 4, 0x1ffeffe7e0, 832 ) --> [async] ... 
SYSCALL[7,1](0) ... [async] --> Success(0x10) 
SYSCALL[7,1](21) sys_access ( 0x402a2a0(/etc/x), 4 )[sync] --> Failure(0x2) 
SYSCALL[7,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4a27a10, 0x0 )   clone(fork): process 7 created child 9
 --> [pre-success] Success(0x9) --7--   SCHED[1]: releasing lock
SYSCALL[7,1](61) sys_wait4 ( 9, 0x1fff00055c, 0, 0x0 ) --> [async] ... 
SYSCALL[7,1](61) ... [async] --> Success(0x9) 
SYSCALL[7,1](11) sys_munmap ( 0x4837000, 16400 )[sync] --> Success(0x0) 
SYSCALL[7,1](231) exit_group( 0 ) --> [pre-success] Success(0x0) 
`;

function records(instructionsMax: number): string[] {
  const told: string[] = [];
  const process = {
    program: 'p',
    parentPid: 1,
    isForked: false,
    bornStamp: 1,
    stampOf: () => 2,
  };
  const options = { filterPages: 1, instructionsMax };
  readLackeyLog(
    [new TextEncoder().encode(LOG)],
    { options, process },
    {
      touch: (kind, page) => {
        const letter = kind === TouchKind.Write ? 'W' : kind === TouchKind.Read ? 'R' : 'I';
        told.push(`${letter} ${page.toString(16)}`);
      },
      event: (event) => told.push(describeEvent(event)),
    },
  );
  return told;
}

function describeEvent(event: LogEvent): string {
  if (event.type === 'map') {
    return `map ${event.start.toString(16)} ${event.length} ${event.path}@${event.offset}`;
  }
  if (event.type === 'call') return `call ${event.number} ${event.result}`;
  return event.type;
}

describe('the log of lackey', () => {
  it('becomes the records our own tool writes', () => {
    expect(records(0)).toEqual([
      'image',
      'map 4000000 65536 p@67108864',
      'I 4001',
      'map 1ffeff0000 65536 @0',
      'R 1ffeffe',
      'map 4837000 16400 /lib/a (b).so@4096',
      'I 4837',
      'W 4839',
      'W 483a',
      'W 1ffeffe',
      'call 56 9',
      'call 61 9',
      'unmap',
      'end',
    ]);
  });

  it('is cut after so many instructions', () => {
    expect(records(1).slice(-2)).toEqual(['map 4837000 16400 /lib/a (b).so@4096', 'cut']);
  });
});

describe('a capture by lackey', () => {
  live('touches and writes the pages that one by our tool does', async () => {
    const options: CaptureOptions = {
      name: 'true',
      command: ['/bin/true'],
      filterPages: 1,
      epochInstructions: 0,
      reduceFor: 0,
      instructionsMax: 0,
      signatures: false,
      nsPerInstruction: 0.25,
    };
    const ours = await captureWithValgrind(options);
    const theirs = await captureWithLackey(options);
    for (const isWritten of [false, true]) {
      const expected = pagesOf(ours.fingerprint, isWritten);
      expect(expected.size).toBeGreaterThan(15);
      expect(pagesOf(theirs.fingerprint, isWritten)).toEqual(expected);
    }
    // The environment differs: VALGRIND_LIB is set for ours.
    expect(Math.abs(theirs.instructions / ours.instructions - 1)).toBeLessThan(0.02);
  });
});

/** Addresses of pages of the program and its libraries, in hex. */
function pagesOf(
  { sequences, pageNumbers, mappings }: Fingerprint,
  isWritten: boolean,
): Set<string> {
  const pages = new Set<string>();
  for (const { actions, operands } of sequences) {
    for (let row = 0; row < actions.length; row++) {
      if (actions[row] > Action.Write || (isWritten && actions[row] !== Action.Write)) continue;
      const page = pageNumbers[operands[row]];
      // Files read by descriptor are seen by one of them only.
      if (page < 1n << 40n) pages.add(page.toString(16));
    }
  }
  expect(mappings.length).toBeGreaterThan(0);
  return new Set([...pages].sort());
}
