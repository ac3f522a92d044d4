// Whatever a session policy allows, the capability's own statements allow with the values taken literally, until the
// deadline and from a bound place; and what these allow, it allows.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapabilityGrant, compileSessionPolicy, policyProblem } from '../../src/credentials/index.ts';
import { parameterProblems } from '../../src/tasks/index.ts';
import { awsCapability } from '../support/config.ts';
import { type ConditionBlock, conditionsMet, takesVariables } from '../support/iam/conditions.ts';
import { type Asked, type IamPolicy, verdictOf } from '../support/iam/evaluate.ts';
import { nearRequest } from '../support/iam/near-requests.ts';
import { HOSTILE, isOdd, isTaken, PATTERNS } from '../support/iam/random-capabilities.ts';
import { DEADLINE, ENDS, type Places, sessions } from '../support/iam/random-sessions.ts';

/** The parameter as a variable of which the request has the value: such a value means nothing but itself. */
function asVariables(template: string): string {
  return template.replace(/\$\{([\w-]+)\}/gu, (_, name: string) => `\${param:${name}}`);
}

function literally(template: string, { parameters }: CapabilityGrant): string {
  return template.replace(/\$\{([\w-]+)\}/gu, (_, name: string) => parameters[name] ?? '');
}

function oracleOf(grant: CapabilityGrant): IamPolicy {
  const conditions = (block: ConditionBlock): ConditionBlock =>
    Object.fromEntries(
      Object.entries(block).map(([operator, keys]) => {
        const put = (text: string) => (takesVariables(operator) ? asVariables(text) : literally(text, grant));
        const values = Object.entries(keys).map(([key, value]) => [key, [value].flat().map(put)]);
        return [operator, Object.fromEntries(values)];
      }),
    );
  return {
    Statement: grant.definition.statements.map((statement) => ({
      Effect: 'Allow',
      Action: statement.actions,
      Resource: statement.resources.map(asVariables),
      Condition: conditions(statement.conditions ?? {}),
    })),
  };
}

function oracleAllows(grant: CapabilityGrant, asked: Asked): boolean {
  const values = Object.entries(grant.parameters).map(([name, value]) => [`param:${name}`, value]);
  const context = { ...asked.context, ...(Object.fromEntries(values) as Record<string, string>) };
  return verdictOf(oracleOf(grant), { ...asked, context }) === 'allow';
}

function isInPlace(places: Places, { context }: Asked): boolean {
  if (places === undefined || context['aws:viaawsservice'] === 'true') return true;
  const { addresses, endpoints } = places;
  const from = context['aws:sourceip'];
  const through = context['aws:sourcevpce'];
  return (
    (from !== undefined && conditionsMet({ IpAddress: { k: addresses } }, { k: from })) ||
    (through !== undefined && endpoints.includes(String(through)))
  );
}

function isInTime({ context }: Asked): boolean {
  return Date.parse(String(context['aws:currenttime'])) < Date.parse(ENDS);
}

function textsIn(statements: CapabilityGrant['definition']['statements']): readonly string[] {
  return statements.flatMap(({ resources, conditions = {} }) => [
    ...resources,
    ...Object.values(conditions).flatMap((keys) => Object.values(keys).flat()),
  ]);
}

/** Whether a file has something in it that a value might complete. */
function anyOdd(grants: readonly CapabilityGrant[]): boolean {
  return grants.some(({ definition }) => textsIn(definition.statements).some(isOdd));
}

describe('a session policy', () => {
  it('allows what the capabilities allow with these values, in time and in place: no more, no less', () => {
    let [allowed, refused] = [0, 0];
    fc.assert(
      fc.property(sessions, ({ grants, places, policy, draw }) => {
        expect(grants.every(isTaken)).toBe(true);
        if (policyProblem(policy, grants, { ends: DEADLINE, places }) !== undefined) {
          // What is not what was written is a fault, and no session; it comes of odd files only.
          expect(anyOdd(grants)).toBe(true);
          return;
        }
        const parsed = JSON.parse(policy) as IamPolicy;
        for (let count = 0; count < 20; count += 1) {
          const asked = nearRequest(draw, parsed, [ENDS]);
          const may = isInTime(asked) && isInPlace(places, asked);
          const meant = may && grants.some((grant) => oracleAllows(grant, asked));
          const given = verdictOf(parsed, asked) === 'allow';
          if (given !== meant) expect({ asked, given }).toEqual({ asked, given: meant });
          if (given) allowed += 1;
          else refused += 1;
        }
      }),
      { numRuns: 1500 },
    );
    // Else it has shown nothing.
    expect(allowed).toBeGreaterThan(2000);
    expect(refused).toBeGreaterThan(2000);
  });
});

it.each(['*', 'a*', '?', '${aws:username}'])('would be wider with %s, which is not taken', (path) => {
  const definition = awsCapability({
    parameters: { path: { pattern: '.*' } },
    statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/${path}'] }],
  });
  const grant = { definition, parameters: { path } };
  const context = { 'aws:currenttime': '2026-03-02T12:00:00Z', 'aws:username': 'b' };
  const policy = JSON.parse(compileSessionPolicy([grant], DEADLINE)) as IamPolicy;
  const wider = ['a', 'b', 'ab'].filter((key) => {
    const asked = { action: 's3:GetObject', resource: `arn:aws:s3:::acme/${key}`, context };
    return verdictOf(policy, asked) === 'allow' && !oracleAllows(grant, asked);
  });
  expect(wider).not.toEqual([]);
  expect(isTaken(grant)).toBe(false);
});

describe('a value that is taken', () => {
  it.each(PATTERNS)('means nothing but itself to IAM, with the pattern %j', (pattern) => {
    const value = fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'grapheme-ascii' }),
      fc.tuple(fc.constantFrom(...HOSTILE), fc.string()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(value, (x) => {
        if (parameterProblems({ parameters: { x: { pattern } } }, { x }, 'p').length > 0) return;
        expect(x).toMatch(/^[\x20-\x7e]{0,256}$/u);
        expect(x).not.toMatch(/[*?$:{}]/u);
        if (!pattern.includes('/')) expect(x).not.toContain('/');
      }),
      { numRuns: 300 },
    );
  });
});
