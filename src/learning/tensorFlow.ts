/*
 * The one file that loads TensorFlow.js, and only when a model is trained by it: native where
 * @tensorflow/tfjs-node is installed and its library was built, else WebAssembly. None of it is
 * needed to evict.
 *
 * tfjs-node is no dependency: it fetches TensorFlow's own library when it is installed, which takes
 * long where that is not to be had. Installed without its library it throws an error of no code, so
 * any failure means that it is not there. Its last version fails on Node 23 and later.
 */
import { EnvironmentError } from '../support/assert.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-core');

const NATIVE_PACKAGE = '@tensorflow/tfjs-node';
/** The name under which tfjs-node registers itself. */
const NATIVE_BACKEND = 'tensorflow';

/** `loadNative` is tried first; it registers the native backend or throws. */
export async function openTensorFlow(
  loadNative: () => Promise<unknown> = () => import(NATIVE_PACKAGE),
): Promise<TensorFlow> {
  let tf: TensorFlow;
  try {
    tf = await import('@tensorflow/tfjs-core');
    // It brings the gradients, and a WebAssembly machine to run on.
    await import('@tensorflow/tfjs-layers');
    await import('@tensorflow/tfjs-backend-wasm');
  } catch {
    throw new EnvironmentError(
      'TensorFlow.js is not installed: it is an optional dependency',
      'run `npm i @tensorflow/tfjs-core @tensorflow/tfjs-layers @tensorflow/tfjs-backend-wasm`',
    );
  }
  const hasNative = await loadNative().then(
    () => true,
    () => false,
  );
  if (!hasNative || !(await tf.setBackend(NATIVE_BACKEND))) await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}
