// Makes a masker of rules and keys.
import type { Json } from '../shared/json.ts';
import { createWrite, severityOf } from './actions.ts';
import { DETECTORS } from './detectors/all.ts';
import type { Masker } from './masker.ts';
import { type Action, count, type Tally } from './model.ts';
import type { MaskingRules, PseudonymKeys } from './rules.ts';
import { createFinder } from './scan/finder.ts';

export function createMasker(rules: MaskingRules, keys: PseudonymKeys): Masker {
  const actionOf = (type: string): Action => {
    const action = rules.detectors[type];
    return action === undefined || action === 'off' ? 'redact' : action;
  };
  const finder = createFinder({
    detectors: DETECTORS.filter(
      ({ type }) => rules.detectors[type] !== 'off' && rules.detectors[type] !== 'keep',
    ),
    locales: rules.locales,
    severity: (type) => severityOf(actionOf(type)),
  });
  const write = createWrite(keys);
  const text = (given: string, tally?: Tally, name?: string) => {
    const spans = finder.find(given, name === undefined ? undefined : finder.names.lookUp(name));
    if (spans.length === 0) return given;
    let out = '';
    let at = 0;
    for (const { type, start, end } of spans) {
      out += given.slice(at, start) + write(type, actionOf(type), given.slice(start, end));
      count(tally, type);
      at = end;
    }
    return out + given.slice(at);
  };
  const value = (given: Json, tally?: Tally, name?: string): Json => {
    if (typeof given === 'string') return text(given, tally, name);
    if (typeof given === 'number') {
      const masked = text(String(given), tally, name);
      return masked === String(given) ? given : masked;
    }
    if (Array.isArray(given)) return given.map((one) => value(one, tally, name));
    if (given === null || typeof given !== 'object') return given;
    return Object.fromEntries(
      Object.entries(given).map(([key, one]) => [key, value(one as Json, tally, key)]),
    );
  };
  return {
    find: (given) => finder.find(given),
    text: (given, tally) => text(given, tally),
    value: (given, tally) => value(given, tally),
    rows: (columns, rows, tally) =>
      rows.map((row) => row.map((one, index) => value(one, tally, columns[index]))),
    headers: (headers, tally) => headers.map(([name, one]) => [name, text(one, tally, name)] as const),
    url: (url, tally) => text(url, tally),
    stream: (_, tally) => {
      let held = '';
      return {
        push(part) {
          held += part;
          return '';
        },
        end: () => text(held, tally),
      };
    },
  };
}
