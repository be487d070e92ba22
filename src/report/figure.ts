/** A picture with what is said of it, and the numbers it shows. */

/** One column a name; all columns of a table are equally long. Null: no such value. */
export interface DataColumn {
  readonly name: string;
  readonly values: readonly string[] | readonly (number | null)[];
}

export interface Figure {
  /** Name of its files: lower case with dashes. */
  readonly id: string;
  readonly title: string;
  /** How to read it: a sentence or two. */
  readonly caption: string;
  /** A whole SVG document: it stands alone as a file and in the middle of HTML. */
  readonly svg: string;
  /** What is drawn, a row a mark. */
  readonly data: readonly DataColumn[];
}
