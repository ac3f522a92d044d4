// Requests made from a policy itself: what it means to allow, and what nearly is that.
import type { Context } from './conditions.ts';
import type { Draw } from './draw.ts';
import type { Asked, IamPolicy, IamStatement } from './evaluate.ts';
import { MOMENTS } from './random-capabilities.ts';

const FILLINGS = ['', 'a', 'b', '/', 'a/b', 'zz', '*', ':', '.', 'acme'];

/** What the broker's own variables and others have as values. */
const PRINCIPAL: Context = { 'aws:PrincipalTag/task': 'task_1', 'aws:PrincipalTag/team': 'a' };

/** An example of what the pattern matches. */
function example(draw: Draw, pattern: string): string {
  return pattern
    .replace(/\$\{([^},]*)[^}]*\}/gu, (_, name: string) =>
      String(PRINCIPAL[name] ?? draw.of(['a', '*', 'ana'])),
    )
    .replace(/[*?]/gu, (symbol) => (symbol === '*' ? draw.of(FILLINGS) : draw.of(['a', 'b', '/', '*', ':'])));
}

/** One character more, less or other. */
function mutated(draw: Draw, text: string): string {
  const at = draw.upTo(text.length);
  const put = draw.of(['a', 'b', '/', ':', '*', '?', '$', 'A', '-', '..', '${aws:username}', '\n']);
  const rest = text.slice(at + draw.upTo(1));
  return `${text.slice(0, at)}${draw.chance(70) ? put : ''}${rest}`;
}

function near(draw: Draw, text: string, misses = 30): string {
  return draw.chance(misses) ? mutated(draw, text) : text;
}

const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat();

function seconds(text: string, by: number): string {
  return `${new Date(Date.parse(text) + by * 1000).toISOString().slice(0, 19)}Z`;
}

/** Just before, at, just after the moments that policies speak of. */
function moment(draw: Draw, around: readonly string[]): string {
  const known = [...around, ...MOMENTS].filter((one) => !Number.isNaN(Date.parse(one)));
  return seconds(draw.of(known), draw.of([-1, 0, 1, -3600, 3600]));
}

const ADDRESSES = [
  '10.0.0.1',
  '10.255.255.255',
  '11.0.0.0',
  '192.0.2.1',
  '192.0.2.2',
  '2001:db8::1',
  '2001:db9::1',
];
const ENDPOINTS = ['vpce-0a1b2c3d', 'vpce-0a1b2c3e'];

function valueFor(draw: Draw, key: string, wanted: readonly string[]): string | readonly string[] {
  const name = key.toLowerCase();
  if (name === 'aws:tagkeys') {
    return Array.from({ length: draw.upTo(2) }, () => near(draw, example(draw, draw.of([...wanted, 'a']))));
  }
  if (name === 'aws:tokenissuetime') return moment(draw, wanted);
  if (name === 'aws:sourceip') return draw.of(ADDRESSES);
  if (name === 's3:max-keys') return draw.of(['0', '10', '10.5', '11']);
  if (name === 'aws:securetransport') return draw.of(['true', 'false']);
  return near(draw, example(draw, draw.of([...wanted, 'a'])));
}

/** What conditions look at: mostly what they want. */
function contextFor(
  draw: Draw,
  { Condition = {} }: IamStatement,
): Record<string, string | readonly string[]> {
  const context: Record<string, string | readonly string[]> = {};
  for (const keys of Object.values(Condition)) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (draw.chance(85)) context[key.toLowerCase()] = valueFor(draw, key, list(wanted));
    }
  }
  return context;
}

function placeOf(draw: Draw): Context {
  return {
    ...(draw.chance(75) ? { 'aws:sourceip': draw.of(ADDRESSES) } : {}),
    ...(draw.chance(35) ? { 'aws:sourcevpce': draw.of(ENDPOINTS) } : {}),
    ...(draw.chance(60) ? { 'aws:viaawsservice': draw.of(['true', 'false', 'false']) } : {}),
  };
}

function oneOf(draw: Draw, value: string | readonly string[] | undefined): string {
  const patterns = list(value);
  return patterns.length === 0 ? 's3:GetObject' : draw.of(patterns);
}

/** `times`: those that matter beside those of the policy. */
export function nearRequest(draw: Draw, policy: IamPolicy, times: readonly string[]): Asked {
  const statements = [policy.Statement].flat().filter(({ Effect }) => Effect === 'Allow');
  const statement = draw.of(statements);
  const time = draw.chance(60) ? seconds(times[0] ?? '', -draw.of([1, 600, 1800])) : moment(draw, times);
  const lower = Object.entries(PRINCIPAL).map(([key, value]) => [key.toLowerCase(), value]);
  return {
    action: near(draw, example(draw, oneOf(draw, statement.Action)).replace(/[/*:]+$/u, 'x'), 10),
    resource: near(draw, example(draw, oneOf(draw, statement.Resource))),
    context: {
      ...(Object.fromEntries(lower) as Context),
      ...(draw.chance(30) ? { 'aws:username': draw.of(['ana', '*', 'a/b']) } : {}),
      ...contextFor(draw, statement),
      'aws:currenttime': time,
      ...placeOf(draw),
    },
  };
}
