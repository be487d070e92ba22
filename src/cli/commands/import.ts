/** Others' traces to fingerprints. */
import { InputError } from '../../support/assert.ts';
import { defineCommand } from '../command.ts';
import { formatFields } from '../fields.ts';
import { EXIT_INTERRUPTED } from '../output.ts';

export const importCommand = defineCommand({
  operand: { name: 'trace', describe: 'file, - for standard input' },
  options: {
    format: {
      kind: 'text',
      describe: 'lackey, plain, csv, oracle (libCacheSim oracleGeneral) or fingerprint',
    },
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'fingerprint to write; in the notation when it ends in .txt',
      required: true,
    },
    'page-size': { kind: 'text', describe: 'bytes, a power of two (default 4096)' },
    backing: {
      kind: 'text',
      describe: 'what backs the pages: file or anonymous (default file)',
    },
    name: { kind: 'text', describe: 'of the fingerprint (default: of the file)' },
    instructions: {
      kind: 'flag',
      describe: 'lackey: instruction fetches count as reads; --no-instructions leaves them out',
      default: true,
    },
    page: { kind: 'text', describe: 'csv: column of page numbers, from 1 or by name' },
    address: { kind: 'text', describe: 'csv: column of byte addresses, instead of --page' },
    write: { kind: 'text', describe: 'csv: column that says write or read' },
    delimiter: { kind: 'text', describe: 'csv: one character, or tab (default ,)' },
  },
  example: 'import trace.txt --format plain -o trace.evfp',
  details:
    'plain: one reference a line, <page number, decimal or 0x…> [R|W], # comments; R when absent. ' +
    'Only a fingerprint needs no --format.',
  async run(values, [path]) {
    const startMs = performance.now();
    const { importTrace } = await import('../../node/importTrace.ts');
    const { writeFingerprint } = await import('../../node/fingerprintFile.ts');
    const { progress } = await import('../../node/progress.ts');
    const { summarizeFingerprint } = await import('../../fingerprint/summary.ts');
    const { formatCount } = await import('../../report/table.ts');
    // Reading may wait for a pipe without end; nothing is written before it ends.
    process.once('SIGINT', () => process.exit(EXIT_INTERRUPTED));
    const reading = progress(`reading ${path}, bytes`);
    const fingerprint = await importTrace(path, {
      format: values.format,
      name: values.name,
      pageSizeBytes: parsePageSize(values['page-size']),
      backing: parseBacking(values.backing),
      // The default is the importers' own: only lackey has instructions.
      instructions: values.instructions ? undefined : false,
      page: values.page,
      address: values.address,
      write: values.write,
      delimiter: values.delimiter,
      onProgress: (bytes) => reading.update(bytes),
    });
    reading.done();
    const { digest, bytes } = await writeFingerprint(values.output, fingerprint);
    const { sequences, actions, references, pages } = summarizeFingerprint(fingerprint);
    const elapsedMs = Math.round(performance.now() - startMs);
    return {
      json: {
        fingerprint: fingerprint.name,
        output: values.output,
        bytes,
        digest,
        sequences,
        actions,
        references,
        pages,
        elapsedMs,
      },
      text: () =>
        formatFields([
          ['fingerprint', fingerprint.name],
          ['sequences', formatCount(sequences)],
          ['actions', formatCount(actions)],
          ['references', formatCount(references)],
          ['pages', formatCount(pages)],
          ['digest', digest],
          ['written', `${values.output} (${formatCount(bytes)} bytes)`],
        ]),
    };
  },
});

function parsePageSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = Number(text);
  if (!/^\d+$/.test(text) || bytes < 1 || bytes > 2 ** 30 || !Number.isInteger(Math.log2(bytes))) {
    throw new InputError(
      `import: --page-size ${text} is not a page size`,
      'give bytes, a power of two up to 2^30, such as 4096',
    );
  }
  return bytes;
}

function parseBacking(text: string | undefined): 'file' | 'anonymous' | undefined {
  if (text === undefined || text === 'file' || text === 'anonymous') return text;
  throw new InputError(
    `import: --backing ${text} is not known`,
    'file: the first touch of a page reads it; anonymous: it is filled with zeros',
  );
}
