/*
 * The text log of Valgrind's own tool lackey, as the records our tool would have written; what it
 * does not say is guessed or left out:
 *
 *   I  04001000,3            a fetch, and an instruction
 *    L 1ffeffe7e0,8  S  M    a load, a store, both
 *   SYSCALL[pid,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4, 0 ) --> [pre-success] Success(0x4835000)
 *   SYSCALL[pid,1](61) ... [async] --> Success(0x50b9)      the end of a call that began before
 *   … clone(fork): process 20664 created child 20665
 *
 * What Valgrind mapped before the first line is not there: a page touched in no map is taken for
 * the stack above `STACK_PAGE`, and for a private page of the program's image below. A read or write
 * of a descriptor is a touch of its buffer only. Threads are one sequence with their process.
 */
import { AddressSpace } from './addressSpace.ts';
import { type LogEvent, type LogVisitor, MapFlag, TouchKind } from './logReader.ts';
import { SafeDropFilter } from './safeDropFilter.ts';
import { TouchOrder } from './touchOrder.ts';

const PAGE_BYTES = 4096;
/** Valgrind puts the stack of a program of 64 bits here. */
const STACK_PAGE = 0x1ff0000;
const STACK_PAGE_END = 0x1fff100;
/** Guessed maps are of so many pages. */
const GUESSED_PAGES = 16;

const PROT_EXEC = 4;
const MAP_SHARED = 1;
const MAP_ANONYMOUS = 0x20;

const END_STAMP = 2 ** 50;

const NEWLINE = 10;
const BLANK = 32;
const COMMA = 44;

/** On what stands before the arrow. */
const CALL_LINE = /^SYSCALL\[\d+,\d+\]\( ?(\d+)\)\s+(?:(\w+) ?\((.*)\)|\.\.\.)/;
const RESULT = /--> (?:\[\w+(?:-\w+)?\] )?(Success|Failure)\(0x([0-9a-f]+)\)/;
const CHILD = /process \d+ created child (\d+)/;

export interface LackeyOptions {
  readonly filterPages: number;
  readonly instructionsMax: number;
}

/** Birth, parent and end of a process, and how its calls are numbered; see lackey.ts. */
export interface LackeyProcess {
  readonly program: string;
  readonly parentPid: number;
  readonly isForked: boolean;
  readonly bornStamp: number;
  /** When the child of this pid was born. */
  readonly stampOf: (childPid: number) => number;
}

/** Processes forked within a log. */
export function childrenOf(bytes: Uint8Array): number[] {
  const children: number[] = [];
  eachLine(bytes, (start, end) => {
    if (bytes[start] !== 83) return;
    const match = CHILD.exec(lineOf(bytes, start, end));
    if (match !== null) children.push(Number(match[1]));
  });
  return children;
}

/** Shows the records of `parts`, the logs of one process in order. */
export function readLackeyLog(
  parts: readonly Uint8Array[],
  { options, process }: { readonly options: LackeyOptions; readonly process: LackeyProcess },
  visitor: LogVisitor,
): void {
  new LackeyReader(options, process, visitor).run(parts);
}

class LackeyReader {
  readonly #options: LackeyOptions;
  readonly #process: LackeyProcess;
  readonly #visitor: LogVisitor;
  readonly #filter: SafeDropFilter;
  readonly #order: TouchOrder;
  #space = new AddressSpace();
  readonly #paths = new Map<number, string>();
  #instructions = 0;
  #heapEnd = 0;
  /** The arguments of calls that have not ended. */
  readonly #open = new Map<number, string[]>();
  #isCut = false;

  constructor(options: LackeyOptions, process: LackeyProcess, visitor: LogVisitor) {
    this.#options = options;
    this.#process = process;
    this.#visitor = visitor;
    this.#order = new TouchOrder((kind, page, instructions) =>
      visitor.touch(kind, page, instructions, 0),
    );
    this.#filter = new SafeDropFilter(options.filterPages, (kind, page, time) =>
      this.#order.add(kind, page, time, 0),
    );
  }

  run(parts: readonly Uint8Array[]): void {
    const { bornStamp: stamp, isForked, parentPid, program } = this.#process;
    if (isForked) this.#tell({ type: 'born', parentPid, thread: 1, stamp, signed: false });
    parts.forEach((bytes, i) => {
      const isImage = !isForked || i > 0;
      if (isImage) {
        this.#filter.flush();
        this.#space = new AddressSpace();
        this.#heapEnd = 0;
        this.#tell({
          type: 'image',
          parentPid,
          stamp,
          path: program,
          command: program,
          signed: false,
        });
      }
      if (!this.#isCut) this.#readPart(bytes);
    });
    // Nobody knows when: late enough to have been beside all others, early enough to be waited for.
    if (!this.#isCut) this.#tell({ type: 'end', stamp: END_STAMP, code: 0 });
  }

  #readPart(bytes: Uint8Array): void {
    eachLine(bytes, (start, end) => {
      if (this.#isCut) return;
      const first = bytes[start];
      const second = bytes[start + 1];
      if (first === BLANK && (second === 76 || second === 83 || second === 77)) {
        const kind = second === 76 ? TouchKind.Read : TouchKind.Write;
        this.#access(bytes, start + 3, end, kind);
      } else if (first === 73 && second === BLANK) {
        this.#instructions++;
        const { instructionsMax } = this.#options;
        if (instructionsMax > 0 && this.#instructions > instructionsMax) {
          this.#isCut = true;
          this.#tell({ type: 'cut', stamp: END_STAMP });
          return;
        }
        this.#access(bytes, start + 3, end, TouchKind.Fetch);
      } else if (first === 83) {
        this.#call(lineOf(bytes, start, end), lineOf(bytes, end + 1, nextLineEnd(bytes, end + 1)));
      }
    });
  }

  #access(bytes: Uint8Array, from: number, end: number, kind: number): void {
    let address = 0;
    let i = from;
    for (; i < end && bytes[i] !== COMMA; i++) {
      const c = bytes[i];
      address = address * 16 + (c < 58 ? c - 48 : c - 87);
    }
    let size = 0;
    for (i++; i < end; i++) size = size * 10 + bytes[i] - 48;
    this.#touchBytes(address, size, kind);
  }

  #touchBytes(address: number, size: number, kind: number): void {
    if (!(size > 0)) return;
    const last = Math.floor((address + size - 1) / PAGE_BYTES);
    for (let page = Math.floor(address / PAGE_BYTES); page <= last; page++) {
      if (this.#space.find(page) === undefined) this.#guess(page);
      this.#filter.touch(kind, page, this.#instructions);
    }
  }

  /** Maps what Valgrind had mapped before the log begins. */
  #guess(page: number): void {
    const block = page - (page % GUESSED_PAGES);
    const isStack = page >= STACK_PAGE && page < STACK_PAGE_END;
    let start = page;
    let end = page + 1;
    while (start > block && this.#space.find(start - 1) === undefined) start--;
    while (end < block + GUESSED_PAGES && this.#space.find(end) === undefined) end++;
    this.#map(start * PAGE_BYTES, (end - start) * PAGE_BYTES, {
      flags: isStack ? MapFlag.Stack : MapFlag.File,
      path: isStack ? '' : this.#process.program,
      offset: isStack ? 0 : start * PAGE_BYTES,
    });
  }

  #map(
    start: number,
    length: number,
    { flags, path, offset }: { flags: number; path: string; offset: number },
  ): void {
    const first = start / PAGE_BYTES;
    const end = Math.ceil((start + length) / PAGE_BYTES);
    this.#unmapPages(first, end);
    this.#space.map({
      start: first,
      end,
      backing: { kind: 'anonymous' },
      use: 'data',
      isHidden: false,
      isPrivate: false,
      born: 0,
    });
    const identity = path === '' ? '' : `path:${path}`;
    this.#tell({ type: 'map', start, length, flags, identity, offset, path });
  }

  #unmapPages(start: number, end: number): void {
    this.#filter.forget(start, end);
    this.#space.unmap(start, end);
  }

  #call(line: string, next: string): void {
    const child = CHILD.exec(line);
    const [before] = line.split(child === null ? ' --> ' : '   clone(');
    const match = CALL_LINE.exec(before);
    if (match === null) return;
    const number = Number(match[1]);
    const words = match[3]?.split(',').map((word) => word.trim()) ?? this.#open.get(number) ?? [];
    // A clone prints its result on the line after.
    const result = RESULT.exec(line) ?? (child === null ? null : RESULT.exec(next));
    if (result === null && match[2] !== 'exit_group') {
      this.#open.set(number, words);
      return;
    }
    this.#open.delete(number);
    if (result?.[1] === 'Failure') return;
    this.#apply(number, words, Number.parseInt(result?.[2] ?? '0', 16));
  }

  #apply(number: number, words: readonly string[], result: number): void {
    const args = words.map((word) => Number.parseInt(word, word.startsWith('0x') ? 16 : 10));
    switch (number) {
      case 0:
        this.#touchBytes(args[1], result, TouchKind.Write);
        break;
      case 1:
        this.#touchBytes(args[1], result, TouchKind.Read);
        break;
      case 2:
      case 257: {
        const path = /\((.*)\)/.exec(words[number === 2 ? 0 : 1])?.[1];
        if (path !== undefined) this.#paths.set(result, path);
        break;
      }
      case 9: {
        const [, length, protection, flags, fd, offset] = args;
        const isFile = (flags & MAP_ANONYMOUS) === 0;
        this.#map(result, length, {
          flags:
            ((flags & MAP_SHARED) !== 0 ? MapFlag.Shared : 0) |
            ((protection & PROT_EXEC) !== 0 ? MapFlag.Code : 0) |
            (isFile ? MapFlag.File : 0),
          path: isFile ? (this.#paths.get(fd) ?? `fd ${fd}`) : '',
          offset: isFile ? offset : 0,
        });
        break;
      }
      case 11: {
        const [start, length] = args;
        this.#unmapPages(start / PAGE_BYTES, Math.ceil((start + length) / PAGE_BYTES));
        this.#tell({ type: 'unmap', start, length });
        break;
      }
      case 12:
        this.#moveHeapEnd(result);
        break;
      case 25:
        this.#remap(args, result);
        break;
      case 28:
        if (args[2] === 4) {
          const [start, length] = args;
          this.#filter.forget(start / PAGE_BYTES, Math.ceil((start + length) / PAGE_BYTES));
          this.#tell({ type: 'discard', start, length });
        }
        break;
      case 56:
      case 57:
      case 58:
        this.#tellCall(number, this.#process.stampOf(result) - 0.25, result);
        break;
      case 61:
        this.#tellCall(number, Number.MAX_VALUE, result);
        break;
    }
  }

  #moveHeapEnd(end: number): void {
    if (this.#heapEnd === 0) this.#heapEnd = end;
    if (end > this.#heapEnd) {
      const start = Math.ceil(this.#heapEnd / PAGE_BYTES) * PAGE_BYTES;
      if (end > start) {
        this.#map(start, end - start, { flags: MapFlag.Heap, path: '', offset: 0 });
      }
    }
    this.#heapEnd = end;
  }

  #remap([start, length, newLength]: readonly number[], newStart: number): void {
    this.#filter.forget(start / PAGE_BYTES, Math.ceil((start + length) / PAGE_BYTES));
    this.#space.unmap(start / PAGE_BYTES, Math.ceil((start + length) / PAGE_BYTES));
    const region = {
      start: newStart / PAGE_BYTES,
      end: Math.ceil((newStart + newLength) / PAGE_BYTES),
    };
    this.#space.unmap(region.start, region.end);
    const backing = { kind: 'anonymous' as const };
    this.#space.map({
      ...region,
      backing,
      use: 'data',
      isHidden: false,
      isPrivate: false,
      born: 0,
    });
    this.#tell({ type: 'remap', start, length, newStart, newLength });
  }

  #tellCall(number: number, stamp: number, result: number): void {
    this.#filter.flush();
    this.#tell({
      type: 'call',
      number,
      before: stamp,
      after: stamp,
      failed: false,
      result,
      args: [0, 0, 0, 0, 0, 0],
      timeoutNs: -1,
      descriptors: [],
      ready: [],
      addresses: [],
      detail: '0',
    });
  }

  #tell(event: LogEvent): void {
    this.#filter.settle();
    this.#visitor.event(event, this.#order.flush(this.#instructions));
  }
}

/** `line(start, end)`: the bytes of a line without its line feed. */
function eachLine(bytes: Uint8Array, line: (start: number, end: number) => void): void {
  for (let start = 0; start < bytes.length; ) {
    const end = nextLineEnd(bytes, start);
    line(start, end);
    start = end + 1;
  }
}

function nextLineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(NEWLINE, start);
  return end < 0 ? bytes.length : end;
}

function lineOf(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder('latin1').decode(bytes.subarray(start, end));
}
