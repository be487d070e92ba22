/** The learners there are. */
import { defineCommand } from '../command.ts';
import { optionsText } from '../fields.ts';

export const learners = defineCommand({
  options: {},
  example: 'learners',
  async run() {
    const { readLearnerCatalog } = await import('../../node/learnerCatalog.ts');
    const { formatTable } = await import('../../report/table.ts');
    const list = (await readLearnerCatalog()).map(({ id, title, source, defaults }) => ({
      id,
      title,
      options: defaults,
      source,
    }));
    return {
      json: { learners: list },
      text: () =>
        formatTable(
          [
            { title: 'id', align: 'left' },
            { title: 'title', align: 'left' },
            { title: 'options', align: 'left' },
            { title: 'source', align: 'left' },
          ],
          list.map((row) => [row.id, row.title, optionsText(row.options), row.source]),
        ),
    };
  },
});
