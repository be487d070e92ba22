/*
 * Pipes and sockets as streams of bytes: whoever reads a byte waits for whoever wrote it, and in a
 * pipe, whoever is a whole pipe ahead waits for the reader. A reader at the end waits for all who
 * closed the other side.
 *
 *   written  |---- w₀ ----|-- w₁ --|------ w₂ ------|        byte ranges, in the order of the calls
 *   read         |- r₀ -|---- r₁ ----|                       r₁ waits for w₀ and w₁
 *
 * A descriptor is known by its device and inode, so no table of descriptors is kept. A socket's
 * stream is named after the socket that is read. Descriptors without an inode of their own, as
 * those of eventfd, are known by process and number, and their reads wait for the last write.
 */
import { Call, type CallEvent, type Descriptor } from './logReader.ts';
import { AT_END, type Edge, type Point } from './precedence.ts';
import type { Process, Thread } from './processes.ts';

const TYPE_MASK = 0o170000;
const FIFO = 0o010000;
const SOCKET = 0o140000;
/** Of a Linux pipe unless it was changed. */
const PIPE_BYTES = 65_536;
const SET_PIPE_SIZE = 1031;
const PEEK = 2;
const IN_PROGRESS = 115;

/** A system call and where it stands. */
export interface PlacedCall {
  readonly call: CallEvent;
  readonly thread: Thread;
  /** Index of its event; of the one that says it begins, for reads of streams. */
  readonly index: number;
  readonly enterIndex: number;
}

interface Transfer {
  readonly placed: PlacedCall;
  /** Bytes of the stream: [start, end). */
  start: number;
  end: number;
}

interface Stream {
  readonly isFifo: boolean;
  readonly isCounter: boolean;
  readonly writes: Transfer[];
  /** In the order of their ends. Polls and reads at the end have no bytes. */
  readonly reads: Transfer[];
  readonly closes: PlacedCall[];
  capacity: number;
}

const READS = new Set<number>([
  Call.read,
  Call.readv,
  Call.pread64,
  Call.preadv,
  Call.recvfrom,
  Call.recvmsg,
]);
const WRITES = new Set<number>([Call.write, Call.writev, Call.sendto, Call.sendmsg]);

export class Streams {
  readonly #streams = new Map<string, Stream>();
  /** The socket at the other end. */
  readonly #peers = new Map<string, string>();
  readonly #connects: PlacedCall[] = [];
  readonly #accepts: PlacedCall[] = [];
  /** The connection that an accept took. */
  readonly #connectionOf = new Map<PlacedCall, PlacedCall>();

  /** `calls` in the order in which they ended. */
  constructor(calls: readonly PlacedCall[]) {
    for (const placed of calls) this.#notePeers(placed);
    this.#matchConnections();
    for (const placed of calls) this.#noteTransfer(placed);
    for (const stream of this.#streams.values()) countBytes(stream);
  }

  edges(): Edge[] {
    const edges: Edge[] = [];
    for (const stream of this.#streams.values()) {
      for (const read of stream.reads) this.#pushReadEdges(stream, read, edges);
      if (stream.isFifo) pushPressureEdges(stream, edges);
    }
    for (const accept of this.#accepts) {
      const connect = this.#connectionOf.get(accept);
      if (connect !== undefined) edges.push({ from: pointOf(connect, 0), to: pointOf(accept, 0) });
    }
    return edges;
  }

  /** Why `descriptor` was ready to be read when `placed` looked. */
  readinessEdges(descriptor: Descriptor, placed: PlacedCall): Edge[] {
    const to = pointOf(placed, 0);
    const stream = this.#streams.get(streamKey(descriptor, placed.thread.process));
    if (stream === undefined) return [];
    if (stream.isCounter) {
      const write = lastBefore(stream.writes, placed.call.after);
      return write === undefined ? [] : [{ from: pointOf(write.placed, 0), to }];
    }
    const read = stream.reads[readsUntil(stream.reads, placed.call.after) - 1];
    const write = stream.writes[firstBeyond(stream.writes, read?.end ?? 0)];
    if (write !== undefined && write.placed.call.before < placed.call.after) {
      return [{ from: pointOf(write.placed, 0), to }];
    }
    return this.#closers(stream, placed.call.after).map((from) => ({ from, to }));
  }

  #notePeers(placed: PlacedCall): void {
    const { call } = placed;
    if (call.number === Call.socketpair) {
      const [a, b] = call.descriptors;
      this.#peers.set(a.identity, b.identity);
      this.#peers.set(b.identity, a.identity);
    } else if (call.number === Call.connect) {
      if (!call.failed || call.result === IN_PROGRESS) this.#connects.push(placed);
    } else if ((call.number === Call.accept || call.number === Call.accept4) && !call.failed) {
      this.#accepts.push(placed);
    }
  }

  /** An accepted socket belongs to the first connection to its address not yet accepted. */
  #matchConnections(): void {
    const left = new Set(this.#connects);
    for (const accept of this.#accepts) {
      const [local, remote] = accept.call.addresses;
      const isUnix = local.startsWith('0100');
      for (const connect of left) {
        const [own, peer] = connect.call.addresses;
        if (peer !== local || (!isUnix && own !== remote)) continue;
        if (connect.call.before > accept.call.after) continue;
        left.delete(connect);
        this.#connectionOf.set(accept, connect);
        const client = connect.call.descriptors[0].identity;
        const server = accept.call.descriptors[0].identity;
        this.#peers.set(client, server);
        this.#peers.set(server, client);
        break;
      }
    }
  }

  #noteTransfer(placed: PlacedCall): void {
    const { call } = placed;
    const [first, second] = call.descriptors;
    if (READS.has(call.number)) {
      const flags = call.number === Call.recvfrom ? call.args[3] : call.args[2];
      const peeks =
        (call.number === Call.recvfrom || call.number === Call.recvmsg) && (flags & PEEK) !== 0;
      if (!call.failed && !peeks) this.#pushRead(first, placed);
    } else if (WRITES.has(call.number)) {
      if (!call.failed) this.#pushWrite(first, placed);
    } else if (call.number === Call.sendfile) {
      if (!call.failed) {
        this.#pushRead(second, placed);
        this.#pushWrite(first, placed);
      }
    } else if (call.number === Call.splice) {
      if (!call.failed) {
        this.#pushRead(first, placed);
        this.#pushWrite(second, placed);
      }
    } else if (call.number === Call.fcntl && call.args[1] === SET_PIPE_SIZE && !call.failed) {
      const stream = this.#streamOf(first, placed.thread.process);
      if (stream !== undefined) stream.capacity = Math.max(stream.capacity, call.result);
    } else if (isCloseOfWriter(call, first)) {
      this.#writtenStream(first, placed)?.closes.push(placed);
    }
  }

  #pushRead(descriptor: Descriptor, placed: PlacedCall): void {
    const stream = this.#streamOf(descriptor, placed.thread.process);
    stream?.reads.push({ placed, start: 0, end: placed.call.result });
  }

  #pushWrite(descriptor: Descriptor, placed: PlacedCall): void {
    if (placed.call.result === 0) return;
    const stream = this.#writtenStream(descriptor, placed);
    stream?.writes.push({ placed, start: 0, end: placed.call.result });
  }

  #writtenStream(descriptor: Descriptor, placed: PlacedCall): Stream | undefined {
    if ((descriptor.mode & TYPE_MASK) !== SOCKET) {
      return this.#streamOf(descriptor, placed.thread.process);
    }
    const identity = this.#peers.get(descriptor.identity);
    if (identity === undefined) return undefined;
    return this.#streamOf({ ...descriptor, identity }, placed.thread.process);
  }

  #streamOf(descriptor: Descriptor, process: Process): Stream | undefined {
    const type = descriptor.mode & TYPE_MASK;
    if (type !== FIFO && type !== SOCKET && type !== 0) return undefined;
    const key = streamKey(descriptor, process);
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      const isFifo = type === FIFO;
      const isCounter = type === 0;
      stream = { isFifo, isCounter, writes: [], reads: [], closes: [], capacity: PIPE_BYTES };
      this.#streams.set(key, stream);
    }
    return stream;
  }

  #pushReadEdges(stream: Stream, read: Transfer, edges: Edge[]): void {
    const to: Point = { thread: read.placed.thread, at: read.placed.enterIndex * 4 };
    if (stream.isCounter) {
      const write = lastBefore(stream.writes, read.placed.call.after);
      if (write !== undefined) edges.push({ from: pointOf(write.placed, 0), to });
      return;
    }
    if (read.end === read.start) {
      const ends = this.#closers(stream, read.placed.call.after);
      edges.push(...ends.map((from) => ({ from, to })));
      return;
    }
    const last = new Map<Thread, Transfer>();
    for (let i = firstBeyond(stream.writes, read.start); i < stream.writes.length; i++) {
      const write = stream.writes[i];
      if (write.start >= read.end) break;
      last.set(write.placed.thread, write);
    }
    for (const write of last.values()) edges.push({ from: pointOf(write.placed, 0), to });
  }

  /** Points before which the writing side was open. */
  #closers(stream: Stream, before: number): Point[] {
    const last = new Map<Process, Point>();
    for (const close of stream.closes) {
      if (close.call.before < before) last.set(close.thread.process, pointOf(close, 0));
    }
    const writers = new Set(stream.writes.map(({ placed }) => placed.thread.process));
    for (const process of writers) {
      const ended = process.endStamp === undefined || process.endStamp < before;
      if (!last.has(process) && ended) {
        last.set(process, { thread: process.threads[0], at: AT_END });
      }
    }
    return [...last.values()];
  }
}

/** `phase` 0 to 3: what one call wakes and waits for happens in this order. */
export function pointOf({ thread, index }: PlacedCall, phase: number): Point {
  return { thread, at: index * 4 + phase };
}

function streamKey(descriptor: Descriptor, process: Process): string {
  const hasInode = (descriptor.mode & TYPE_MASK) !== 0;
  return hasInode ? descriptor.identity : `${process.pid}/${descriptor.fd}`;
}

function isCloseOfWriter(call: CallEvent, descriptor: Descriptor | undefined): boolean {
  if (descriptor === undefined || call.failed) return false;
  if (call.number === Call.shutdown) return call.args[1] !== 0;
  const closes =
    call.number === Call.close || call.number === Call.dup2 || call.number === Call.dup3;
  if (!closes) return false;
  return (descriptor.mode & TYPE_MASK) === SOCKET || (descriptor.flags & 3) !== 0;
}

function countBytes(stream: Stream): void {
  for (const transfers of [stream.writes, stream.reads]) {
    let bytes = 0;
    for (const transfer of transfers) {
      transfer.start = bytes;
      bytes += transfer.end;
      transfer.end = bytes;
    }
  }
}

/** A write that ends a whole pipe ahead of the reader has waited for it. */
function pushPressureEdges({ writes, reads, capacity }: Stream, edges: Edge[]): void {
  let next = 0;
  for (const write of writes) {
    const needed = write.end - capacity;
    if (needed <= 0) continue;
    while (next < reads.length && reads[next].end < needed) next++;
    if (next === reads.length) return;
    // Behind what the write itself makes possible.
    edges.push({ from: pointOf(reads[next].placed, 1), to: pointOf(write.placed, 2) });
  }
}

/** How many of `reads` had ended by `stamp`. */
function readsUntil(reads: readonly Transfer[], stamp: number): number {
  let low = 0;
  let high = reads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reads[middle].placed.call.after <= stamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first write that ends beyond byte `start`. */
function firstBeyond(writes: readonly Transfer[], start: number): number {
  let low = 0;
  let high = writes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (writes[middle].end <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lastBefore(writes: readonly Transfer[], after: number): Transfer | undefined {
  let last: Transfer | undefined;
  for (const write of writes) if (write.placed.call.before < after) last = write;
  return last;
}
