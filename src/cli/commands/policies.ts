/** The policies there are. */
import { defineCommand } from '../command.ts';
import { optionsText } from '../fields.ts';

export const policies = defineCommand({
  name: 'policies',
  title: 'List the replacement policies, what they observe and where they are from',
  options: {},
  example: 'policies',
  async run() {
    const { loadPolicies } = await import('../../node/policyCatalog.ts');
    const { formatTable } = await import('../../report/table.ts');
    const list = [...(await loadPolicies()).values()].map((spec) => ({
      id: spec.id,
      title: spec.title,
      observes: spec.observes,
      options: spec.defaults,
      source: spec.source,
    }));
    return {
      json: { policies: list },
      text: () =>
        formatTable(
          [
            { title: 'id', align: 'left' },
            { title: 'title', align: 'left' },
            { title: 'observes', align: 'left' },
            { title: 'options', align: 'left' },
            { title: 'source', align: 'left' },
          ],
          list.map((row) => [
            row.id,
            row.title,
            row.observes,
            optionsText(row.options),
            row.source,
          ]),
        ),
    };
  },
});
