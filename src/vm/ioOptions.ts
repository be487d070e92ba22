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
  /** 1: who writes a page gives its slot up; 0: the slot is written again. */
  readonly freeSlotOnWrite: number;
  /** Pages beside each other on disk that are one request, at most. */
  readonly requestPages: number;
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
  freeSlotOnWrite: 0,
  requestPages: 1,
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
  freeSlotOnWrite: 1,
  requestPages: 256,
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
};

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
  const least = name === 'faultAround' || name === 'requestPages' ? 1 : 0;
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InputError(
      `--io-option ${change}: not a whole number from ${least} to ${most}`,
      `for instance ${name}=${LINUX[name]}`,
    );
  }
  return value;
}
