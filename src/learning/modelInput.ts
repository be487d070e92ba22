/** The columns a model reads, as its file names them. */
import {
  FEATURE_SCALES,
  FEATURE_UNITS,
  type FeatureScale,
  type FeatureUnit,
} from '../dataset/feature.ts';
import { fieldsOf, list, number, oneOf, positive, text, wrong } from './modelFields.ts';

/** A feature as it was when the model was fitted. */
export interface ModelInput {
  readonly id: string;
  readonly unit: FeatureUnit;
  readonly scale: FeatureScale;
}

/** Enters as (scaled value − mean) ÷ deviation. */
export interface StandardInput extends ModelInput {
  /** Of the scaled values it was fitted on; the deviation is never 0. */
  readonly mean: number;
  readonly deviation: number;
}

const INPUT = ['id', 'unit', 'scale'] as const;

export function inputOf({ id, unit, scale }: ModelInput): ModelInput {
  return { id, unit, scale };
}

/** At least one feature, and each once; `more` checks the fields that a kind has besides. */
export function inputsFrom<T extends object, const Name extends string>(
  value: unknown,
  names: readonly Name[],
  more: (fields: Readonly<Record<Name, unknown>>, where: string) => T,
): readonly (ModelInput & T)[] {
  const inputs = list(value, 'features', (item, where) => {
    const fields = fieldsOf(item, where, [...INPUT, ...names]);
    return {
      id: text(fields.id, `${where}.id`),
      unit: oneOf(fields.unit, `${where}.unit`, FEATURE_UNITS),
      scale: oneOf(fields.scale, `${where}.scale`, FEATURE_SCALES),
      ...more(fields, where),
    };
  });
  if (inputs.length === 0) throw wrong('features', 'is empty');
  for (const [i, { id }] of inputs.entries()) {
    if (inputs.findIndex((input) => input.id === id) < i) {
      throw wrong(`features[${i}].id`, `is "${id}" a second time`);
    }
  }
  return inputs;
}

export function standardFields(
  fields: Readonly<Record<'mean' | 'deviation', unknown>>,
  where: string,
): { readonly mean: number; readonly deviation: number } {
  return {
    mean: number(fields.mean, `${where}.mean`),
    deviation: positive(fields.deviation, `${where}.deviation`),
  };
}
