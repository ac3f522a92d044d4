// A checked config as text and back, so that a function carries it without a parser.
import type { Config } from './model.ts';

export function packConfig(config: Config): string {
  return JSON.stringify(config);
}

/**
 * Plain data without prototypes, frozen: an agent called `constructor` must not be found where there is none,
 * and what was checked stays as it was checked.
 */
export function unpackConfig(text: string): Config {
  return JSON.parse(text, (_key, value: unknown) => {
    if (value === null || typeof value !== 'object') return value;
    return Object.freeze(Array.isArray(value) ? value : Object.assign(Object.create(null), value));
  });
}
