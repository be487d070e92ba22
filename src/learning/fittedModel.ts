/** The last step of every learner: a model whose agreement with MIN is counted. */
import { agreementWithMin } from './agreement.ts';
import type { DecisionSource } from './learner.ts';
import type { ModelFit, ModelHead, ModelOf, ModelPart } from './model.ts';

/** A pass over the decisions counts how often the model chooses as MIN does. */
export async function finishModel<Part extends ModelPart>(
  head: Pick<ModelHead, 'learner' | 'options' | 'target' | 'provenance'>,
  part: Part,
  fit: Omit<ModelFit, 'victimAgreement'>,
  decisions: DecisionSource,
): Promise<ModelOf<Part>> {
  const whole: ModelHead = {
    format: 'evictlab-model',
    version: 1,
    ...head,
    fit: { ...fit, victimAgreement: 0 },
  };
  const model = { ...whole, ...part };
  const victimAgreement = await agreementWithMin(model, decisions);
  return { ...model, fit: { ...fit, victimAgreement } };
}
