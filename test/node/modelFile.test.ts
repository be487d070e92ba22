import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../src/node/modelFile.ts';
import { inputErrorOf } from '../support/inputErrors.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const bundled = resolve(import.meta.dirname, '../../models/least-squares.json');
const path = join(temporaryFolder(), 'model.json');

/** The message that refuses the bundled model with these fields in place of its own. */
function refusalOf(changes: object): Promise<string> {
  const model = JSON.parse(readFileSync(bundled, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...model, ...changes }));
  return inputErrorOf(readModel(path));
}

describe('a model file', () => {
  it('that comes with the program is accepted, and names its fingerprints', async () => {
    expect((await readModel(bundled)).provenance.fingerprints.length).toBeGreaterThan(0);
  });

  it('is refused, by name, when its learner or an option of it is not known', async () => {
    expect(await refusalOf({ learner: 'oracle' })).toBe(
      `${path}: the model is not valid: learner "oracle" is not known`,
    );
    expect(await refusalOf({ options: { rigde: 1 } })).toBe(
      `${path}: the model is not valid: options.rigde is not known`,
    );
  });
});
