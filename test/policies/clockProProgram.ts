/*
 * Page faults of CLOCK-Pro with a fixed number of cold frames, by the paper or by the authors'
 * program, which departs from it in two rules:
 *
 *   HANDcold      evicts a used page whose test is over; the paper gives it another test
 *   a promotion   waits until HANDhot has run, which may end the very test that was passed, and
 *                 then is dropped; the paper promotes first
 *
 * A function over a whole string, sharing nothing with src/policies/clockPro.ts but the lists.
 */
import { LinkedLists } from '../../src/support/linkedLists.ts';

export interface ClockProRules {
  readonly frameCount: number;
  readonly coldFrames: number;
  readonly by: 'paper' | 'program';
}

/** Pages are 0 … pageCount − 1; memory is empty at first. */
export function clockProFaults(
  pages: Uint32Array,
  pageCount: number,
  { frameCount, coldFrames, by }: ClockProRules,
): number {
  /** Hot pages and those in test, ghosts among them; back: HANDhot and HANDtest. */
  const list = new LinkedLists(pageCount, 1);
  /** Resident cold pages; back: HANDcold. */
  const queue = new LinkedLists(pageCount, 1);
  const isHot = new Uint8Array(pageCount);
  const isUsed = new Uint8Array(pageCount);
  let free = frameCount;
  let ghosts = 0;
  let faults = 0;

  const isResident = (page: number): boolean => isHot[page] === 1 || queue.has(page);
  const isInTest = (page: number): boolean => isHot[page] === 0 && list.has(page);
  const loadCold = (page: number): void => {
    free--;
    queue.pushFront(page);
    list.pushFront(page);
  };
  const endTest = (page: number): void => {
    list.remove(page);
    if (!isResident(page)) ghosts--;
  };
  /** Makes one hot page cold, or none when it meets the test of `passed` first. */
  const runHandHot = (passed: number): 'demoted' | 'met' => {
    let outcome: 'demoted' | 'met' | undefined;
    while (outcome === undefined || isInTest(list.back())) {
      const page = list.back();
      if (isInTest(page)) {
        endTest(page);
        if (page === passed) outcome ??= 'met';
      } else if (isUsed[page] === 1) {
        isUsed[page] = 0;
        list.moveToFront(page);
      } else {
        isHot[page] = 0;
        list.remove(page);
        queue.pushFront(page);
        outcome = 'demoted';
      }
    }
    return outcome;
  };
  const makeHot = (page: number): void => {
    if (isInTest(page)) endTest(page);
    if (queue.has(page)) queue.remove(page);
    else free--;
    isHot[page] = 1;
    isUsed[page] = 0;
    list.pushFront(page);
  };
  /** Whether the page, which was used in its test, becomes hot. */
  const promote = (page: number): boolean => {
    if (by === 'program' && runHandHot(page) === 'met') return false;
    makeHot(page);
    if (by === 'paper') runHandHot(page);
    return true;
  };
  const evict = (page: number): void => {
    queue.remove(page);
    free++;
    if (list.has(page)) ghosts++;
    while (ghosts > frameCount) {
      let hand = list.back();
      while (!isInTest(hand)) hand = list.previous(hand);
      endTest(hand);
    }
  };
  const isSpared = (page: number): boolean => {
    if (isUsed[page] === 0) return false;
    if (isInTest(page)) return promote(page);
    if (by === 'program') return false;
    isUsed[page] = 0;
    queue.moveToFront(page);
    list.pushFront(page);
    return true;
  };
  const runHandCold = (): void => {
    while (isSpared(queue.back())) {}
    evict(queue.back());
  };

  for (const page of pages) {
    if (isResident(page)) {
      isUsed[page] = 1;
      continue;
    }
    faults++;
    if (free > coldFrames) makeHot(page);
    else {
      if (free === 0) runHandCold();
      if (!isInTest(page) || !promote(page)) loadCold(page);
    }
    isUsed[page] = 0;
  }
  return faults;
}
