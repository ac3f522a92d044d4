// Session policies with something changed in them: those that allow more for it are refused before they are used.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyProblem } from '../../src/credentials/index.ts';
import type { Draw } from '../support/iam/draw.ts';
import { type IamPolicy, verdictOf } from '../support/iam/evaluate.ts';
import { nearRequest } from '../support/iam/near-requests.ts';
import { DEADLINE, ENDS, sessions } from '../support/iam/random-sessions.ts';

type Tree = { [key: string]: unknown };
type Conditions = Record<string, Record<string, string | string[]>>;

const TEXTS = ['*', '?', 'a', '${aws:username}', ':', '/', 'zz', '${*}'];
const LATER = ['2026-03-02T13:00:01Z', '2027-01-01', '1900000000', 'soon', '2026-03-02T14:00:00Z'];

function changedText(draw: Draw, text: string): string {
  const at = draw.upTo(text.length);
  return draw.chance(20)
    ? draw.of(TEXTS)
    : `${text.slice(0, at)}${draw.of(TEXTS)}${text.slice(at + draw.upTo(2))}`;
}

/** What looks at keys of several values goes on to do so. */
function othersThan(operator: string): readonly string[] {
  const quantified = /^(For\w+):(.*)$/u.exec(operator);
  const others = ['StringLike', 'StringNotEquals'].map((name) => `${quantified?.[1]}:${name}`);
  return [
    `${operator}IfExists`,
    ...(quantified === null ? ['StringLike', 'DateGreaterThan', 'DateLessThan', 'StringNotEquals'] : others),
  ];
}

function changeCondition(draw: Draw, conditions: Conditions): void {
  const operator = draw.of(Object.keys(conditions));
  const keys = conditions[operator] ?? {};
  const key = draw.of(Object.keys(keys));
  const values = [keys[key] ?? []].flat();
  const changes = [
    () => delete conditions[operator],
    () => delete keys[key],
    () => {
      keys[key] = draw.chance(50) ? draw.of(LATER) : values.map((one) => changedText(draw, one));
    },
    () => {
      keys[key] = [...values, draw.of([...LATER, ...TEXTS])];
    },
    () => {
      delete conditions[operator];
      const other = draw.of(othersThan(operator));
      conditions[other.replace('IfExistsIfExists', '')] = keys;
    },
  ];
  draw.of(changes)();
}

function changeStatement(draw: Draw, statement: Tree): void {
  const resources = [statement['Resource']].flat() as string[];
  const actions = [statement['Action']].flat() as string[];
  const conditions = (statement['Condition'] ?? {}) as Conditions;
  const changes = [
    () => {
      statement['Resource'] = resources.map((one) => (draw.chance(60) ? changedText(draw, one) : one));
    },
    () => {
      statement['Resource'] = draw.of([[...resources, 'arn:aws:s3:::b/*'], '*', [], resources[0]]);
    },
    () => {
      statement['Action'] = draw.of([[...actions, 's3:PutObject'], '*', ['s3:*'], [], actions[0]]);
    },
    () => {
      const name = draw.of(['Action', 'Resource']);
      statement[`Not${name}`] = draw.of([statement[name], 'iam:*', 'arn:aws:iam::1:user/a']);
      delete statement[name];
    },
    () => {
      statement['Effect'] = draw.of(['Allow', 'Deny', 'allow']);
    },
    () => delete statement['Condition'],
    () => changeCondition(draw, conditions),
    () => changeCondition(draw, conditions),
    () => changeCondition(draw, conditions),
  ];
  draw.of(changes)();
}

/** The policy with something changed in it, of whatever sense. */
function tampered(draw: Draw, policy: string): string {
  const parsed = JSON.parse(policy) as { Statement: Tree[] };
  const changes = [
    ...Array.from({ length: 6 }, () => () => changeStatement(draw, draw.of(parsed.Statement))),
    () => parsed.Statement.splice(draw.upTo(parsed.Statement.length - 1), 1),
    () => parsed.Statement.push({ Effect: 'Allow', Action: '*', Resource: '*' }),
  ];
  draw.of(changes)();
  return JSON.stringify(parsed);
}

/** Whether a request was found that is allowed now and was not. */
function isWider(draw: Draw, before: string, after: string): boolean {
  const [was, is] = [JSON.parse(before), JSON.parse(after)] as [IamPolicy, IamPolicy];
  if (![is.Statement].flat().some(({ Effect }) => Effect === 'Allow')) return false;
  return Array.from({ length: 12 }).some(() => {
    const asked = nearRequest(draw, draw.chance(50) ? is : was, [ENDS, ...LATER.slice(0, 2)]);
    return verdictOf(is, asked) === 'allow' && verdictOf(was, asked) !== 'allow';
  });
}

describe('a policy that is wider than the one that was compiled', () => {
  it('is refused, whatever was changed', () => {
    let wider = 0;
    fc.assert(
      fc.property(sessions, ({ grants, places, policy, draw }) => {
        const bounds = { ends: DEADLINE, places };
        if (policyProblem(policy, grants, bounds) !== undefined) return;
        for (let count = 0; count < 8; count += 1) {
          const changed = tampered(draw, policy);
          if (changed === policy || !isWider(draw, policy, changed)) continue;
          wider += 1;
          if (policyProblem(changed, grants, bounds) === undefined) expect(changed).toBe(policy);
        }
      }),
      { numRuns: 700 },
    );
    // Else it has shown nothing.
    expect(wider).toBeGreaterThan(500);
  });
});
