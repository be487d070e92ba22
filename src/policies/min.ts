/** MIN as a policy of the catalog; the idea and the code are in ../optimal/min.ts. */
export { min as policy } from '../optimal/min.ts';
