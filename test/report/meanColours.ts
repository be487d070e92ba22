/** A screenshot reduced to what differs between pages, but hardly between machines. */
import { inflateSync } from 'node:zlib';

const GRID = 32;

/** Of a PNG in 32 × 32 parts, a row a part: mean red, green and blue, 0 to 255. */
export function meanColours(png: Uint8Array): number[][] {
  const { width, height, channels, pixels } = decodePng(png);
  const means: number[][] = [];
  for (let part = 0; part < GRID * GRID; part++) {
    const [row, column] = [Math.floor(part / GRID), part % GRID];
    const [top, bottom] = [row, row + 1].map((at) => Math.floor((at * height) / GRID));
    const [left, right] = [column, column + 1].map((at) => Math.floor((at * width) / GRID));
    const sums = [0, 0, 0];
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        for (let c = 0; c < 3; c++) sums[c] += pixels[(y * width + x) * channels + c];
      }
    }
    means.push(sums.map((sum) => Math.round(sum / ((bottom - top) * (right - left)))));
  }
  return means;
}

/** Mean absolute difference of two grids, over parts and colours. */
export function meanDifference(a: readonly number[][], b: readonly number[][]): number {
  const differences = a.flatMap((part, i) => part.map((value, c) => Math.abs(value - b[i][c])));
  return differences.reduce((sum, one) => sum + one, 0) / differences.length;
}

/** Eight bits a channel, with or without alpha, not interlaced: what a browser writes. */
function decodePng(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (kind === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colour] = [png[24], png[25]];
  if (depth !== 8 || (colour !== 2 && colour !== 6)) throw new Error('not the PNG of a browser');
  const channels = colour === 2 ? 3 : 4;
  const filtered = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = filtered[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const at = y * stride + i;
      const left = i < channels ? 0 : pixels[at - channels];
      const above = y === 0 ? 0 : pixels[at - stride];
      const corner = i < channels || y === 0 ? 0 : pixels[at - stride - channels];
      let guess = 0;
      if (filter === 1) guess = left;
      else if (filter === 2) guess = above;
      else if (filter === 3) guess = (left + above) >> 1;
      else if (filter === 4) guess = paeth(left, above, corner);
      pixels[at] = filtered[y * (stride + 1) + 1 + i] + guess;
    }
  }
  return { width, height, channels, pixels };
}

/** Whichever is nearest to left + above − corner, the first of equals. (PNG specification, 9.4) */
function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const toLeft = Math.abs(guess - left);
  const toAbove = Math.abs(guess - above);
  const toCorner = Math.abs(guess - corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
