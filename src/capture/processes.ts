/*
 * First pass over the logs: which processes and threads there were, and what each of them did but
 * touch pages. A process keeps its threads' events in one list, in the order in which Valgrind ran
 * them; an index into it is a point in the life of each of its threads.
 */
import { Call, type CallEvent, type LogEvent, type LogVisitor } from './logReader.ts';

/** A thread: one sequence of the fingerprint. */
export interface Thread {
  /** Row of `Capture.threads`. */
  readonly sequence: number;
  readonly process: Process;
  /** The first thread of its process. */
  readonly isLeader: boolean;
  /** Where the kernel clears and wakes when the thread ends (clone's child_tid); 0: nowhere. */
  clearAddress: number;
  /** The call that made it, for other than leaders: whose, and 4 × the index of its event. */
  born: { readonly thread: Thread; readonly at: number } | undefined;
  /** When it was seen to end; undefined: it was killed, or it ended with its process. */
  exitStamp: number | undefined;
}

export interface ThreadEvent {
  readonly event: LogEvent;
  readonly thread: Thread;
}

export interface Process {
  readonly pid: number;
  /** Shows its records, the same each time. */
  readonly read: (visitor: LogVisitor) => void;
  readonly events: ThreadEvent[];
  readonly threads: Thread[];
  /** Programs it ran, one after the other: path and command line. */
  readonly images: { readonly path: string; readonly command: string }[];
  /** Who forked it, as far as it knew; the root's is evictlab. */
  parentPid: number;
  bornStamp: number;
  isForked: boolean;
  /** It ended by exit, or was cut by us; otherwise it was killed. */
  endStamp: number | undefined;
  exitCode: number | undefined;
  isCut: boolean;
  /** Events that map what is moved later, by index. */
  readonly moved: Set<number>;
}

export interface Capture {
  readonly processes: readonly Process[];
  readonly threads: readonly Thread[];
}

export type ProcessLog = Pick<Process, 'pid' | 'read'>;

/** Processes in the order of their birth. */
export function readProcesses(logs: readonly ProcessLog[]): Capture {
  const processes = logs.map(readProcess).filter((process) => process.events.length > 0);
  processes.sort((a, b) => a.bornStamp - b.bornStamp);
  const threads: Thread[] = [];
  for (const process of processes) {
    for (const thread of process.threads) {
      Object.assign(thread, { sequence: threads.length });
      threads.push(thread);
    }
  }
  return { processes, threads };
}

function readProcess({ pid, read }: ProcessLog): Process {
  const process: Process = {
    pid,
    read,
    events: [],
    threads: [],
    images: [],
    parentPid: 0,
    bornStamp: Number.POSITIVE_INFINITY,
    isForked: false,
    endStamp: undefined,
    exitCode: undefined,
    isCut: false,
    moved: new Set(),
  };
  const follower = new ThreadFollower(process);
  read({
    touch() {},
    event(event) {
      process.events.push({ event, thread: follower.follow(event) });
      noteEvent(process, event);
    },
  });
  return process;
}

function noteEvent(process: Process, event: LogEvent): void {
  switch (event.type) {
    case 'born':
    case 'image':
      if (process.bornStamp === Number.POSITIVE_INFINITY) {
        process.bornStamp = event.stamp;
        process.parentPid = event.parentPid;
        process.isForked = event.type === 'born';
      }
      if (event.type === 'image') process.images.push({ path: event.path, command: event.command });
      break;
    case 'end':
      process.endStamp = event.stamp;
      process.exitCode = event.code;
      break;
    case 'cut':
      process.endStamp = event.stamp;
      process.isCut = true;
      break;
    case 'remap':
      if (event.newStart !== event.start) noteMoved(process, event);
      break;
    case 'call':
      if (event.number === Call.exit_group) process.endStamp ??= event.before;
      break;
  }
}

/** Whatever was ever mapped where something is moved away from may be what is moved. */
function noteMoved(process: Process, moved: { start: number; length: number }): void {
  process.events.forEach(({ event }, index) => {
    if (event.type !== 'map') return;
    if (event.start < moved.start + moved.length && event.start + event.length > moved.start) {
      process.moved.add(index);
    }
  });
}

/** Knows which thread each record belongs to: Valgrind's numbers are used again. */
export class ThreadFollower {
  readonly #process: Process;
  readonly #alive = new Map<number, Thread>();
  #running: Thread | undefined;
  #nextThread = 0;
  #index = -1;

  constructor(process: Process) {
    this.#process = process;
  }

  /** The thread `event` belongs to; those after it belong to `running`. */
  follow(event: LogEvent): Thread {
    this.#index++;
    if (event.type === 'image') {
      const leader = this.#process.threads[0];
      this.#alive.clear();
      if (this.#nextThread > 0) this.#alive.set(1, leader);
      this.#running = this.#threadOf(1);
    } else if (event.type === 'born' || event.type === 'switch') {
      this.#running = this.#threadOf(event.thread);
    } else if (event.type === 'thread-exit') {
      const thread = this.#threadOf(event.thread);
      thread.exitStamp = event.stamp;
      this.#alive.delete(event.thread);
      return thread;
    } else if (event.type === 'call' && isThreadClone(event)) {
      const child = this.#threadOf(Number(event.detail));
      child.clearAddress = event.args[3];
      child.born = { thread: this.running, at: this.#index * 4 };
    }
    return this.running;
  }

  get running(): Thread {
    return (this.#running ??= this.#threadOf(1));
  }

  #threadOf(number: number): Thread {
    let thread = this.#alive.get(number);
    if (thread === undefined) {
      // The second pass meets the threads of the first, in the same order.
      thread = this.#process.threads[this.#nextThread] ?? this.#create();
      this.#nextThread++;
      this.#alive.set(number, thread);
    }
    return thread;
  }

  #create(): Thread {
    const thread: Thread = {
      sequence: -1,
      process: this.#process,
      isLeader: this.#process.threads.length === 0,
      clearAddress: 0,
      born: undefined,
      exitStamp: undefined,
    };
    this.#process.threads.push(thread);
    return thread;
  }
}

/** Whether `call` made a thread of its own process. */
export function isThreadClone(call: CallEvent): boolean {
  return (
    (call.number === Call.clone || call.number === Call.clone3) &&
    call.detail !== '0' &&
    call.detail !== '' &&
    !call.failed
  );
}
