/*
 * Observable Plot drawn to a text: the one file that knows it, and linkedom, the document it draws
 * in where there is no browser. Both are loaded with the first picture (0.2 s).
 *
 * What comes out is the same on every machine: numbers are rounded to tenths of a pixel.
 */
import type * as Plot from '@observablehq/plot';

export type PlotLibrary = typeof Plot;

/** A piece of a picture; coordinates are its own. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** Where a value is on the vertical axis, in pixels from the top. */
  yOf(value: number): number;
}

export interface Drawer {
  readonly plot: PlotLibrary;
  draw(options: Plot.PlotOptions & { readonly width: number; readonly height: number }): Drawing;
}

export const FONT = 'font-family="Helvetica, Arial, sans-serif" font-size="11"';

export async function openDrawer(): Promise<Drawer> {
  const [plot, { parseHTML }] = await Promise.all([
    import('@observablehq/plot'),
    import('linkedom'),
  ]);
  const { document } = parseHTML('<html></html>');
  return {
    plot,
    draw(options) {
      const node = plot.plot({ ...options, document });
      const y = node.scale('y');
      // The style sheet is for pages that have none; ours says the same.
      const svg = `${node.outerHTML}`.replace(/<style>.*?<\/style>/s, '');
      return {
        svg: rounded(svg),
        width: options.width,
        height: options.height,
        yOf: (value) => Number(y?.apply(value)),
      };
    },
  };
}

/** Pieces side by side as one document; `title` and `text` are for those who cannot see it. */
export function svgDocument(
  pieces: readonly { readonly x: number; readonly y: number; readonly drawing: Drawing }[],
  { title, text }: { readonly title: string; readonly text: string },
): string {
  const width = Math.max(...pieces.map(({ x, drawing }) => x + drawing.width));
  const height = Math.max(...pieces.map(({ y, drawing }) => y + drawing.height));
  const nested = pieces.map(({ x, y, drawing }) =>
    drawing.svg.replace('<svg ', `<svg x="${x}" y="${y}" `),
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" ${FONT}>` +
    `<title>${escapeText(title)}</title><desc>${escapeText(text)}</desc>` +
    `<rect width="${width}" height="${height}" fill="#fff"/>${nested.join('')}</svg>\n`
  );
}

/** What may stand in text and attributes of HTML and SVG. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Also an element a line, so that two pictures can be compared. */
function rounded(svg: string): string {
  return svg
    .replaceAll(/-?\d+\.\d{3,}(e-\d+)?/g, (number) => `${Math.round(+number * 10) / 10}`)
    .replaceAll('><', '>\n<');
}
