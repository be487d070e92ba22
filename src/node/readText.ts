/** Small files of text: models, plans, studies. */
import { InputError } from '../support/assert.ts';
import { openBytes } from './byteStream.ts';

/**
 * The text of the file; an InputError that names it when it is missing or longer than `maxBytes`.
 */
export async function readText(path: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of openBytes(path)) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new InputError(
        `${path} is too long: more than ${maxBytes} bytes`,
        'is it the right file?',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
