/** The policies there are. */
import type { PolicyCost } from '../../engine/policy.ts';
import { defineCommand } from '../command.ts';
import { optionsText } from '../fields.ts';

export const policies = defineCommand({
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
      cost: spec.cost ?? null,
    }));
    return {
      json: { policies: list },
      text: () =>
        formatTable(
          [
            { title: 'id', align: 'left' },
            { title: 'title', align: 'left' },
            { title: 'observes', align: 'left' },
            { title: 'bytes/frame', align: 'right' },
            { title: 'remembers', align: 'left' },
            { title: 'work a reference', align: 'left' },
            { title: 'work an eviction', align: 'left' },
            { title: 'source', align: 'left' },
            { title: 'options', align: 'left' },
          ],
          list.map((row) => [
            row.id,
            row.title,
            row.observes,
            row.cost === null ? '' : `${row.cost.bytesPerFrame}`,
            rememberedText(row.cost),
            row.cost?.perReference ?? '',
            row.cost?.perEviction ?? '',
            row.source,
            optionsText(row.options),
          ]),
        ),
    };
  },
});

/** The history it keeps of pages that have left: how many for each frame, and their bytes. */
function rememberedText(cost: PolicyCost | null): string {
  if (cost?.bytesPerGhost === undefined) return '';
  const many = cost.ghostsPerFrame === undefined ? '' : `${cost.ghostsPerFrame} a frame, `;
  return `${many}${cost.bytesPerGhost} bytes each`;
}
