import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Memory } from '../../src/engine/memory.ts';
import { replay } from '../../src/engine/replay.ts';
import { loadPolicies, resolvePolicy } from '../../src/node/policyCatalog.ts';
import { InputError } from '../../src/support/assert.ts';
import { Random } from '../../src/support/random.ts';
import { references } from '../support/references.ts';

const folder = mkdtempSync(join(tmpdir(), 'evictlab-policies-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a module beside the others and returns its path. */
function moduleFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const METHODS = 'onLoad() {}, onReference() {}, onFree() {}, onInterval() {}';
const moduleText = (fields: string): string =>
  `export const policy = { id: 'mine', title: 'Mine', source: 'me', observes: 'faults', ` +
  `defaults: { first: 0 }, create: (_, { first }) => ({ ${METHODS}, chooseVictim: () => first })` +
  `${fields} };`;

/** What resolving `text` complains about: the message and the hint. */
async function complaint(text: string): Promise<string> {
  try {
    await resolvePolicy(text);
  } catch (error) {
    if (error instanceof InputError) return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

describe('the catalog', () => {
  it('finds each of its policies by the id', async () => {
    for (const [id, spec] of await loadPolicies()) {
      expect((await resolvePolicy(id)).spec).toBe(spec);
    }
  });

  it('lists the classics in order of id', async () => {
    const ids = [...(await loadPolicies()).keys()];
    expect(ids).toEqual([...ids].sort());
    expect(ids).toEqual(
      expect.arrayContaining(['aging', 'clock', 'fifo', 'lfu', 'lru', 'mru', 'nru', 'random']),
    );
  });
});

describe('a policy is found by', () => {
  it('its id', async () => {
    const { spec, options, label } = await resolvePolicy('second-chance');
    expect([spec.id, options, label]).toEqual(['second-chance', {}, 'second-chance']);
  });

  it('its id with options', async () => {
    const { spec, options, label } = await resolvePolicy('aging:interval=1e3');
    expect([spec.id, options, label]).toEqual(['aging', { interval: 1000 }, 'aging:interval=1e3']);
  });

  it('the path of a module, which then replays, with options', async () => {
    const path = moduleFile('mine.mjs', moduleText(''));
    const near = relative(process.cwd(), path);
    for (const text of [`${path}:first=1`, `${near}:first=1`]) {
      const { spec, options } = await resolvePolicy(text);
      expect([spec.id, options]).toEqual(['mine', { first: 1 }]);
      const run = { policy: spec, options, frameCount: 2, seed: 1 };
      // Frame 1 is emptied each time, so that page 0 stays.
      expect(replay(references('0 1 2 3 0'), run).pageIns).toBe(4);
    }
  });

  it('the path of a module whose name has a colon and an equals sign', async () => {
    const path = moduleFile('a:b=c.mjs', moduleText(''));
    expect((await resolvePolicy(`${path}:first=1`)).options).toEqual({ first: 1 });
  });

  it('a model file, which is read by the loader given', async () => {
    const paths: string[] = [];
    const lru = (await loadPolicies()).get('lru')!;
    const load = async (path: string) => {
      paths.push(path);
      return { spec: lru };
    };
    const resolved = await resolvePolicy('model:dir/fitted.json', { model: load });
    expect([paths, resolved.spec.id]).toEqual([['dir/fitted.json'], 'lru']);
    expect(resolved.label).toBe('model:dir/fitted.json');
  });
});

describe('what is wrong is named, with what would be right', () => {
  it.each([
    ['siev', 'there is no policy "siev". did you mean sieve?'],
    ['qqqqqqqq', 'there is no policy "qqqqqqqq". list them with `evictlab policies`'],
    ['', 'there is no policy "". list them with `evictlab policies`'],
    ['lru:k=2', 'the policy "lru" has no option "k". it has none'],
    ['nru:intervals=2', 'the policy "nru" has no option "intervals". did you mean interval?'],
    ['nru:zzzzzzzz=2', 'the policy "nru" has no option "zzzzzzzz". it has interval'],
    [
      'nru:interval',
      'the policy "nru" is given "interval", which is not an option with a number. ' +
        'write it as nru:OPTION=NUMBER',
    ],
    [
      'nru:interval=often',
      'the policy "nru" is given interval="often", which is not a number. ' +
        'its default is interval=0',
    ],
    [
      'nru:interval=',
      'the policy "nru" is given interval="", which is not a number. its default is interval=0',
    ],
    [
      'nru:interval=1,interval=2',
      'the policy "nru" is given its option "interval" twice. leave one of the two out',
    ],
    ['./absent.js', 'there is no policy module at ./absent.js. check the path'],
    ['model:x.json', 'a model is no policy here. name a policy of `evictlab policies`'],
    ['plan:x.plan', 'a plan is no policy here. name a policy of `evictlab policies`'],
    ['model:', 'the policy "model:" names no file. write model:FILE'],
  ])('%s', async (text, expected) => {
    expect(await complaint(text)).toBe(expected);
  });

  it.each([
    ['syntax.mjs', 'export const policy = {', 'does not load'],
    ['nothing.mjs', 'export const other = 1;', 'exports no object named "policy"'],
    ['id.mjs', moduleText(", id: 'My Rule'"), 'needs an id like "my-rule"'],
    ['observes.mjs', moduleText(", observes: 'all'"), 'needs observes, one of faults,'],
    ['defaults.mjs', moduleText(", defaults: { a: 'b' }"), 'needs defaults, an object of numbers'],
    ['create.mjs', moduleText(', create: 1'), 'needs create, a function'],
    ['interval.mjs', moduleText(', interval: 100'), 'has an interval, no function'],
  ])('a module %s', async (name, text, expected) => {
    const path = moduleFile(name, text);
    const message = await complaint(path);
    expect(message).toContain(path);
    expect(message).toContain(expected);
  });

  it('a module whose policy has no chooseVictim, when a run begins', async () => {
    const path = moduleFile('methods.mjs', moduleText(`, create: () => ({ ${METHODS} })`));
    const { spec } = await resolvePolicy(path);
    const run = { policy: spec, frameCount: 2, seed: 1 };
    expect(() => replay(references('0 1 2'), run)).toThrow(/without the method chooseVictim/);
  });

  it.each(['-1', '99', '0.5', 'NaN', 'undefined', 'null', '1n', '({})', "'0'", 'Symbol()'])(
    'a module that chooses %s',
    async (victim) => {
      const path = moduleFile(
        `victim-${victim.length}-${victim.charCodeAt(0)}.mjs`,
        moduleText(`, create: () => ({ ${METHODS}, chooseVictim: () => ${victim} })`),
      );
      const { spec } = await resolvePolicy(path);
      const run = { policy: spec, frameCount: 2, seed: 1 };
      expect(() => replay(references('0 1 2'), run)).toThrow(InputError);
      expect(() => replay(references('0 1 2'), run)).toThrow(path);
    },
  );

  it('a module that chooses a frame without a page', async () => {
    const path = moduleFile('empty.mjs', moduleText(''));
    const { spec } = await resolvePolicy(path);
    const pages = { kinds: new Uint8Array(3) };
    const pager = new Memory(pages, 2);
    const context = {
      frames: pager.frames,
      pageCount: 3,
      random: new Random(1),
      nextUse: undefined,
      pager,
      pages,
      sequenceAt: () => 0,
      signatureAt: () => 0,
      writeAt: () => 0,
    };
    const policy = spec.create(context, { first: 0 });
    expect(() => policy.chooseVictim(2, 0)).toThrow(/chooses 0 at reference 0, no frame with/);
  });

  it.each(['create', 'onLoad', 'onReference', 'chooseVictim', 'onFree', 'onInterval', 'interval'])(
    'a module that throws in %s',
    async (method) => {
      const thrower = `${method}() { throw new TypeError('thrown'); }`;
      const isOfSpec = method === 'create' || method === 'interval';
      const fields = isOfSpec
        ? `, ${thrower}`
        : `, create: () => ({ ${METHODS}, chooseVictim: () => 0, ${thrower} })`;
      const path = moduleFile(
        `throws-${method}.mjs`,
        moduleText(`, observes: 'every-reference', interval: () => 2${fields}`),
      );
      const { spec } = await resolvePolicy(path);
      const run = { policy: spec, frameCount: 2, seed: 1 };
      expect(() => replay(references('0 1 1 2 3'), run)).toThrow(InputError);
      expect(() => replay(references('0 1 1 2 3'), run)).toThrow(
        `the policy module ${path} throws in ${method}: TypeError: thrown`,
      );
    },
  );

  it.each(['0.5', '-1', 'NaN', "'2'"])('a module with an interval of %s', async (interval) => {
    const path = moduleFile(
      `every-${interval.length}-${interval.charCodeAt(0)}.mjs`,
      moduleText(`, interval: () => ${interval}`),
    );
    const { spec } = await resolvePolicy(path);
    const run = { policy: spec, frameCount: 2, seed: 1 };
    expect(() => replay(references('0 1 2'), run)).toThrow(InputError);
    expect(() => replay(references('0 1 2'), run)).toThrow(/has an interval of/);
  });

  it.each(['nru:interval=-1', 'aging:interval=1.5'])('%s, when a run begins', async (text) => {
    const { spec, options } = await resolvePolicy(text);
    const run = { policy: spec, options, frameCount: 2, seed: 1 };
    expect(() => replay(references('0 1 2'), run)).toThrow(InputError);
  });
});
