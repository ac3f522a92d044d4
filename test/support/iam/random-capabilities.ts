// Capabilities as operators might write them, lax patterns and conditions of every kind included, with values for them.
import type { AwsCapability, PolicyStatement } from '../../../src/config/index.ts';
import type { CapabilityGrant } from '../../../src/credentials/index.ts';
import { type Parameters, parameterProblems } from '../../../src/tasks/index.ts';
import { awsCapability } from '../config.ts';
import type { Draw } from './draw.ts';

/** Narrow ones, and those that let through whatever they can. */
export const PATTERNS = [
  ...['[a-z0-9-]{1,40}', '.*', '.+', '[\\s\\S]*', '[^/]*', '\\S+', '.*/.*', '[a-z/]+', 'a|b', 'a/.*|b'],
  ...['[^:]*', '\\$\\{.*\\}|.*', '\\*|.*', '[\\x00-\\uffff]*', '(a|b)?', '.{0,400}'],
];

export const HOSTILE = [
  ...[
    '*',
    '?',
    'a*',
    '?b',
    '${aws:username}',
    '${',
    '}',
    '$',
    '$$',
    '$&',
    '${team}',
    ':',
    'a:b',
    'a:*',
    '::',
  ],
  ...[
    '/',
    '/etc',
    'a/',
    '..',
    '../..',
    'a/../b',
    '.',
    'é',
    '\u{1f600}',
    '\u0000',
    '\n',
    '\t',
    'a\u2028b',
    '\u202e',
  ],
  ...[
    '＊',
    '\u003a\ufe55',
    '"',
    '"},{"Effect":"Allow"',
    '\\u002a',
    '\\',
    "'",
    "', '*",
    '%2a',
    '%3A',
    ' ',
    '',
    'a'.repeat(257),
  ],
  ...[
    '*'.repeat(300),
    '/'.repeat(256),
    'null',
    '__proto__',
    '${*}',
    '${?}',
    '${$}',
    '#{x}',
    '{a,b}',
    '[a]',
    '(.*)',
  ],
];
const HARMLESS = [
  'a',
  'b',
  'ab',
  'a-b',
  'a/b',
  'b/c',
  '0',
  '10',
  'zz',
  'A',
  'a.b',
  'a_b',
  '2026-03-02T12:30:00Z',
  '2030-01-01',
];

const NAMES = ['path', 'team', 'until', 'constructor', 'x-1'];
/** IAM's own, of which some have no value in a request. */
const VARIABLES = [
  '${aws:PrincipalTag/task}',
  '${aws:username}',
  "${s3:prefix, '*'}",
  '${aws:PrincipalTag/Team}',
];

const ACTIONS = [
  's3:GetObject',
  's3:Get*',
  's3:PutObject',
  's3:*',
  'sqs:SendMessage',
  'sqs:?endMessage',
  's3:*Tagging',
];

const VARIABLE = /\$\{(?:aws:[\w/]+|s3:prefix, '\*'|path|team|until|constructor|x-1)\}/gu;

function text(draw: Draw, pieces: number): string {
  const parts = Array.from({ length: 1 + draw.upTo(pieces) }, () => {
    if (draw.chance(40)) return `\${${draw.of(NAMES)}}`;
    if (draw.chance(10)) return draw.of(VARIABLES);
    return draw.of([
      'a',
      'b',
      '/',
      '/',
      'acme',
      '-',
      '*',
      '?',
      '.',
      ...(draw.chance(5) ? ['$', '{', '}'] : []),
    ]);
  });
  return parts.join('');
}

/** Whether it holds a sign of IAM's variables by itself, which a value may complete: the check of a policy says no then. */
export function isOdd(template: string): boolean {
  return /[${}]/u.test(template.replace(VARIABLE, ''));
}

/** Files are refused that hold a `${` which is not closed, or holds another. */
function isAccepted(template: string): boolean {
  const rest = template.replace(VARIABLE, '');
  return !rest.includes('${') && !/\$\{[^}]*\$\{/u.test(template);
}

function template(draw: Draw, pieces: number): string {
  const one = text(draw, pieces);
  return isAccepted(one) ? one : 'a/${path}';
}

function resource(draw: Draw): string {
  if (draw.chance(5)) return '*';
  if (draw.chance(70)) return `arn:aws:s3:::${template(draw, 4)}`;
  const region = draw.of(['eu', '*', '${team}', 'e*', '?u']);
  const account = draw.of(['111122223333', '*', '${path}', '1*']);
  return `arn:aws:sqs:${region}:${account}:${template(draw, 3)}`;
}

const TIME_KEYS = ['aws:CurrentTime', 'aws:currenttime', 'AWS:CurrentTime'];
/** Around what the tests take as a deadline. */
export const MOMENTS = [
  ...[
    '2026-03-02T12:00:00Z',
    '2026-03-02T12:30:00Z',
    '2026-03-02T13:00:00Z',
    '2026-03-02T14:00:00Z',
    '2026-03-02',
  ],
  ...['2026-03-03', '1772452800', '2026', 'soon', '2026-03-02T12:30:00+02:00', '${until}'],
];

const OF_TEXT = ['StringEquals', 'StringNotEquals', 'StringEqualsIgnoreCase', 'StringLike', 'StringNotLike'];
const OF_DATES = ['DateLessThan', 'DateLessThan', 'DateLessThanEquals', 'DateGreaterThan', 'DateNotEquals'];
const OF_NUMBERS = ['NumericLessThan', 'NumericEquals', 'NumericNotEquals', 'NumericGreaterThanEquals'];

function condition(draw: Draw): readonly [operator: string, key: string, values: readonly string[]] {
  const ifExists = draw.chance(20) ? 'IfExists' : '';
  const values = (list: readonly string[]) => draw.some(list, 1, 2);
  const templates = () => Array.from({ length: 1 + draw.upTo(1) }, () => template(draw, 3));
  switch (draw.upTo(7)) {
    case 0:
    case 1:
      return [
        `${draw.of(OF_DATES)}${ifExists}`,
        draw.of([...TIME_KEYS, 'aws:TokenIssueTime']),
        values(MOMENTS),
      ];
    case 2:
      return [
        `${draw.of(OF_NUMBERS)}${ifExists}`,
        's3:max-keys',
        values(['0', '10', '10.5', 'x', '${path}']),
      ];
    case 3:
      return [
        `${draw.of(['IpAddress', 'NotIpAddress'])}${ifExists}`,
        'aws:SourceIp',
        values(['10.0.0.0/8', '192.0.2.1']),
      ];
    case 4:
      return draw.chance(50)
        ? ['Null', 's3:prefix', values(['true', 'false'])]
        : [`Bool${ifExists}`, 'aws:SecureTransport', values(['true', 'false'])];
    case 5: {
      const quantifier = draw.of(['ForAllValues', 'ForAnyValue']);
      return [`${quantifier}:${draw.of(OF_TEXT)}${ifExists}`, 'aws:TagKeys', templates()];
    }
    case 6: {
      const arns = [
        'arn:aws:sns:eu:111122223333:${team}',
        'arn:aws:sns:*:*:a*',
        'arn:aws:sns:${team}:1:${path}',
      ];
      return [`${draw.of(['ArnLike', 'ArnEquals', 'ArnNotLike'])}${ifExists}`, 'aws:SourceArn', values(arns)];
    }
    default:
      return [`${draw.of(OF_TEXT)}${ifExists}`, draw.of(['s3:prefix', 'aws:PrincipalTag/team']), templates()];
  }
}

function conditions(draw: Draw): NonNullable<PolicyStatement['conditions']> {
  const blocks: Record<string, Record<string, string | readonly string[]>> = {};
  for (let count = draw.upTo(3); count > 0; count -= 1) {
    const [operator, key, values] = condition(draw);
    const [first = ''] = values;
    blocks[operator] = {
      ...blocks[operator],
      [key]: values.length === 1 && draw.chance(50) ? first : values,
    };
  }
  return blocks;
}

function statement(draw: Draw): PolicyStatement {
  return {
    actions: draw.some(ACTIONS, 1, 2),
    resources: Array.from({ length: 1 + draw.upTo(1) }, () => resource(draw)),
    ...(draw.chance(50) ? { conditions: conditions(draw) } : {}),
  };
}

function capability(draw: Draw): AwsCapability {
  return awsCapability({
    parameters: Object.fromEntries(NAMES.map((name) => [name, { pattern: draw.of(PATTERNS) }])),
    statements: Array.from({ length: 1 + draw.upTo(1) }, () => statement(draw)),
  });
}

/** A value that the broker takes; of those tried, hostile ones mostly. */
function accepted(draw: Draw, pattern: string): string {
  const tried = [
    ...draw.some(HOSTILE, 1, 6),
    ...draw.some(HARMLESS, 3, 3),
    draw.of(HOSTILE) + draw.of(HARMLESS),
  ];
  const takes = (value: string) =>
    parameterProblems({ parameters: { x: { pattern } } }, { x: value }, 'p').length === 0;
  return (draw.chance(50) ? tried : tried.reverse()).find(takes) ?? HARMLESS.find(takes) ?? '';
}

/** With values that the broker takes. */
export function randomGrant(draw: Draw): CapabilityGrant {
  const definition = capability(draw);
  const values = Object.entries(definition.parameters).map(([name, { pattern }]) => [
    name,
    accepted(draw, pattern),
  ]);
  return { definition, parameters: Object.fromEntries(values) as Parameters };
}

export function isTaken({ definition, parameters }: CapabilityGrant): boolean {
  return parameterProblems(definition, parameters, 'parameters').length === 0;
}
