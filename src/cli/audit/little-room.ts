// Keeps a long reading in little memory.
import { setFlagsFromString } from 'node:v8';

const GROWTH = '--semi-space-growth-factor';
const USUAL = 2;

/**
 * V8 gives short-lived objects more and more room the longer a process makes them, up to 200 MB on a large machine, and
 * none of a million parsed lines lives longer than a moment. The room that it begins with is enough, and no slower.
 */
export async function inLittleRoom<T>(work: () => Promise<T>): Promise<T> {
  setFlagsFromString(`${GROWTH}=1`);
  try {
    return await work();
  } finally {
    setFlagsFromString(`${GROWTH}=${USUAL}`);
  }
}
