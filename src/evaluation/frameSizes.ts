/** Memory sizes as a user writes them: `64`, `5%,10%,20%,40%`, or both mixed. */
import { InputError } from '../support/assert.ts';

/** A number of frames, or a share of the fingerprint's distinct pages. */
export type FrameSize = { readonly frames: number } | { readonly percent: number };

/** More than anyone writes. */
const PERCENT_DECIMALS = 12;

const HINT = 'give a whole number of frames, a percentage of the pages such as 10%, or a list';

/** `5%,10%,64` → sizes, in the order given. */
export function parseFrames(text: string): FrameSize[] {
  const sizes = text.split(',').map((part) => parseOne(part.trim(), text));
  const names = sizes.map(frameSizeText);
  const again = names.find((name, i) => names.indexOf(name) < i);
  if (again === undefined) return sizes;
  throw new InputError(`--frames ${text}: ${again} twice`, 'give each size once');
}

function parseOne(part: string, text: string): FrameSize {
  if (/^\d+(\.\d+)?%$/.test(part)) {
    const percent = Number(part.slice(0, -1));
    if (percent > 0 && percent < 1e9) return { percent };
  } else if (/^\d+$/.test(part)) {
    const frames = Number(part);
    if (frames > 0 && frames < 2 ** 31) return { frames };
  }
  throw new InputError(`--frames ${text}: "${part}" is not a memory size`, HINT);
}

/** Percentages are of `pageCount` distinct pages, rounded down, at least 1. */
export function resolveFrames(sizes: readonly FrameSize[], pageCount: number): number[] {
  return sizes.map((size) =>
    'frames' in size ? size.frames : Math.max(1, shareOf(size.percent, pageCount)),
  );
}

/** In whole numbers: 18.4 % of 375 is 69, not 68.99…. */
function shareOf(percent: number, pageCount: number): number {
  const digits = BigInt(percent.toFixed(PERCENT_DECIMALS).replace('.', ''));
  return Number((digits * BigInt(pageCount)) / (100n * 10n ** BigInt(PERCENT_DECIMALS)));
}

/** As the user wrote it: `64` or `10%`. */
export function frameSizeText(size: FrameSize): string {
  return 'frames' in size ? `${size.frames}` : `${size.percent}%`;
}
