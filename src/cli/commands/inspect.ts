/** What is in a fingerprint. */
import { defineCommand, FINGERPRINT } from '../command.ts';
import { formatFields } from '../fields.ts';
import { parseSeed, parseWhole, SEED } from '../sharedOptions.ts';

export const inspect = defineCommand({
  name: 'inspect',
  title: 'Say what is in a fingerprint, or print it in the notation',
  operand: FINGERPRINT,
  options: {
    notation: { kind: 'flag', describe: 'print it in the notation', default: false },
    limit: { kind: 'text', describe: 'with --notation: so many actions of each sequence' },
    seed: SEED,
  },
  example: 'inspect synthetic:loop:pages=8,rounds=2 --notation',
  async run(values, [path]) {
    const { readFingerprint } = await import('../../node/fingerprintFile.ts');
    const limit = values.limit === undefined ? undefined : parseWhole('--limit', values.limit, 1);
    const { fingerprint, digest } = await readFingerprint(path, parseSeed(values.seed));
    if (values.notation) {
      const { firstActions } = await import('../../fingerprint/firstActions.ts');
      const { printFingerprint } = await import('../../fingerprint/textCodec.ts');
      const shown = limit === undefined ? fingerprint : firstActions(fingerprint, limit);
      const notation = printFingerprint(shown).trimEnd();
      return { json: { fingerprint: fingerprint.name, digest, notation }, text: () => notation };
    }
    const { summarizeFingerprint } = await import('../../fingerprint/summary.ts');
    const { formatCount } = await import('../../report/table.ts');
    const summary = summarizeFingerprint(fingerprint);
    const { name, pageSizeBytes, backing, origin } = fingerprint;
    return {
      json: { fingerprint: name, ...summary, digest, pageSizeBytes, backing, origin },
      text: () =>
        formatFields([
          ['fingerprint', name],
          ['sequences', formatCount(summary.sequences)],
          ['actions', formatCount(summary.actions)],
          ['references', formatCount(summary.references)],
          ['reads', formatCount(summary.reads)],
          ['writes', formatCount(summary.writes)],
          ['pages', formatCount(summary.pages)],
          [
            'shared pages',
            summary.sharedPages === null
              ? 'unknown: it has maps'
              : formatCount(summary.sharedPages),
          ],
          ['page size', `${formatCount(pageSizeBytes)} bytes`],
          ['backing', backing],
          ['digest', digest],
          ...Object.entries(origin),
        ]),
    };
  },
});
