// The types there are, as operators name them.
import { DETECTORS } from './detectors/all.ts';

export const TYPES: readonly string[] = [...new Set(DETECTORS.map(({ type }) => type))].sort();

/** Countries of which some detector knows numbers, as operators enable them. */
export const LOCALES: readonly string[] = [
  ...new Set(DETECTORS.flatMap(({ countries = [] }) => countries)),
].sort();

const SECRETS = new Set(DETECTORS.filter(({ kind }) => kind === 'secret').map(({ type }) => type));

/** Whether what has this label opens something: such may be kept from leaving. */
export function isSecretType(type: string): boolean {
  return SECRETS.has(type);
}
