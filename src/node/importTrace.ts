/** Others' traces from files, compressed or not, to fingerprints. */
import { basename } from 'node:path';
import type { Fingerprint } from '../fingerprint/fingerprint.ts';
import {
  type FormatOptions,
  IMPORT_FORMATS,
  type ImportOptions,
} from '../fingerprint/importers/index.ts';
import { InputError } from '../support/assert.ts';
import { nearest } from '../support/text.ts';
import { openBytes } from './byteStream.ts';
import { readFingerprint } from './fingerprintFile.ts';

/** What the name of a format may be. */
export const FORMAT_NAMES: readonly string[] = [...Object.keys(IMPORT_FORMATS), 'fingerprint'];

/** Options that are undefined were not given. */
export type TraceOptions = Omit<ImportOptions, 'name' | 'origin'> &
  FormatOptions & {
    /** Of FORMAT_NAMES; may be left out for a fingerprint. */
    readonly format: string | undefined;
    /** Default: the file's name without its extensions. */
    readonly name: string | undefined;
    /** Called with the bytes read so far, after decompression. */
    readonly onProgress: (bytes: number) => void;
  };

/** The fingerprint in the file `path`, whatever its format. */
export async function importTrace(path: string, options: TraceOptions): Promise<Fingerprint> {
  const { format, onProgress, ...given } = options;
  if (format === undefined || format === 'fingerprint') return convertFingerprint(path, options);
  const importer = Object.entries(IMPORT_FORMATS).find(([name]) => name === format)?.[1];
  if (importer === undefined) throw unknownFormat(format);
  refuseForeignOptions(format, given, Object.keys(importer.options));
  return importer.import(counted(openBytes(path), onProgress), {
    ...given,
    name: options.name ?? nameOf(path),
    origin: { source: basename(path) },
  });
}

async function convertFingerprint(path: string, options: TraceOptions): Promise<Fingerprint> {
  const { format, name, onProgress, ...given } = options;
  refuseForeignOptions('fingerprint', given, []);
  for (const option of ['pageSizeBytes', 'backing'] as const) {
    if (given[option] !== undefined) {
      throw new InputError(
        'a fingerprint has its page size and backing in it',
        'leave --page-size and --backing out',
      );
    }
  }
  try {
    const { fingerprint } = await readFingerprint(path, 1);
    return name === undefined ? fingerprint : { ...fingerprint, name };
  } catch (error) {
    if (format !== undefined || !(error instanceof InputError)) throw error;
    throw new InputError(
      `without --format, ${path} is read as a fingerprint: ${error.message}`,
      `if it is none, say what it is: --format ${FORMAT_NAMES.join('|')}`,
    );
  }
}

function refuseForeignOptions(
  format: string,
  given: Readonly<Record<string, unknown>>,
  own: readonly string[],
): void {
  for (const { options } of Object.values(IMPORT_FORMATS)) {
    const foreign = Object.keys(options).find(
      (name) => given[name] !== undefined && !own.includes(name),
    );
    if (foreign !== undefined) {
      const formats = Object.entries(IMPORT_FORMATS).filter(
        ([, { options }]) => foreign in options,
      );
      throw new InputError(
        `the format ${format} has no option "${foreign}"`,
        `it is one of ${formats.map(([name]) => name).join(', ')}`,
      );
    }
  }
}

function unknownFormat(format: string): InputError {
  const meant = nearest(format, FORMAT_NAMES);
  return new InputError(
    `unknown format "${format}"`,
    `${meant === undefined ? '' : `did you mean ${meant}? `}formats: ${FORMAT_NAMES.join(' ')}`,
  );
}

/** `traces/gcc.pages.zst` → gcc. */
function nameOf(path: string): string {
  const [name] = basename(path).split('.');
  return name === '' || name === '-' ? 'imported' : name;
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    onProgress(bytes);
    yield chunk;
  }
}
