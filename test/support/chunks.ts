/** Bytes as they come from a stream, for tests of what reads them. */

/** `input` in chunks of `chunkBytes`; the last may be shorter. */
export async function* chunksOf(
  input: string | Uint8Array,
  chunkBytes = 7,
): AsyncGenerator<Uint8Array> {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input;
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
