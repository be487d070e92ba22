import type { Captured, CaptureOptions } from './capture.ts';

export const LACKEY_INSTRUCTIONS_MAX = 50_000_000;

export async function captureWithLackey(_options: CaptureOptions): Promise<Captured> {
  throw new Error('later');
}
