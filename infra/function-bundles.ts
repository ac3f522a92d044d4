// Where the functions' code comes from: bundled from the sources in a checkout, ready-made in the package.
import type { FunctionName } from './functions.ts';

export interface FunctionBundles {
  /** A directory that is there wherever the function's code can be had. */
  sourceOf(name: FunctionName): string;
  /** Lays a function's code out as Lambda will find it. */
  writeTo(name: FunctionName, directory: string): void;
}

/** Of the ready-made bundles: which files each of them takes from elsewhere, by the function's name. */
export const COMPANIONS_FILE = 'companions.json';
