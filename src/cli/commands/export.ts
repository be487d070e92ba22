/** A fitted model as code or a formula, and what it would cost a kernel. */
import { InputError } from '../../support/assert.ts';
import { defineCommand } from '../command.ts';
import { formatFields } from '../fields.ts';

export const exportCommand = defineCommand({
  operand: { name: 'model', describe: 'file that `evictlab train` wrote' },
  options: {
    target: {
      kind: 'text',
      describe: 'c, js, or json (with --distil); absent: nothing is written',
    },
    integer: {
      kind: 'flag',
      describe: 'of --target c: without floating point',
      default: false,
    },
    output: { kind: 'text', alias: 'o', describe: 'file to write' },
    decisions: {
      kind: 'list',
      describe: 'labelled decisions to measure partial effects and agreement on; several times',
    },
    distil: { kind: 'text', describe: 'put so many terms in its place; needs --decisions' },
  },
  example: 'export zipf.json --target c -o zipf.c',
  details: `The C file needs nothing but the C library; compiled with -DEVICTLAB_HARNESS it answers \
decisions from its standard input. With --integer its weights are of eight bits and a sign, its \
logarithms shifts; linear and additive models have such a form. The JavaScript module imports \
nothing, and is a policy for --policy ./FILE.mjs when all features can be read from the frame \
table.`,
  async run(values, [path]) {
    const { EXPORT_TARGETS, exportModel } = await import('../../node/exportModel.ts');
    const { short } = await import('../../learning/export/formula.ts');
    const target = EXPORT_TARGETS.find((one) => one === values.target);
    if (values.target !== undefined && target === undefined) {
      throw new InputError(
        `export: there is no target "${values.target}"`,
        `one of: ${EXPORT_TARGETS.join(' ')}`,
      );
    }
    if ((target === undefined) !== (values.output === undefined)) {
      throw new InputError(
        'export: --target and --output belong together',
        'give both, or neither to be told the formula and the cost',
      );
    }
    if (values.integer && target !== 'c') {
      throw new InputError('export: --integer is of C', 'add --target c, or leave it out');
    }
    const distilTerms = parseTerms(values.distil);
    if (distilTerms !== undefined && values.decisions.length === 0) {
      throw new InputError('export: --distil needs decisions', 'add --decisions FILE');
    }
    const report = await exportModel({
      model: path,
      target,
      integer: values.integer,
      output: values.output,
      decisions: values.decisions,
      distilTerms,
    });
    const { model, formula, cost, isPolicy, distilled, effects, quantised } = report;
    const features = model.features.map(({ id }) => id);
    return {
      json: {
        model: path,
        kind: model.kind,
        features,
        formula,
        cost,
        isPolicy,
        ...(target !== undefined && { target, output: values.output }),
        ...(distilled !== undefined && { distilled }),
        ...(effects !== undefined && { effects }),
        ...(quantised !== undefined && { quantised }),
      },
      text: () => {
        const { perCandidate } = cost;
        const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
        return formatFields([
          ['model', `${model.kind}, ${features.length} features, ${cost.numbers} numbers`],
          ...formula.map((line, i) => [i === 0 ? 'formula' : '', line] as const),
          [
            'a candidate',
            `${perCandidate.logarithms} logarithms, ${perCandidate.products} products, ` +
              `${perCandidate.comparisons} comparisons`,
          ],
          ['a reference', `${cost.featuresPerReference} features are updated`],
          [
            'a page',
            `${cost.bytesPerPage} bytes in memory, ${cost.bytesPerGhost} after it has left`,
          ],
          ...(effects ?? []).map(
            ({ id, values: at, effects: by }) =>
              [
                `effect of ${id}`,
                at.map((value, i) => `${short(value)}: ${by[i].toFixed(2)}`).join(', '),
              ] as const,
          ),
          ...(distilled === undefined
            ? []
            : ([
                [
                  'distilled',
                  `chooses as the model in ${percent(distilled.agreement)} of decisions`,
                ],
              ] as const)),
          ...(quantised === undefined
            ? []
            : ([
                [
                  'in integers',
                  `${quantised.bytes} bytes, off by ${quantised.rms.toFixed(3)}, ` +
                    `same choice in ${percent(quantised.agreement)} of decisions`,
                ],
              ] as const)),
          ...(values.output === undefined ? [] : ([['written', values.output]] as const)),
        ]);
      },
    };
  },
});

function parseTerms(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InputError(`export: --distil ${text} is no number of terms`, 'give 1 or more');
}
