// The types behind the expressions of policies: those of the Cedar schema, and of text what it can be at all.
import { type Config, IMPACTS, KINDS_TO_COME, type Sensitivity } from '../config/index.ts';
import { EFFECTS, HUMAN_ACTIONS, schemaOf } from './schema.ts';
import { WEEKDAYS } from './time.ts';
import type { Constraint, Facts } from './tree.ts';

/** The only words that an attribute can be. */
export interface WordList {
  /** `environment`, as in "there is no environment". */
  readonly what: string;
  readonly words: readonly string[];
  /** Where more words come from. */
  readonly more?: string;
}

export type Type =
  | { readonly kind: 'text'; readonly list?: WordList }
  | { readonly kind: 'set'; readonly element: Type | undefined }
  | { readonly kind: 'record'; readonly attributes: ReadonlyMap<string, Type> }
  /** Which of several is not known before there is a request. */
  | { readonly kind: 'entity'; readonly types: readonly string[] }
  | { readonly kind: 'other' };

/** What `principal`, `action`, `resource` and `context` are in one policy. Undefined where nothing fits its head. */
export type Scope = Readonly<Record<string, Type | undefined>>;

export interface Types {
  readonly entities: ReadonlyMap<string, ReadonlyMap<string, Type>>;
  scopeOf(facts: Facts): Scope;
}

const SENSITIVITIES: readonly Sensitivity[] = ['public', 'internal', 'confidential', 'restricted'];

function wordLists(config: Config): Readonly<Record<string, WordList>> {
  const environment: WordList = {
    what: 'environment',
    words: config.broker.environments,
    more: 'broker.yaml can name more under `environments`',
  };
  return {
    'Agent.environment': environment,
    'Target.environment': environment,
    'Target.kind': { what: 'kind of target', words: ['aws', 'http', ...KINDS_TO_COME] },
    'Target.sensitivity': { what: 'sensitivity', words: SENSITIVITIES },
    'context.impacts': { what: 'impact', words: [...IMPACTS, 'boundary'] },
    'context.time.weekday': { what: 'weekday', words: WEEKDAYS },
  };
}

/** A type, as the JSON of a schema has it. */
interface Written {
  readonly type: string;
  readonly name?: string;
  readonly element?: Written;
  readonly attributes?: Readonly<Record<string, Written>>;
}

type Lists = ReturnType<typeof wordLists>;

function attributesFrom(written: Written, path: string, lists: Lists): ReadonlyMap<string, Type> {
  const attributes = Object.entries(written.attributes ?? {});
  return new Map(attributes.map(([name, its]) => [name, typeFrom(its, `${path}.${name}`, lists)]));
}

function typeFrom(written: Written, path: string, lists: Lists): Type {
  const { type, name = '', element } = written;
  if (type === 'Record') return { kind: 'record', attributes: attributesFrom(written, path, lists) };
  if (type === 'Entity') return { kind: 'entity', types: [name] };
  if (type === 'Set') return { kind: 'set', element: element && typeFrom(element, path, lists) };
  if (type !== 'String') return { kind: 'other' };
  const list = Object.hasOwn(lists, path) ? lists[path] : undefined;
  return list === undefined ? { kind: 'text' } : { kind: 'text', list };
}

/** Who may do an action, to what. */
interface Applies {
  readonly principals: readonly string[];
  readonly resources: readonly string[];
}

const OF_AGENTS: Applies = { principals: ['Agent'], resources: ['Target'] };

function appliesTo(action: string): Applies | undefined {
  const resources = Object.hasOwn(HUMAN_ACTIONS, action) ? HUMAN_ACTIONS[action] : undefined;
  if (resources !== undefined) return { principals: ['Human'], resources };
  return action.includes(':') || EFFECTS.some((effect) => effect === action) ? OF_AGENTS : undefined;
}

const EVERY_ACTION = [...EFFECTS, ...Object.keys(HUMAN_ACTIONS)];

/** An entity type that the schema does not have is told elsewhere. */
function candidates(side: Constraint, possible: readonly string[]): Type | undefined {
  const named = side.is?.type ?? side.type;
  const types = [...new Set(possible)].filter((type) => named === undefined || type === named);
  return types.length === 0 ? undefined : { kind: 'entity', types };
}

export function typesOf(config: Config): Types {
  const schema = schemaOf(config, [])[''];
  const lists = wordLists(config);
  const types: Readonly<Record<string, unknown>> = { ...schema?.entityTypes, Action: {} };
  const entities = new Map(
    Object.entries(types).map(([name, type]) => {
      const { shape = { type: 'Record' } } = type as { readonly shape?: Written };
      return [name, attributesFrom(shape, name, lists)];
    }),
  );
  const written = schema?.commonTypes?.['CapabilityContext'] as unknown as Written;
  const ofAgents = typeFrom(written, 'context', lists);
  const ofPeople: Type = { kind: 'record', attributes: new Map() };
  return {
    entities,
    scopeOf({ principal, action, resource }) {
      const named = action.is === undefined ? action.in : [action.is];
      const given = named?.flatMap(({ id }) => appliesTo(id) ?? []) ?? [];
      // Where it names none that exists, whatever else is wrong is told all the same.
      const applied = given.length === 0 ? EVERY_ACTION.flatMap((id) => appliesTo(id) ?? []) : given;
      return {
        principal: candidates(
          principal,
          applied.flatMap(({ principals }) => principals),
        ),
        resource: candidates(
          resource,
          applied.flatMap(({ resources }) => resources),
        ),
        action: { kind: 'entity', types: ['Action'] },
        context: applied.includes(OF_AGENTS) ? ofAgents : ofPeople,
      };
    },
  };
}
