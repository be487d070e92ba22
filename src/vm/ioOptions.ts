/*
 * What stands between a fault and the disk, as options: two presets and whatever is laid over them.
 * `textbook` is all of it off, and costs what a replay costs; `linux` is as kernels of version 6
 * were read and measured (the folder's README has the sources).
 */
import { InputError } from '../support/assert.ts';

export interface IoOptions {
  /** 1: faults that only enter a page into a page table are taken and counted. */
  readonly pageTables: number;
  /** 1: a first read of anonymous memory maps one page of zeros, and takes no frame. */
  readonly zeroPage: number;
  /** Pages, aligned, that are mapped together where they are resident; 1: the one wanted. */
  readonly faultAround: number;
  /** 1: a fork copies entries of file pages; 0: the child finds these pages by faults. */
  readonly forkCopiesFiles: number;
  /** Pages that swap holds; Infinity: as many as are needed. */
  readonly swapSlots: number;
  /** Slots in use, percent, above which a page read from swap gives its slot up. */
  readonly keepSlotsPercent: number;
  /** Slots that are taken one after the other, from such a stretch that is free; 1: the next one. */
  readonly swapCluster: number;
  /** 1: who writes a page gives its slot up; 0: the slot is written again. */
  readonly freeSlotOnWrite: number;
  /** Pages beside each other on disk that are one request, at most. */
  readonly requestPages: number;
  /** Dirty pages of files, percent of the frames, above which they are written; 0: never. */
  readonly flushPercent: number;
  /** References after which a dirty page of a file is written, and all of that file; 0: never. */
  readonly flushAge: number;
  /** Frames to free at once, where none is free; 0: the one that is needed. */
  readonly reclaimBatch: number;
  /** Frames free at which reclaim begins, and at which it ends. */
  readonly freeLow: number;
  readonly freeHigh: number;
}

const TEXTBOOK: IoOptions = {
  pageTables: 0,
  zeroPage: 0,
  faultAround: 1,
  forkCopiesFiles: 1,
  swapSlots: Number.POSITIVE_INFINITY,
  keepSlotsPercent: 100,
  swapCluster: 1,
  freeSlotOnWrite: 0,
  requestPages: 1,
  flushPercent: 0,
  flushAge: 0,
  reclaimBatch: 0,
  freeLow: 0,
  freeHigh: 0,
};

const LINUX: IoOptions = {
  pageTables: 1,
  zeroPage: 1,
  faultAround: 16,
  forkCopiesFiles: 0,
  swapSlots: Number.POSITIVE_INFINITY,
  keepSlotsPercent: 50,
  swapCluster: 256,
  freeSlotOnWrite: 1,
  requestPages: 256,
  flushPercent: 10,
  flushAge: 0,
  reclaimBatch: 32,
  freeLow: 0,
  freeHigh: 0,
};

export const IO_PRESETS: Readonly<Record<string, IoOptions>> = {
  textbook: TEXTBOOK,
  linux: LINUX,
};

/** The prefetchers, by id, that belong to each preset. */
export const IO_PREFETCHERS: Readonly<Record<string, readonly string[]>> = {
  textbook: [],
  linux: ['linux-file', 'linux-vma-swap'],
};

/** The largest of each option that has one. */
const MOST: Partial<Record<keyof IoOptions, number>> = {
  pageTables: 1,
  zeroPage: 1,
  faultAround: 512,
  forkCopiesFiles: 1,
  keepSlotsPercent: 100,
  freeSlotOnWrite: 1,
  flushPercent: 100,
};

/** Where 1 is nothing. */
const COUNTED_FROM_ONE: ReadonlySet<keyof IoOptions> = new Set([
  'faultAround',
  'requestPages',
  'swapCluster',
]);

/** `name=value` laid over a preset. */
export function parseIoOptions(preset: string, changes: readonly string[]): IoOptions {
  const options = Object.hasOwn(IO_PRESETS, preset) ? IO_PRESETS[preset] : undefined;
  if (options === undefined) {
    throw new InputError(
      `--io ${preset} is not known`,
      `one of: ${Object.keys(IO_PRESETS).join(' ')}`,
    );
  }
  const changed: Record<keyof IoOptions, number> = { ...options };
  for (const change of changes) {
    const [name, ...texts] = change.split('=');
    const text = texts.join('=');
    if (!isOption(name)) {
      throw new InputError(
        `--io-option ${change}: there is no option ${JSON.stringify(name)}`,
        `one of: ${Object.keys(TEXTBOOK).join(' ')}`,
      );
    }
    changed[name] = parseValue(name, change, text);
  }
  if (changed.freeHigh < changed.freeLow) {
    throw new InputError(
      `--io-option freeHigh=${changed.freeHigh}: reclaim would end before it begins`,
      'give freeHigh at least the value of freeLow',
    );
  }
  return changed;
}

function isOption(name: string): name is keyof IoOptions {
  return Object.hasOwn(TEXTBOOK, name);
}

function parseValue(name: keyof IoOptions, change: string, text: string): number {
  if (name === 'swapSlots' && text === 'unlimited') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  const most = MOST[name] ?? 2 ** 30;
  const least = COUNTED_FROM_ONE.has(name) ? 1 : 0;
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InputError(
      `--io-option ${change}: not a whole number from ${least} to ${most}`,
      `for instance ${name}=${name === 'swapSlots' ? 'unlimited' : LINUX[name]}`,
    );
  }
  return value;
}
