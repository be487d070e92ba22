/*
 * What must come before what, between threads: the wakes and waits of the fingerprint.
 *
 * Whatever makes a thread wait is first told as edges from one point to another: everything up to
 * the one must have happened before anything behind the other may. Wakes and waits are tokens, a
 * stream of them from each thread to each other. An edge becomes a token; edges of one pair that
 * say no more than one before them are dropped, so that tokens are taken in the order they are
 * given. A point beyond every action stands for the end: to wait for that needs no token.
 */
import type { Thread } from './processes.ts';

/**
 * A place in the life of a thread: 4 × the index of an event of its process, plus a phase. What one
 * event wakes and waits for happens in the order of the phases.
 */
export interface Point {
  readonly thread: Thread;
  readonly at: number;
}

/** `from` a thread's end. */
export const AT_END = Number.POSITIVE_INFINITY;
/** `to` a point just before a thread's end. */
export const BEFORE_END = 2 ** 52;

export interface Edge {
  readonly from: Point;
  readonly to: Point;
}

/** A wake or a wait of one thread. */
export interface Rendezvous {
  readonly at: number;
  readonly isWake: boolean;
  readonly other: Thread;
}

export interface Waits {
  /** By thread, in the order of their lives. */
  readonly rendezvous: ReadonlyMap<Thread, readonly Rendezvous[]>;
  /** Edges that contradicted others, so that nobody could have gone on. */
  readonly droppedCount: number;
}

/** Wakes and waits that say what `edges` say. */
export function rendezvousOf(edges: readonly Edge[], forks: readonly Edge[]): Waits {
  let kept = necessary([...forks, ...edges]);
  let droppedCount = 0;
  for (;;) {
    const blocked = firstBlocked(kept);
    if (blocked === undefined) break;
    kept = kept.filter((edge) => edge !== blocked);
    droppedCount++;
  }
  const rendezvous = new Map<Thread, Rendezvous[]>();
  const add = ({ thread, at }: Point, isWake: boolean, other: Thread): void => {
    const list = rendezvous.get(thread) ?? [];
    list.push({ at, isWake, other });
    rendezvous.set(thread, list);
  };
  for (const { from, to } of kept) {
    if (from.at !== AT_END) add(from, true, to.thread);
    add(to, false, from.thread);
  }
  for (const list of rendezvous.values()) list.sort((a, b) => a.at - b.at);
  return { rendezvous, droppedCount };
}

/** Of each pair of threads the edges that tell the later one something new, in its order. */
function necessary(edges: readonly Edge[]): Edge[] {
  const pairs = new Map<Thread, Map<Thread, Edge[]>>();
  for (const edge of edges) {
    if (edge.from.thread === edge.to.thread) continue;
    const targets = pairs.get(edge.from.thread) ?? new Map<Thread, Edge[]>();
    pairs.set(edge.from.thread, targets);
    const list = targets.get(edge.to.thread) ?? [];
    targets.set(edge.to.thread, list);
    list.push(edge);
  }
  const kept: Edge[] = [];
  for (const targets of pairs.values()) {
    for (const list of targets.values()) {
      list.sort((a, b) => a.to.at - b.to.at || b.from.at - a.from.at);
      let newest = -1;
      for (const edge of list) {
        if (edge.from.at <= newest) continue;
        newest = edge.from.at;
        kept.push(edge);
      }
    }
  }
  return kept;
}

/** Runs all threads as far as they come; an edge that holds one up for ever, if there is one. */
function firstBlocked(edges: readonly Edge[]): Edge | undefined {
  interface Item {
    readonly at: number;
    readonly edge: Edge;
    readonly isWake: boolean;
  }
  const items = new Map<Thread, Item[]>();
  const push = (thread: Thread, item: Item): void => {
    const list = items.get(thread);
    if (list === undefined) items.set(thread, [item]);
    else list.push(item);
  };
  for (const edge of edges) {
    push(edge.from.thread, { at: edge.from.at, edge, isWake: true });
    push(edge.to.thread, { at: edge.to.at, edge, isWake: false });
  }
  for (const list of items.values()) list.sort((a, b) => a.at - b.at);
  const next = new Map<Thread, number>();
  const met = new Set<Edge>();
  const waiting = new Map<Edge, Thread>();
  const runnable = [...items.keys()];
  for (let thread = runnable.pop(); thread !== undefined; thread = runnable.pop()) {
    const list = items.get(thread) ?? [];
    let i = next.get(thread) ?? 0;
    for (; i < list.length; i++) {
      const { edge, isWake } = list[i];
      if (isWake) {
        met.add(edge);
        const waiter = waiting.get(edge);
        if (waiter !== undefined) runnable.push(waiter);
      } else if (!met.has(edge)) {
        waiting.set(edge, thread);
        break;
      }
    }
    next.set(thread, i);
  }
  // The one that waits for the shortest time is most likely the wrong one.
  let blocked: Item | undefined;
  for (const [thread, list] of items) {
    const item = list[next.get(thread) ?? 0];
    if (item !== undefined && (blocked === undefined || item.at < blocked.at)) blocked = item;
  }
  return blocked?.edge;
}
