/*
 * Who waited for whom, from the system calls of all processes: forks and new threads, children
 * waited for, pipes and sockets, futexes, polls, signals sent. Each wait becomes an edge from what
 * ended it (see precedence.ts). The outcome that was seen stays: a poll that was ready waits for
 * whoever made it so, one that timed out is a sleep of that length.
 */
import { Call, type CallEvent, type Descriptor } from './logReader.ts';
import { AT_END, BEFORE_END, type Edge, type Point } from './precedence.ts';
import { type Capture, isThreadClone, type Process, type Thread } from './processes.ts';
import { type PlacedCall, pointOf, Streams } from './streams.ts';

const EINTR = 4;
const EAGAIN = 11;
const ETIMEDOUT = 110;
/** What the kernel restarts; Valgrind may show it. */
const ERESTART_MIN = 512;
const ERESTART_MAX = 516;
/** POLLIN, POLLPRI, POLLERR, POLLHUP, POLLRDHUP: a reader need not wait. */
const READABLE = 0x1 | 0x2 | 0x8 | 0x10 | 0x2000;

const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const FUTEX_WAIT_BITSET = 9;
const FUTEX_WAKE_BITSET = 10;
const FUTEX_PRIVATE = 128;

const EPOLL_DELETE = 2;

const POLLS = new Set<number>([
  Call.poll,
  Call.ppoll,
  Call.select,
  Call.pselect6,
  Call.epoll_wait,
  Call.epoll_pwait,
]);
const SLEEPS = new Set<number>([Call.nanosleep, Call.clock_nanosleep]);
const PAUSES = new Set<number>([Call.pause, Call.rt_sigsuspend, Call.rt_sigtimedwait]);
const CLONES = new Set<number>([Call.clone, Call.clone3, Call.fork, Call.vfork]);

/** How polls ended. */
export interface PollOutcomes {
  ready: number;
  timedOut: number;
  interrupted: number;
}

/** The birth of a process or thread. */
export interface Birth {
  readonly parent: Point;
  readonly child: Thread;
  readonly isFork: boolean;
}

export interface FoundWaits {
  readonly births: readonly Birth[];
  readonly edges: readonly Edge[];
  /** ns slept in calls, by process and index of the event. */
  readonly sleeps: ReadonlyMap<Process, ReadonlyMap<number, number>>;
  readonly polls: PollOutcomes;
}

export function findWaits(capture: Capture): FoundWaits {
  return new WaitFinder(capture).find();
}

class WaitFinder {
  readonly #capture: Capture;
  /** In the order in which they ended. */
  readonly #calls: readonly PlacedCall[];
  readonly #byPid = new Map<number, Process[]>();
  readonly #edges: Edge[] = [];
  readonly #births: Birth[] = [];
  readonly #sleeps = new Map<Process, Map<number, number>>();
  /** What epoll knows so far, by process, epoll and data. */
  readonly #registered = new Map<string, Descriptor>();
  readonly #polls: PollOutcomes = { ready: 0, timedOut: 0, interrupted: 0 };

  constructor(capture: Capture) {
    this.#capture = capture;
    this.#calls = placeCalls(capture.processes);
    for (const process of capture.processes) {
      const same = this.#byPid.get(process.pid) ?? [];
      same.push(process);
      this.#byPid.set(process.pid, same);
    }
  }

  find(): FoundWaits {
    const streams = new Streams(this.#calls);
    this.#edges.push(...streams.edges());
    this.#findBirths();
    for (const placed of this.#calls) {
      const { call } = placed;
      this.#register(placed);
      if (call.number === Call.wait4 || call.number === Call.waitid) this.#findChild(placed);
      if (SLEEPS.has(call.number) && call.timeoutNs > 0) this.#sleepThrough(placed);
      if (POLLS.has(call.number)) this.#findPoll(placed, streams);
      if (PAUSES.has(call.number) || isInterrupted(call)) this.#findInterrupter(placed);
    }
    this.#findFutexes();
    this.#findKillers();
    return {
      births: this.#births,
      edges: this.#edges,
      sleeps: this.#sleeps,
      polls: this.#polls,
    };
  }

  #findBirths(): void {
    const parents = new Map<Process, PlacedCall>();
    for (const placed of this.#calls) {
      const { call } = placed;
      if (!CLONES.has(call.number) || call.failed || isThreadClone(call)) continue;
      // The call may return in the parent before the child has drawn its first number.
      const born = this.#byPid.get(call.result) ?? [];
      const child = born.find(({ bornStamp }) => bornStamp > call.before);
      if (child !== undefined) parents.set(child, placed);
    }
    for (const process of this.#capture.processes) {
      if (!process.isForked) continue;
      const placed = parents.get(process);
      const child = process.threads[0];
      if (placed !== undefined) {
        this.#births.push({ parent: pointOf(placed, 0), child, isFork: true });
        continue;
      }
      // The parent was killed before its fork returned: the child was its last deed.
      const parent = this.#processOf(process.parentPid, process.bornStamp);
      if (parent !== undefined && parent !== process) {
        const thread = parent.threads[0];
        this.#births.push({ parent: { thread, at: BEFORE_END }, child, isFork: true });
      }
    }
    for (const child of this.#capture.threads) {
      if (child.isLeader) continue;
      const parent = child.born ?? { thread: child.process.threads[0], at: BEFORE_END };
      this.#births.push({ parent, child, isFork: false });
    }
  }

  /** The youngest process that had `pid` before a stamp. */
  #processOf(pid: number, bornBefore: number): Process | undefined {
    const candidates = this.#byPid.get(pid) ?? [];
    return candidates.findLast(({ bornStamp }) => bornStamp < bornBefore);
  }

  #findChild(placed: PlacedCall): void {
    const { call } = placed;
    if (call.failed || call.result === 0) return;
    const child = this.#processOf(call.result, call.after);
    if (child === undefined) return;
    // A child that stopped, or goes on, has not ended.
    if (child.endStamp !== undefined && child.endStamp > call.after) return;
    this.#edges.push({ from: { thread: child.threads[0], at: AT_END }, to: pointOf(placed, 0) });
  }

  #findPoll(placed: PlacedCall, streams: Streams): void {
    const { call } = placed;
    if (call.failed) {
      if (isInterrupted(call)) this.#polls.interrupted++;
      return;
    }
    if (call.result === 0) {
      this.#polls.timedOut++;
      if (call.timeoutNs > 0) this.#sleepThrough(placed);
      return;
    }
    this.#polls.ready++;
    for (const ready of call.ready) {
      if ((ready.revents & READABLE) === 0) continue;
      const key = registeredKey(placed.thread.process, call.args[0], ready.data);
      const descriptor = ready.descriptor ?? this.#registered.get(key);
      if (descriptor !== undefined) {
        this.#edges.push(...streams.readinessEdges(descriptor, placed));
      }
    }
  }

  /** Remembers what epoll is told to know by its data. */
  #register({ call, thread }: PlacedCall): void {
    if (call.number !== Call.epoll_ctl || call.failed || call.args[1] === EPOLL_DELETE) return;
    const [descriptor] = call.descriptors;
    this.#registered.set(registeredKey(thread.process, call.args[0], call.detail), descriptor);
  }

  #sleepThrough({ call, thread, index }: PlacedCall): void {
    const sleeps = this.#sleeps.get(thread.process) ?? new Map<number, number>();
    this.#sleeps.set(thread.process, sleeps.set(index, call.timeoutNs));
  }

  #findFutexes(): void {
    interface Wake {
      readonly placed: PlacedCall;
      left: number;
    }
    const wakes = new Map<string, Wake[]>();
    for (const placed of this.#calls) {
      const { call } = placed;
      if (call.number !== Call.futex || call.failed || call.result === 0) continue;
      const operation = call.args[1] & 0x7f;
      if (operation !== FUTEX_WAKE && operation !== FUTEX_WAKE_BITSET) continue;
      const key = futexKey(placed);
      const list = wakes.get(key) ?? [];
      list.push({ placed, left: call.result });
      wakes.set(key, list);
    }
    for (const placed of this.#calls) {
      const { call } = placed;
      if (call.number !== Call.futex) continue;
      const operation = call.args[1] & 0x7f;
      if (operation !== FUTEX_WAIT && operation !== FUTEX_WAIT_BITSET) continue;
      const to = pointOf(placed, 0);
      if (call.failed && call.result === ETIMEDOUT && call.timeoutNs > 0) {
        this.#sleepThrough(placed);
      }
      if (call.failed && call.result !== EAGAIN) continue;
      // The stack of a thread that ended is the next one's, with this address.
      const ended = placed.thread.process.threads.findLast(
        (thread) =>
          thread.clearAddress === call.args[0] &&
          thread.exitStamp !== undefined &&
          thread.exitStamp < call.after,
      );
      if (ended !== undefined) {
        this.#edges.push({ from: { thread: ended, at: AT_END }, to });
        continue;
      }
      if (call.failed) continue;
      const wake = (wakes.get(futexKey(placed)) ?? []).find(
        ({ placed: { call: waking }, left }) =>
          left > 0 && waking.after > call.before && waking.before < call.after,
      );
      if (wake === undefined) continue;
      wake.left--;
      this.#edges.push({ from: pointOf(wake.placed, 0), to });
    }
  }

  /** A call that a signal ended waits for whoever sent it, if that was one of us. */
  #findInterrupter(placed: PlacedCall): void {
    const { call, thread } = placed;
    const kill = this.#calls.findLast(
      (other) =>
        isKillOf(other.call, thread.process.pid) &&
        other.call.before < call.after &&
        other.call.after > call.before,
    );
    if (kill !== undefined) this.#edges.push({ from: pointOf(kill, 0), to: pointOf(placed, 0) });
  }

  /** A process that was killed ended because of the last signal it was sent. */
  #findKillers(): void {
    for (const process of this.#capture.processes) {
      if (process.endStamp !== undefined) continue;
      const kill = this.#calls.findLast(({ call }) => isKillOf(call, process.pid));
      if (kill === undefined) continue;
      const to: Point = { thread: process.threads[0], at: BEFORE_END };
      this.#edges.push({ from: pointOf(kill, 0), to });
    }
  }
}

function placeCalls(processes: readonly Process[]): PlacedCall[] {
  const calls: PlacedCall[] = [];
  for (const process of processes) {
    const entered = new Map<Thread, number>();
    process.events.forEach(({ event, thread }, index) => {
      if (event.type === 'enter') entered.set(thread, index);
      if (event.type !== 'call') return;
      calls.push({ call: event, thread, index, enterIndex: entered.get(thread) ?? index });
      entered.delete(thread);
    });
  }
  return calls.sort((a, b) => a.call.after - b.call.after);
}

function isInterrupted({ failed, result }: CallEvent): boolean {
  return failed && (result === EINTR || (result >= ERESTART_MIN && result <= ERESTART_MAX));
}

function isKillOf(call: CallEvent, pid: number): boolean {
  const kills = call.number === Call.kill || call.number === Call.tgkill;
  return (
    kills &&
    !call.failed &&
    call.args[0] === pid &&
    call.args[call.number === Call.kill ? 1 : 2] !== 0
  );
}

function registeredKey({ pid }: Process, epoll: number, data: string): string {
  return `${pid}/${epoll}/${data}`;
}

/** A private futex is known by process and address; a shared one by the address both map it at. */
function futexKey({ call, thread }: PlacedCall): string {
  const isPrivate = (call.args[1] & FUTEX_PRIVATE) !== 0;
  return isPrivate ? `${thread.process.pid}:${call.args[0]}` : `${call.args[0]}`;
}
