// What operators write about masking, in broker.yaml and in a target's file, and what becomes of the two.
import { ACTIONS, type Action } from '../model.ts';
import type { MaskingRules, PatternRule } from '../rules.ts';

export interface PatternSettings {
  readonly type: string;
  readonly match: string;
  readonly action?: Action;
  readonly ignoreCase?: boolean;
}

export interface MaskingSettings {
  readonly detectors?: Readonly<Record<string, Action | 'off'>>;
  readonly columns?: Readonly<Record<string, Action>>;
  readonly paths?: Readonly<Record<string, Action>>;
  readonly keys?: Readonly<Record<string, Action>>;
  readonly patterns?: readonly PatternSettings[];
  readonly allow?: readonly string[];
  readonly locales?: readonly string[];
  readonly requests?: { readonly secrets: 'refuse' | 'allow' };
}

type Table<Value> = Readonly<Record<string, Value>>;

/** What is said later holds. Without a prototype: documents have keys of any name. */
function laid<Value>(
  tables: readonly (Table<Value> | undefined)[],
  plain = (name: string) => name,
): Table<Value> {
  const merged: Record<string, Value> = Object.create(null);
  for (const table of tables) {
    for (const [name, value] of Object.entries(table ?? {})) merged[plain(name)] = value;
  }
  return merged;
}

const isAction = (said: Action | 'off' | undefined): said is Action =>
  ACTIONS.some((action) => action === said);

/** A pattern's label has one action: a target's word on it counts before the broker's, a pattern's before a detector's. */
function actionOf(type: string, layers: readonly MaskingSettings[]): Action {
  for (const { patterns = [], detectors = {} } of layers) {
    const own = patterns.find((pattern) => pattern.type === type && pattern.action !== undefined)?.action;
    const said = own ?? (Object.hasOwn(detectors, type) ? detectors[type] : undefined);
    if (isAction(said)) return said;
  }
  return 'redact';
}

/** Without those of the broker whose type the target switched off. */
function patternsOf(broker: MaskingSettings, target: MaskingSettings): readonly PatternRule[] {
  const isOff = (type: string) =>
    target.detectors !== undefined &&
    Object.hasOwn(target.detectors, type) &&
    target.detectors[type] === 'off';
  const patterns = [
    ...(target.patterns ?? []),
    ...(broker.patterns ?? []).filter(({ type }) => !isOff(type)),
  ];
  return patterns.map(({ type, match, ignoreCase = false }) => ({
    type,
    match,
    ignoreCase,
    action: actionOf(type, [target, broker]),
  }));
}

/** The broker's, with a target's own laid over them: one name at a time. */
export function mergeRules(broker: MaskingSettings = {}, target: MaskingSettings = {}): MaskingRules {
  const both = [broker, target];
  return {
    detectors: laid(both.map(({ detectors }) => detectors)),
    columns: laid(
      both.map(({ columns }) => columns),
      (name) => name.toLowerCase(),
    ),
    paths: laid(both.map(({ paths }) => paths)),
    keys: laid(
      both.map(({ keys }) => keys),
      (name) => name.toLowerCase(),
    ),
    patterns: patternsOf(broker, target),
    allow: [...new Set(both.flatMap(({ allow = [] }) => allow))],
    locales: target.locales ?? broker.locales ?? [],
    refuseSecrets: (target.requests ?? broker.requests)?.secrets === 'refuse',
  };
}
