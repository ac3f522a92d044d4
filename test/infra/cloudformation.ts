// What a CloudFormation template comes to with given parameters: as much of its functions as the templates here use.
import { parse, type ScalarTag, type Tags } from 'yaml';

export interface CloudFormation {
  readonly Parameters?: Readonly<
    Record<string, { readonly Default?: unknown; readonly AllowedPattern?: string }>
  >;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Condition?: string; readonly Properties: unknown }>
  >;
  readonly Outputs?: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

type Values = Readonly<Record<string, unknown>>;

const FUNCTIONS = ['Not', 'Equals', 'Or', 'And', 'If', 'Select', 'Split', 'Sub', 'Join', 'GetAtt'];

/** The short forms, as in `!Sub`, in their long ones. */
const TAGS: Tags = ['Ref', 'Condition', ...FUNCTIONS.map((name) => name)].flatMap((name) => {
  const key = FUNCTIONS.includes(name) ? `Fn::${name}` : name;
  const scalar: ScalarTag = {
    tag: `!${name}`,
    resolve: (text) => ({ [key]: name === 'GetAtt' ? text.split('.') : text }),
  };
  const list = {
    tag: `!${name}`,
    collection: 'seq' as const,
    resolve: (items: { toJSON(): unknown }) => ({ [key]: items.toJSON() }),
  };
  return [scalar, list] as Tags;
});

export function parseTemplate(text: string): CloudFormation {
  return parse(text, { customTags: TAGS, version: '1.1' }) as CloudFormation;
}

const NOTHING = Symbol('AWS::NoValue');

/** Names of resources stand for themselves: `<Role>`, and `<Role.Arn>`. */
class Resolving {
  readonly #template: CloudFormation;
  readonly #values: Values;

  constructor(template: CloudFormation, values: Values) {
    this.#template = template;
    const defaults = Object.entries(template.Parameters ?? {}).map(([name, { Default }]) => [name, Default]);
    this.#values = { ...Object.fromEntries(defaults), ...values, 'AWS::NoValue': NOTHING };
  }

  holds(condition: string): boolean {
    return this.of(this.#template.Conditions?.[condition]) === true;
  }

  of(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.of(one)).filter((one) => one !== NOTHING);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, given] = ['', undefined], ...more] = Object.entries(value);
    if (more.length === 0 && /^(Ref|Condition|Fn::\w+)$/.test(name)) return this.#call(name, given);
    const entries = Object.entries(value).map(([key, one]) => [key, this.of(one)] as const);
    return Object.fromEntries(entries.filter(([, one]) => one !== NOTHING));
  }

  #call(name: string, given: unknown): unknown {
    if (name === 'Ref') return this.#ref(String(given));
    if (name === 'Condition')
      return typeof given === 'string' ? this.holds(given) : { Condition: this.of(given) };
    if (name === 'Fn::If') {
      const [condition, yes, no] = given as [string, unknown, unknown];
      return this.of(this.holds(condition) ? yes : no);
    }
    if (name === 'Fn::GetAtt') return `<${(given as string[]).join('.')}>`;
    if (name === 'Fn::Sub') return this.#substituted(given);
    const parts = this.of(given) as unknown[];
    if (name === 'Fn::Not') return parts[0] !== true;
    if (name === 'Fn::Or') return parts.includes(true);
    if (name === 'Fn::Equals') return parts[0] === parts[1];
    if (name === 'Fn::Select') return (parts[1] as unknown[])[Number(parts[0])];
    if (name === 'Fn::Split') return String(parts[1]).split(String(parts[0]));
    if (name === 'Fn::Join') return (parts[1] as unknown[]).join(String(parts[0]));
    throw new Error(`nobody here uses ${name}`);
  }

  #ref(name: string): unknown {
    if (name in this.#values) return this.#values[name];
    if (name in this.#template.Resources) return `<${name}>`;
    throw new Error(`there is no ${name}`);
  }

  #substituted(given: unknown): string {
    const [text, own] = (Array.isArray(given) ? given : [given, {}]) as [string, Values];
    return text.replace(/\$\{([^}]+)\}/g, (_, name: string) =>
      String(name in own ? this.of(own[name]) : this.#ref(name)),
    );
  }
}

export interface Resolved {
  readonly resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Values }>>;
  readonly outputs: Values;
}

export function resolved(template: CloudFormation, values: Values): Resolved {
  const resolving = new Resolving(template, values);
  const there = <One extends { readonly Condition?: string }>(all: Readonly<Record<string, One>> = {}) =>
    Object.entries(all).filter(([, { Condition }]) => Condition === undefined || resolving.holds(Condition));
  const resources = there(template.Resources).map(([name, { Type, Properties }]) => [
    name,
    { Type, Properties: resolving.of(Properties) },
  ]);
  const outputs = there(template.Outputs).map(([name, { Value }]) => [name, resolving.of(Value)]);
  return { resources: Object.fromEntries(resources), outputs: Object.fromEntries(outputs) };
}
