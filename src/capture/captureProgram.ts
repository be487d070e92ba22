/** A fingerprint of a running program, by the method asked for or the best that works here. */
import { EnvironmentError, InputError } from '../support/assert.ts';
import { type Captured, type CaptureOptions, captureWithValgrind } from './capture.ts';
import { examine, type Method } from './doctor.ts';
import { captureWithLackey, LACKEY_INSTRUCTIONS_MAX } from './lackey.ts';

export interface CaptureRequest extends Omit<CaptureOptions, 'instructionsMax'> {
  /** Undefined: as is usual for the method. */
  readonly instructionsMax: number | undefined;
}

/** `method`: a word of the user's; `note` is told what the user should know beforehand. */
export async function captureProgram(
  request: CaptureRequest,
  method: string,
  note: (text: string) => void,
): Promise<Captured & { readonly method: Method['id'] }> {
  const chosen = chooseMethod(method);
  if (chosen === 'valgrind') {
    const instructionsMax = request.instructionsMax ?? 0;
    return { ...(await captureWithValgrind({ ...request, instructionsMax })), method: chosen };
  }
  const instructionsMax = request.instructionsMax ?? LACKEY_INSTRUCTIONS_MAX;
  note(
    'method lackey: about 2,000 times slower than the program itself, 22 bytes of log an ' +
      `instruction; it ends after ${instructionsMax.toLocaleString('en')} instructions`,
  );
  return { ...(await captureWithLackey({ ...request, instructionsMax })), method: chosen };
}

function chooseMethod(word: string): Method['id'] {
  const methods = examine();
  if (word !== 'auto') {
    const method = methods.find(({ id }) => id === word);
    if (method !== undefined) return method.id;
    throw new InputError(
      `--method ${word} is not known`,
      `one of: auto ${methods.map(({ id }) => id).join(' ')}`,
    );
  }
  const method = methods.find(({ works }) => works);
  if (method !== undefined) return method.id;
  const missing = methods.at(-1)?.facilities.find(({ isThere }) => !isThere);
  throw new EnvironmentError(
    `capture: no method works here: ${missing?.detail}.`,
    missing?.remedy ?? 'see `evictlab doctor`',
  );
}
