/** The formats of others' traces that can be imported, by the name the command line uses. */
import type { Fingerprint } from '../fingerprint.ts';
import { type CsvOptions, importCsv } from './csv.ts';
import { importLackey, type LackeyOptions } from './lackey.ts';
import { importOracleGeneral } from './oracleGeneral.ts';
import { importPlain } from './plain.ts';
import type { ImportOptions } from './referenceSink.ts';

export type { ImportOptions } from './referenceSink.ts';

/** The options of all formats together; each reads its own. */
export type FormatOptions = CsvOptions & LackeyOptions;

export interface ImportFormat {
  readonly title: string;
  /** What the format takes beside ImportOptions: by name, what it means. */
  readonly options: Readonly<Partial<Record<keyof FormatOptions, string>>>;
  readonly import: (
    chunks: AsyncIterable<Uint8Array>,
    options: ImportOptions & FormatOptions,
  ) => Promise<Fingerprint>;
}

export const IMPORT_FORMATS: Readonly<Record<'plain' | 'csv' | 'lackey' | 'oracle', ImportFormat>> =
  {
    plain: {
      title: 'one reference a line: page number, decimal or 0x…, then R, W or nothing',
      options: {},
      import: importPlain,
    },
    csv: {
      title: 'comma-separated values, a page number or address in one column',
      options: {
        page: 'column of page numbers: a number from 1, or a name in the first line (default 1)',
        address: 'column of byte addresses, instead of page',
        write: 'column that says write or read: W R, write read, 1 0, true false, …',
        delimiter: 'one character, or tab (default ,)',
      },
      import: importCsv,
    },
    lackey: {
      title: 'valgrind --tool=lackey --trace-mem=yes',
      options: { instructions: 'whether instruction fetches count as reads (default true)' },
      import: importLackey,
    },
    oracle: {
      title: "libCacheSim's oracleGeneral, binary records of 24 bytes",
      options: {},
      import: importOracleGeneral,
    },
  };
