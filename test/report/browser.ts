/** A real Chromium without a window, where the machine has one. */
import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';

const PLACES = [
  process.env.EVICTLAB_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = PLACES.find((path) => path !== undefined && existsSync(path));

/** True where there is one; else says on stderr which test is skipped, and what to install. */
export function hasBrowser(what: string): boolean {
  if (executablePath === undefined) {
    console.warn(
      `SKIPPED: ${what}: no Chromium; apt-get install chromium, or set EVICTLAB_CHROMIUM`,
    );
  }
  return executablePath !== undefined;
}

export async function launchBrowser(): Promise<Browser> {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'],
  });
}
