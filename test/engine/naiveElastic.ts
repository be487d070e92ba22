/*
 * An elastic run as one would write it down: one action at a time of the sequence that may act
 * first, all looked at anew; LRU as a list of pages; a processor for each sequence. With `ahead`,
 * of files only, each page-in has the pages behind it read too.
 */
import { DEFAULT_MACHINE, type ElasticMachine } from '../../src/engine/machine.ts';
import { Action } from '../../src/fingerprint/action.ts';
import type { Fingerprint } from '../../src/fingerprint/fingerprint.ts';

export interface NaiveOutcome {
  readonly pages: number[];
  readonly sequences: number[];
  readonly minorFaults: number;
  readonly pageIns: number;
  readonly pageOuts: number;
  readonly endNs: number[];
  readonly lostNs: number[];
}

export interface NaiveAhead {
  issued: number;
  useful: number;
  late: number;
  useless: number;
  redundant: number;
  savedNs: number;
}

export function naiveElasticLru(
  { sequences, backing, pageNumbers }: Fingerprint,
  frameCount: number,
  machine: ElasticMachine = DEFAULT_MACHINE,
  ahead = 0,
): NaiveOutcome & { readonly prefetches: NaiveAhead } {
  const prefetches = { issued: 0, useful: 0, late: 0, useless: 0, redundant: 0, savedNs: 0 };
  const state = sequences.map(() => ({ row: 0, ns: 0, ended: false, born: true }));
  const users = new Map<number, Set<number>>();
  sequences.forEach(({ actions, operands }, sequence) => {
    actions.forEach((action, row) => {
      const operand = operands[row];
      if (action === Action.Fork) state[operand].born = false;
      if (action > Action.Write) return;
      users.set(operand, (users.get(operand) ?? new Set()).add(sequence));
    });
  });
  const tokens: { from: number; to: number; ns: number }[] = [];
  const endNs = sequences.map(() => 0);
  const lostNs = sequences.map(() => 0);
  const pages: number[] = [];
  const made: number[] = [];
  let minorFaults = 0;
  let pageIns = 0;
  let pageOuts = 0;
  // Most recent first.
  let resident: { page: number; dirty: boolean; readyNs: number; isUnused?: boolean }[] = [];
  const written = new Set<number>();
  const writeEndsNs = new Map<number, number>();
  const lanesNs: number[] = Array.from({ length: machine.queueDepth }, () => 0);
  const serve = (earliestNs: number, durationNs: number): number => {
    const lane = lanesNs.indexOf(Math.min(...lanesNs));
    lanesNs[lane] = Math.max(lanesNs[lane], earliestNs) + durationNs;
    return lanesNs[lane];
  };
  const refer = (page: number, write: boolean, nowNs: number): number => {
    let mine = resident.find((row) => row.page === page);
    const wasFault = mine === undefined;
    if (mine === undefined) {
      let frameNs = nowNs;
      const victim = resident.length === frameCount ? resident.pop() : undefined;
      if (victim !== undefined) frameNs = Math.max(nowNs, victim.readyNs);
      let readyNs = frameNs;
      if (backing === 'file' || written.has(page)) {
        pageIns++;
        readyNs = serve(Math.max(frameNs, writeEndsNs.get(page) ?? 0), machine.readNs);
      } else minorFaults++;
      if (victim?.isUnused) prefetches.useless++;
      const toWrite = victim?.dirty ? [{ page: victim.page, frameNs }] : [];
      mine = { page, dirty: write, readyNs };
      resident.unshift(mine);
      let evictionsLeft = Math.min(32, frameCount - 1);
      for (let distance = 1; distance <= ahead; distance++) {
        const other = pageNumbers.indexOf(pageNumbers[page] + BigInt(distance));
        if (other < 0) continue;
        if (resident.some((row) => row.page === other)) {
          prefetches.redundant++;
          continue;
        }
        let fromNs = nowNs;
        if (resident.length === frameCount) {
          if (evictionsLeft-- <= 0) continue;
          const leaving = resident.pop()!;
          fromNs = Math.max(nowNs, leaving.readyNs);
          if (leaving.isUnused) prefetches.useless++;
          if (leaving.dirty) toWrite.push({ page: leaving.page, frameNs: fromNs });
        }
        prefetches.issued++;
        const beginNs = Math.max(fromNs, writeEndsNs.get(other) ?? 0);
        const comesNs = serve(beginNs, machine.readNs);
        resident.unshift({ page: other, dirty: false, readyNs: comesNs, isUnused: true });
      }
      for (const row of toWrite) {
        pageOuts++;
        writeEndsNs.set(row.page, serve(row.frameNs, machine.writeNs));
      }
    } else if (mine.isUnused) {
      mine.isUnused = false;
      prefetches.useful++;
      const waitNs = Math.max(0, mine.readyNs - nowNs);
      if (waitNs > 0) prefetches.late++;
      prefetches.savedNs += machine.readNs - waitNs;
    }
    if (write) {
      mine.dirty = true;
      written.add(page);
    }
    // What is read ahead comes behind the page that was wanted, and so lies before it.
    if (!wasFault) resident = [mine, ...resident.filter((row) => row.page !== page)];
    return Math.max(nowNs, mine.readyNs);
  };
  const readyNs = (i: number): number => {
    const { row, ns, ended, born } = state[i];
    if (ended || !born) return Infinity;
    if (sequences[i].actions[row] !== Action.Wait) return ns;
    const other = sequences[i].operands[row];
    const token = tokens.find(({ from, to }) => from === other && to === i);
    if (token !== undefined) return Math.max(ns, token.ns);
    return state[other].ended ? Math.max(ns, endNs[other]) : Infinity;
  };
  for (;;) {
    let next = 0;
    for (let i = 1; i < state.length; i++) if (readyNs(i) < readyNs(next)) next = i;
    const now = readyNs(next);
    if (now === Infinity) {
      return { pages, sequences: made, minorFaults, pageIns, pageOuts, endNs, lostNs, prefetches };
    }
    const mine = state[next];
    const action = sequences[next].actions[mine.row];
    const operand = sequences[next].operands[mine.row];
    mine.ns = now;
    if (action === undefined) {
      mine.ended = true;
      endNs[next] = now;
    } else if (action <= Action.Write) {
      pages.push(operand);
      made.push(next);
      mine.ns = refer(operand, action === Action.Write, now);
      lostNs[next] += mine.ns - now;
    } else if (action === Action.Sleep) mine.ns += operand;
    else if (action === Action.Wake) tokens.push({ from: next, to: operand, ns: now });
    else if (action === Action.Fork) Object.assign(state[operand], { born: true, ns: now });
    else if (action === Action.Exit && backing === 'anonymous') {
      resident = resident.filter(
        ({ page }) => users.get(page)!.size > 1 || !users.get(page)!.has(next),
      );
    } else if (action === Action.Wait) {
      const token = tokens.findIndex(({ from, to }) => from === operand && to === next);
      // What has ended is waited for no more, tokens or not.
      if (token >= 0 && !state[operand].ended) tokens.splice(token, 1);
    }
    mine.row++;
  }
}
