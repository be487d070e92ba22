/** Labelled decisions to a fitted model. */
import { InputError } from '../../support/assert.ts';
import { defineCommand } from '../command.ts';
import { formatFields } from '../fields.ts';

export const train = defineCommand({
  operand: { name: 'decisions', describe: 'files that `evictlab label` wrote', many: true },
  options: {
    learner: { kind: 'text', describe: 'id, see `evictlab learners`', default: 'least-squares' },
    output: { kind: 'text', alias: 'o', describe: 'model to write, JSON', required: true },
    option: { kind: 'list', describe: "NAME=VALUE, one of the learner's options; several times" },
    features: { kind: 'text', describe: 'ids, separated by commas (default all in the files)' },
    family: {
      kind: 'list',
      describe: 'NAME=FAMILY: fingerprints never parted when settings are chosen; several times',
    },
    import: {
      kind: 'text',
      describe: 'instead of a learner: trees that XGBoost (JSON) or LightGBM (text) fitted to them',
    },
  },
  example: 'train zipf.parquet --learner least-squares -o zipf.json',
  async run(values, inputs) {
    const startMs = performance.now();
    const options = parseOptions(values.option);
    const { trainFiles } = await import('../../node/trainFiles.ts');
    const { importModel } = await import('../../node/importModel.ts');
    const { formulaOf } = await import('../../learning/export/formula.ts');
    const { writeModel } = await import('../../node/modelFile.ts');
    const { formatCount } = await import('../../report/table.ts');
    const model =
      values.import === undefined
        ? await trainFiles({
            inputs,
            learner: values.learner,
            options,
            features: values.features?.split(','),
            families: parseFamilies(values.family),
          })
        : await importModel(values.import, inputs);
    await writeModel(values.output, model);
    const { learner, fit } = model;
    const features = model.features.map((feature) => feature.id);
    const elapsedMs = Math.round(performance.now() - startMs);
    return {
      json: { model: values.output, learner, features, rows: fit.rows, fit, elapsedMs },
      text: () =>
        formatFields([
          ['learner', learner],
          ['rows', formatCount(fit.rows)],
          ['decisions', formatCount(fit.decisions)],
          ['R²', fit.r2.toFixed(4)],
          ...(fit.heldOutR2 === undefined
            ? []
            : ([['R² held out', fit.heldOutR2.toFixed(4)]] as const)),
          ['chooses as MIN', `${(100 * fit.victimAgreement).toFixed(1)} % of decisions`],
          ...formulaOf(model).map((line, i) => [i === 0 ? 'formula' : '', line] as const),
          ['written', values.output],
        ]),
    };
  },
});

/** `ridge=0.1` → {ridge: 0.1}; the learner says which names there are. */
function parseOptions(texts: readonly string[]): Readonly<Record<string, number>> {
  const options = new Map<string, number>();
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    const number = Number(value);
    if (name === undefined || value.trim() === '' || !Number.isFinite(number)) {
      throw new InputError(
        `train: --option ${text} is not NAME=VALUE with a number`,
        'see `evictlab learners` for names and defaults',
      );
    }
    if (options.has(name)) {
      throw new InputError(`train: the option ${name} is given twice`, 'give it once');
    }
    options.set(name, number);
  }
  return Object.fromEntries(options);
}

/** `pyast=python` → {pyast: 'python'}. */
function parseFamilies(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, family] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      if (name !== undefined) return [name, family];
      throw new InputError(
        `train: --family ${text} is not NAME=FAMILY`,
        'name a fingerprint of the decisions and any family',
      );
    }),
  );
}
