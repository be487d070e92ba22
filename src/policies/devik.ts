/** devik's rule as a policy of the catalog; the idea and the code are in ../optimal/devik.ts. */
export { devik as policy } from '../optimal/devik.ts';
