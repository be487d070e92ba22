/** Windows of the working set, and what each looks like in every picture. */
import type { SeriesBins } from '../../evaluation/workingSet.ts';
import { formatCount } from '../table.ts';

export interface WorkingSetWindow {
  /** References looked back. */
  readonly window: number;
  readonly bins: SeriesBins;
  /** Pages, at each of the percents. */
  readonly percentiles: readonly number[];
}

export interface WorkingSets {
  readonly id: string;
  readonly title: string;
  readonly referenceCount: number;
  /** 0 … 100, ascending. */
  readonly percents: readonly number[];
  /** From the shortest to the longest window, at most three. */
  readonly windows: readonly WorkingSetWindow[];
}

export const WINDOW_LOOKS = [
  { color: '#E69F00', dashes: '' },
  { color: '#0072B2', dashes: '6 2' },
  { color: '#000000', dashes: '2 2' },
] as const;

export const windowText = (window: number): string => `last ${formatCount(window)}`;
