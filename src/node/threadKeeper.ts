/*
 * Which thread takes which task: one that has run one policy runs no other.
 *
 *   queue   lru lru clock clock sieve …        a task names its lane, or none
 *   threads [ lru ] [ clock ]                  at most `count` at a time
 *              │ no lru is left
 *              └──ended──► [ sieve ]
 *
 * The loop of the replay is compiled for the classes it has met; from the third or fourth on, every
 * call in it is looked up, which costs about a quarter of its speed. A thread is the only boundary
 * that a compiler starts anew at. Short tasks name no lane: starting a thread costs more than it
 * would bring them, so they take any, which then is no policy's own any more.
 */

/** What runs one task at a time. */
export interface KeptThread<Task, Answer> {
  run(task: Task): Promise<Answer>;
  /** Called when it is idle, or to stop it. */
  end(): Promise<void>;
}

export interface ThreadKeeperOptions<Task, Answer> {
  /** At most so many threads at a time. */
  readonly count: number;
  readonly start: () => KeptThread<Task, Answer>;
  /** Tasks of one lane share threads with no others; undefined: any thread will do. */
  readonly laneOf: (task: Task) => string | undefined;
}

interface Waiting<Task, Answer> {
  readonly task: Task;
  readonly lane: string | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

/** A place for a thread, and whose it is while it has one. */
interface Place<Task, Answer> {
  thread: KeptThread<Task, Answer> | undefined;
  lane: string | undefined;
  isBusy: boolean;
}

export class ThreadKeeper<Task, Answer> {
  readonly #options: ThreadKeeperOptions<Task, Answer>;
  readonly #places: readonly Place<Task, Answer>[];
  readonly #queue: Waiting<Task, Answer>[] = [];
  #isClosed = false;

  constructor(options: ThreadKeeperOptions<Task, Answer>) {
    this.#options = options;
    this.#places = Array.from({ length: options.count }, () => ({
      thread: undefined,
      lane: undefined,
      isBusy: false,
    }));
  }

  /** The task's answer, or what its thread fails with; other tasks go on. */
  run(task: Task): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, lane: this.#options.laneOf(task), resolve, reject });
      this.#assign();
    });
  }

  /** Ends all threads, with what they are doing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue.length = 0;
    await Promise.all(this.#places.map(({ thread }) => thread?.end()));
  }

  #assign(): void {
    for (;;) {
      const idle = this.#places.filter(({ isBusy }) => !isBusy);
      if (idle.length === 0 || this.#queue.length === 0) return;
      const [place, index] = this.#choose(idle);
      const [waiting] = this.#queue.splice(index, 1);
      place.isBusy = true;
      void this.#serve(place, waiting);
    }
  }

  /** Who goes on with its lane first; then a lane without a thread; then whoever waits longest. */
  #choose(idle: readonly Place<Task, Answer>[]): [place: Place<Task, Answer>, index: number] {
    for (const place of idle) {
      if (place.thread === undefined) continue;
      const index = this.#queue.findIndex(({ lane }) => lane === place.lane);
      if (index >= 0) return [place, index];
    }
    const served = new Set(this.#places.map(({ lane }) => lane));
    const unserved = this.#queue.findIndex(({ lane }) => !served.has(lane));
    const place = idle.find(({ thread }) => thread === undefined) ?? idle[0];
    return [place, Math.max(0, unserved)];
  }

  async #serve(place: Place<Task, Answer>, waiting: Waiting<Task, Answer>): Promise<void> {
    const { task, lane, resolve, reject } = waiting;
    try {
      const isOther = lane !== undefined && lane !== place.lane;
      place.lane = lane;
      if (isOther) {
        const other = place.thread;
        place.thread = undefined;
        await other?.end();
      }
      if (this.#isClosed) return;
      place.thread ??= this.#options.start();
      resolve(await place.thread.run(task));
    } catch (error) {
      reject(error);
    }
    place.isBusy = false;
    this.#assign();
  }
}
