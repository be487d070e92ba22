/*
 * Lists of policies as users write them. A comma parts policies, and it parts the options of one:
 *
 *   lru,aging:interval=1000,shift=2,clock  →  lru | aging:interval=1000,shift=2 | clock
 *
 * The rule: a comma begins a new policy unless an option follows, that is, a name and `=` with no
 * `:` before it.
 */

const IS_OPTION = /^[^:=]+=/;

/** The policies of a repeatable option, in the order given. */
export function splitPolicies(texts: readonly string[]): string[] {
  const policies: string[] = [];
  for (const text of texts) {
    text.split(',').forEach((part, i) => {
      if (i > 0 && IS_OPTION.test(part)) policies.push(`${policies.pop()},${part}`);
      else policies.push(part);
    });
  }
  return policies;
}
