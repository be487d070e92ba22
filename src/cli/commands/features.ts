/** The features there are. */
import { defineCommand } from '../command.ts';

export const features = defineCommand({
  options: {},
  example: 'features',
  async run() {
    const { readFeatureCatalog } = await import('../../node/featureCatalog.ts');
    const { formatTable } = await import('../../report/table.ts');
    const list = (await readFeatureCatalog()).map(
      ({ id, title, unit, observes, scale, bytesPerPage }) => ({
        id,
        title,
        unit,
        observes,
        scale,
        bytesPerPage,
      }),
    );
    return {
      json: { features: list },
      text: () =>
        formatTable(
          [
            { title: 'id', align: 'left' },
            { title: 'title', align: 'left' },
            { title: 'unit', align: 'left' },
            { title: 'observes', align: 'left' },
            { title: 'scale', align: 'left' },
            { title: 'bytes/page', align: 'right' },
          ],
          list.map((row) => [
            row.id,
            row.title,
            row.unit,
            row.observes,
            row.scale,
            `${row.bytesPerPage}`,
          ]),
        ),
    };
  },
});
