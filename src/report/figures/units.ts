/** Numbers with their units, short. */

/** 4096 → `4 KB`; powers of two get whole numbers. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return `${Math.round(10 * bytes) / 10} ${units[unit]}`;
}
