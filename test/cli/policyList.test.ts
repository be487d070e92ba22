import { describe, expect, it } from 'vitest';
import { splitPolicies } from '../../src/cli/policyList.ts';

describe('splitPolicies', () => {
  it('parts policies at commas', () => {
    expect(splitPolicies(['lru,clock,min'])).toEqual(['lru', 'clock', 'min']);
  });

  it('keeps the options of a policy with it', () => {
    expect(splitPolicies(['lru,aging:interval=1000,shift=2,clock'])).toEqual([
      'lru',
      'aging:interval=1000,shift=2',
      'clock',
    ]);
  });

  it('begins a new policy at a part with a colon before its first =', () => {
    expect(splitPolicies(['aging:interval=1,nru:interval=2,model:a=b.json'])).toEqual([
      'aging:interval=1',
      'nru:interval=2',
      'model:a=b.json',
    ]);
  });

  it('keeps the order of a repeated option, and never joins over it', () => {
    expect(splitPolicies(['lru', 'x=1', 'clock,fifo'])).toEqual(['lru', 'x=1', 'clock', 'fifo']);
  });

  it('keeps empty parts, for the catalog to refuse', () => {
    expect(splitPolicies(['lru,,clock'])).toEqual(['lru', '', 'clock']);
  });
});
