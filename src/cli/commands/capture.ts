/** Running programs to fingerprints. */
import { InputError } from '../../support/assert.ts';
import { defineCommand } from '../command.ts';
import { formatFields } from '../fields.ts';
import { printNote } from '../output.ts';
import { parseWhole } from '../sharedOptions.ts';

export const capture = defineCommand({
  operand: { name: 'program', describe: 'and its arguments, behind --', many: true },
  options: {
    output: {
      kind: 'text',
      alias: 'o',
      describe: 'fingerprint to write; in the notation when it ends in .txt',
      required: true,
    },
    method: {
      kind: 'text',
      describe: 'valgrind (our own tool), lackey (slow, lossy), or auto: the best that works here',
      default: 'auto',
    },
    filter: {
      kind: 'text',
      describe: 'leave out what LRU and MIN with so many frames do not miss; 1: only repeats',
      default: '16',
    },
    reduce: {
      kind: 'text',
      describe:
        'the same once more with more frames, in the order of the replay of all sequences; ' +
        '0: nothing',
      default: '0',
    },
    epoch: {
      kind: 'text',
      describe: 'instructions after which the filter is emptied; 0: only when the program waits',
      default: '0',
    },
    'max-instructions': {
      kind: 'text',
      describe: 'a process is ended after so many; 0: never (default: lackey 50000000, else 0)',
    },
    signatures: {
      kind: 'flag',
      describe: 'with each reference to data, a hash of the instruction that made it',
      default: false,
    },
    'ns-per-instruction': {
      kind: 'text',
      describe: 'how long an instruction takes, for sleeps',
      default: '0.25',
    },
    name: { kind: 'text', describe: 'of the fingerprint (default: of the program)' },
  },
  example: 'capture -o ls.evfp -- ls -l /',
  details:
    'What the program prints goes to standard error. A filter of K pages makes the fingerprint ' +
    'right for memories of 4 K frames a running sequence and more, --reduce k for 4 k and more (a ' +
    'lone sequence under LRU and MIN for K and k); ' +
    'smaller ones are refused. ' +
    '`evictlab doctor` says which methods work here.',
  async run(values, command) {
    const startMs = performance.now();
    const { captureProgram } = await import('../../capture/captureProgram.ts');
    const { writeFingerprint } = await import('../../node/fingerprintFile.ts');
    const { summarizeFingerprint } = await import('../../fingerprint/summary.ts');
    const { formatCount } = await import('../../report/table.ts');
    const max = values['max-instructions'];
    const { fingerprint, method, instructions, exit } = await captureProgram(
      {
        name: values.name ?? nameOf(command[0]),
        command,
        filterPages: parseFilter(values.filter),
        reduceFor: parseWhole('--reduce', values.reduce, 0),
        epochInstructions: parseWhole('--epoch', values.epoch, 0),
        instructionsMax: max === undefined ? undefined : parseWhole('--max-instructions', max, 0),
        signatures: values.signatures,
        nsPerInstruction: parseNs(values['ns-per-instruction']),
      },
      values.method,
      printNote,
    );
    if (exit !== 0) printNote(`${command[0]} ended with ${exit}; what it did is captured`);
    const { digest, bytes } = await writeFingerprint(values.output, fingerprint);
    const { sequences, actions, references, pages } = summarizeFingerprint(fingerprint);
    const elapsedMs = Math.round(performance.now() - startMs);
    const framesMin = fingerprint.filter?.framesMin ?? 1;
    return {
      json: {
        fingerprint: fingerprint.name,
        output: values.output,
        bytes,
        digest,
        method,
        exit,
        sequences,
        actions,
        references,
        pages,
        instructions,
        framesMin,
        elapsedMs,
      },
      text: () =>
        formatFields([
          ['fingerprint', fingerprint.name],
          ['method', method],
          ['sequences', formatCount(sequences)],
          ['actions', formatCount(actions)],
          ['references', formatCount(references)],
          ['pages', formatCount(pages)],
          ['instructions', formatCount(instructions)],
          ['right from', `${formatCount(framesMin)} frames`],
          ['digest', digest],
          ['written', `${values.output} (${formatCount(bytes)} bytes)`],
        ]),
    };
  },
});

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1) || 'program';
}

/** The tool keeps at most so many. */
const FILTER_PAGES_MAX = 4096;

function parseFilter(text: string): number {
  const pages = parseWhole('--filter', text, 1);
  if (pages > FILTER_PAGES_MAX) {
    throw new InputError(
      `--filter ${text}: more than ${FILTER_PAGES_MAX} pages`,
      'a filter is for memories of four times as many frames',
    );
  }
  return pages;
}

function parseNs(text: string): number {
  const ns = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || ns <= 0 || ns > 1e6) {
    throw new InputError(
      `--ns-per-instruction ${text}: not a time`,
      'give a number greater than 0, such as 0.25',
    );
  }
  return ns;
}
