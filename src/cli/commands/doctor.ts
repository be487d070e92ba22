/** Which methods of capture work on this machine. */
import { defineCommand } from '../command.ts';

export const doctor = defineCommand({
  options: {},
  example: 'doctor',
  async run() {
    const { examine } = await import('../../capture/doctor.ts');
    const methods = examine();
    return {
      json: { methods },
      text: () =>
        methods
          .flatMap(({ id, works, facilities }) => [
            `${id}: ${works ? 'yes' : 'no'}`,
            ...facilities.map(
              ({ id: what, isThere, detail, remedy }) =>
                `  ${isThere ? 'yes' : 'no '}  ${what}: ${detail}${remedy ? `; ${remedy}` : ''}`,
            ),
          ])
          .join('\n'),
    };
  },
});
