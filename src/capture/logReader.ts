/*
 * The log of one process, as the Valgrind tool writes it (valgrind/evictlab_capture.c): touches of
 * pages and events, each with the number of instructions since the record before, which is negative
 * where the filter had held a touch back. Between two events touches are put in order.
 *
 *   touch   number: page step, zigzag × 8 + kind
 *           number: instructions, zigzag × 16 + place within the instruction, at most 15
 *           [number: place − 15, if that is 15]    [number: code step, zigzag]
 *   event   number: event × 8 + 4    number: instructions, zigzag    its fields
 *
 * Numbers are LEB128, a byte 0 where a record should begin is padding. A log may end anywhere: its
 * process may have been killed. What a torn record said is left out.
 */
import { TouchOrder } from './touchOrder.ts';

export const TouchKind = { Read: 1, Write: 2, Fetch: 3 } as const;
const EVENT = 4;
/** An event of the log itself: touches so far can be put in order. */
const ORDER = 15;
/** Places within an instruction from here on are said by a number of their own. */
const PLACE_MAX = 15;

const EventCode = {
  Image: 1,
  Born: 2,
  Switch: 3,
  Map: 4,
  Unmap: 5,
  Remap: 6,
  Discard: 7,
  File: 8,
  Call: 9,
  ThreadExit: 10,
  End: 11,
  Cut: 12,
  Signal: 13,
  Enter: 14,
} as const;

/** Bits of `MapEvent.flags`. */
export const MapFlag = { Shared: 1, Code: 2, Stack: 4, Heap: 8, File: 16, SystemV: 32 } as const;

export interface Descriptor {
  /** −1: none. */
  readonly fd: number;
  /** As in stat(2); 0 when the descriptor was not open. */
  readonly mode: number;
  /** Device and inode. */
  readonly identity: string;
  /** As F_GETFL gives them. */
  readonly flags: number;
}

/** What a poll found: a descriptor, or for epoll the data it was registered with. */
export interface Ready {
  readonly revents: number;
  readonly descriptor: Descriptor | undefined;
  readonly data: string;
}

/** A system call that returned, or does not return: exit, and execve when it succeeds. */
export interface CallEvent {
  readonly type: 'call';
  readonly number: number;
  /** Of the counter all processes share. */
  readonly before: number;
  readonly after: number;
  readonly failed: boolean;
  /** The errno of a call that failed. */
  readonly result: number;
  readonly args: readonly number[];
  /** What the caller was willing to wait; −1: for ever. */
  readonly timeoutNs: number;
  readonly descriptors: readonly Descriptor[];
  readonly ready: readonly Ready[];
  /** Of connect and accept: local and remote address, as bytes in hex. */
  readonly addresses: readonly string[];
  /** Of clone: the thread it made, 0 for a process. Of epoll_ctl: the data. Of execve: the path. */
  readonly detail: string;
}

export interface MapEvent {
  readonly type: 'map';
  /** Bytes. */
  readonly start: number;
  readonly length: number;
  readonly flags: number;
  /** Device and inode, or the id of a System V segment. */
  readonly identity: string;
  readonly offset: number;
  readonly path: string;
}

export type LogEvent =
  | CallEvent
  | MapEvent
  | {
      readonly type: 'image';
      readonly parentPid: number;
      readonly stamp: number;
      readonly path: string;
      readonly command: string;
      /** Whether touches say their instruction. */
      readonly signed: boolean;
    }
  | {
      readonly type: 'born';
      readonly parentPid: number;
      readonly thread: number;
      readonly stamp: number;
      readonly signed: boolean;
    }
  | { readonly type: 'switch'; readonly thread: number }
  | { readonly type: 'unmap' | 'discard'; readonly start: number; readonly length: number }
  | {
      readonly type: 'remap';
      readonly start: number;
      readonly length: number;
      readonly newStart: number;
      readonly newLength: number;
    }
  | {
      readonly type: 'file';
      readonly index: number;
      readonly identity: string;
      readonly size: number;
      readonly path: string;
    }
  | { readonly type: 'thread-exit'; readonly thread: number; readonly stamp: number }
  | { readonly type: 'end'; readonly stamp: number; readonly code: number }
  | { readonly type: 'cut'; readonly stamp: number }
  | { readonly type: 'signal'; readonly thread: number; readonly signal: number }
  /** A read from a stream begins; its call follows, after what the kernel wrote. */
  | { readonly type: 'enter' };

export interface LogVisitor {
  /** `code`: the address of the instruction, 0 when the log has none. */
  touch(kind: number, page: number, instructions: number, code: number): void;
  event(event: LogEvent, instructions: number): void;
}

/** Calls by number on x86-64, by the names the log gives details for. */
export const Call = {
  read: 0,
  write: 1,
  close: 3,
  poll: 7,
  pread64: 17,
  pwrite64: 18,
  readv: 19,
  writev: 20,
  select: 23,
  dup2: 33,
  pause: 34,
  nanosleep: 35,
  sendfile: 40,
  connect: 42,
  accept: 43,
  sendto: 44,
  recvfrom: 45,
  sendmsg: 46,
  recvmsg: 47,
  shutdown: 48,
  socketpair: 53,
  clone: 56,
  fork: 57,
  vfork: 58,
  execve: 59,
  exit: 60,
  wait4: 61,
  kill: 62,
  fcntl: 72,
  rt_sigtimedwait: 128,
  rt_sigsuspend: 130,
  tkill: 200,
  futex: 202,
  clock_nanosleep: 230,
  exit_group: 231,
  epoll_wait: 232,
  epoll_ctl: 233,
  tgkill: 234,
  waitid: 247,
  pselect6: 270,
  ppoll: 271,
  splice: 275,
  epoll_pwait: 281,
  accept4: 288,
  dup3: 292,
  preadv: 295,
  pwritev: 296,
  copy_file_range: 326,
  clone3: 435,
} as const;

const ONE_DESCRIPTOR = new Set<number>([
  Call.read,
  Call.readv,
  Call.pread64,
  Call.preadv,
  Call.recvfrom,
  Call.recvmsg,
  Call.write,
  Call.writev,
  Call.pwrite64,
  Call.pwritev,
  Call.sendto,
  Call.sendmsg,
  Call.close,
  Call.dup2,
  Call.dup3,
  Call.shutdown,
  Call.fcntl,
]);
const TWO_DESCRIPTORS = new Set<number>([
  Call.sendfile,
  Call.splice,
  Call.copy_file_range,
  Call.socketpair,
]);
const POLLS = new Set<number>([Call.poll, Call.ppoll, Call.select, Call.pselect6]);
const EPOLLS = new Set<number>([Call.epoll_wait, Call.epoll_pwait]);
const CLONES = new Set<number>([Call.clone, Call.clone3, Call.fork, Call.vfork]);

/** Thrown within this file at the end of a torn log. */
const TORN = Symbol('a torn log');

/** Shows every record of `bytes` to `visitor`; false when the log ends within a record. */
export function readLog(bytes: Uint8Array, visitor: LogVisitor): boolean {
  return new LogReader(bytes, visitor).run();
}

class LogReader {
  readonly #bytes: Uint8Array;
  readonly #visitor: LogVisitor;
  readonly #order: TouchOrder;
  #at = 0;
  /** At the last record. */
  #instructions = 0;

  constructor(bytes: Uint8Array, visitor: LogVisitor) {
    this.#bytes = bytes;
    this.#visitor = visitor;
    this.#order = new TouchOrder((kind, page, instructions, code) =>
      visitor.touch(kind, page, instructions, code),
    );
  }

  run(): boolean {
    let isWhole = true;
    try {
      this.#readRecords();
    } catch (error) {
      if (error !== TORN) throw error;
      isWhole = false;
    }
    this.#order.flush(this.#instructions);
    return isWhole;
  }

  #readRecords(): void {
    const bytes = this.#bytes;
    let page = 0;
    let code = 0;
    let signed = false;
    while (this.#at < bytes.length) {
      const first = bytes[this.#at];
      if (first === 0) {
        this.#at++;
        continue;
      }
      const kind = first & 7;
      if (kind !== EVENT) {
        page += this.#pageStep();
        const number = this.#place();
        if (signed) code += this.#signed();
        const time = { instructions: this.#instructions, number };
        this.#order.add(kind, page, time, code);
        continue;
      }
      const type = this.#number() >> 3;
      this.#instructions += this.#signed();
      if (type === ORDER) {
        this.#order.flush(this.#instructions);
        continue;
      }
      const event = this.#event(type);
      // A new image, or a forked child, counts its steps from 0 again.
      if (event.type === 'image' || event.type === 'born') {
        signed = event.signed;
        page = 0;
        code = 0;
      }
      this.#visitor.event(event, this.#order.flush(this.#instructions));
    }
  }

  /** Of a touch within its instruction, to which `#instructions` goes on. */
  #place(): number {
    const value = this.#number();
    const place = value % 16;
    const step = (value - place) / 16;
    this.#instructions += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    return place < PLACE_MAX ? place : PLACE_MAX + this.#number();
  }

  /** A number of any length; beyond 2⁵³ it is rounded. */
  #number(): number {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (;;) {
      if (this.#at >= bytes.length) throw TORN;
      const byte = bytes[this.#at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  #signed(): number {
    const value = this.#number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** The number without its low three bits, as a signed step. */
  #pageStep(): number {
    const bytes = this.#bytes;
    const first = bytes[this.#at++];
    let value = (first & 0x7f) >> 3;
    if (first >= 0x80) value += this.#number() * 16;
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #exact(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (this.#at >= this.#bytes.length) throw TORN;
      const byte = this.#bytes[this.#at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #raw(): Uint8Array {
    const length = this.#number();
    if (this.#at + length > this.#bytes.length) throw TORN;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #text(): string {
    return new TextDecoder().decode(this.#raw());
  }

  #hex(): string {
    return Array.from(this.#raw(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  #identity(): string {
    return `${this.#exact()}:${this.#exact()}`;
  }

  #descriptor(): Descriptor {
    const fd = this.#number() - 1;
    const mode = this.#number();
    return { fd, mode, identity: this.#identity(), flags: this.#number() };
  }

  #event(type: number): LogEvent {
    switch (type) {
      case EventCode.Image: {
        const parentPid = this.#number();
        const stamp = this.#number();
        const signed = this.#number() === 1;
        const path = this.#text();
        return { type: 'image', parentPid, stamp, path, command: this.#text(), signed };
      }
      case EventCode.Born: {
        const parentPid = this.#number();
        const thread = this.#number();
        const stamp = this.#number();
        return { type: 'born', parentPid, thread, stamp, signed: this.#number() === 1 };
      }
      case EventCode.Switch:
        return { type: 'switch', thread: this.#number() };
      case EventCode.Map: {
        const start = this.#number();
        const length = this.#number();
        const flags = this.#number();
        const identity = this.#identity();
        const offset = this.#number();
        return { type: 'map', start, length, flags, identity, offset, path: this.#text() };
      }
      case EventCode.Unmap:
      case EventCode.Discard: {
        const start = this.#number();
        const name = type === EventCode.Unmap ? 'unmap' : 'discard';
        return { type: name, start, length: this.#number() };
      }
      case EventCode.Remap: {
        const start = this.#number();
        const length = this.#number();
        const newStart = this.#number();
        return { type: 'remap', start, length, newStart, newLength: this.#number() };
      }
      case EventCode.File: {
        const index = this.#number();
        const identity = this.#identity();
        const size = this.#number();
        return { type: 'file', index, identity, size, path: this.#text() };
      }
      case EventCode.Call:
        return this.#call();
      case EventCode.ThreadExit: {
        const thread = this.#number();
        return { type: 'thread-exit', thread, stamp: this.#number() };
      }
      case EventCode.End: {
        const stamp = this.#number();
        return { type: 'end', stamp, code: this.#number() };
      }
      case EventCode.Cut:
        return { type: 'cut', stamp: this.#number() };
      case EventCode.Signal: {
        const thread = this.#number();
        return { type: 'signal', thread, signal: this.#number() };
      }
      case EventCode.Enter:
        return { type: 'enter' };
      default:
        // What an unfinished record left behind.
        throw TORN;
    }
  }

  #call(): CallEvent {
    const number = this.#number();
    const before = this.#number();
    const after = this.#number();
    const failed = this.#number() === 1;
    const result = this.#number();
    const args = Array.from({ length: 6 }, () => this.#number());
    const timeoutNs = this.#signed();
    const descriptors: Descriptor[] = [];
    const ready: Ready[] = [];
    const addresses: string[] = [];
    let detail = '';
    if (ONE_DESCRIPTOR.has(number)) {
      descriptors.push(this.#descriptor());
    } else if (TWO_DESCRIPTORS.has(number)) {
      descriptors.push(this.#descriptor(), this.#descriptor());
    } else if (number === Call.connect || number === Call.accept || number === Call.accept4) {
      descriptors.push(this.#descriptor());
      addresses.push(this.#hex(), this.#hex());
    } else if (POLLS.has(number)) {
      for (let left = this.#number(); left > 0; left--) {
        const revents = this.#number();
        ready.push({ revents, descriptor: this.#descriptor(), data: '' });
      }
    } else if (EPOLLS.has(number)) {
      for (let left = this.#number(); left > 0; left--) {
        const revents = this.#number();
        ready.push({ revents, descriptor: undefined, data: this.#exact().toString() });
      }
    } else if (number === Call.epoll_ctl) {
      descriptors.push(this.#descriptor());
      detail = this.#exact().toString();
    } else if (CLONES.has(number)) {
      detail = this.#number().toString();
    } else if (number === Call.execve) {
      detail = this.#text();
    }
    return {
      type: 'call',
      number,
      before,
      after,
      failed,
      result,
      args,
      timeoutNs,
      descriptors,
      ready,
      addresses,
      detail,
    };
  }
}
