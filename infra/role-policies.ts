// What a function may do with the roles and secrets of targets, shared out among as many policies as IAM's limits ask for.
import { Stack } from 'aws-cdk-lib';
import {
  CfnManagedPolicy,
  CfnPolicy,
  ManagedPolicy,
  type PolicyStatement,
  type Role,
} from 'aws-cdk-lib/aws-iam';
import { MOST_INLINE_CHARACTERS } from '../src/ports/revoker.ts';
import { leastCharacters, MOST_MANAGED_CHARACTERS, MOST_MANAGED_POLICIES } from './policy-size.ts';
import { mostCharacters } from './statement.ts';

/** Of a document around its statements. */
const AROUND = JSON.stringify({ Version: '2012-10-17', Statement: [] }).length;
/** Of the inline policy: the rest is for what the function may do beside. */
const ROOM_INLINE = 4000;
const ROOM_MANAGED = MOST_MANAGED_CHARACTERS - AROUND;

const WHAT_TO_DO =
  'The config names too many AWS roles or secrets for one broker: let targets share roles, boundaries and secrets, or ' +
  'give some of them to another broker.';

/** Each goes into the first that has room, the first of all being the inline policy. */
function packed(statements: readonly PolicyStatement[]): readonly (readonly PolicyStatement[])[] {
  const policies: { room: number; readonly held: PolicyStatement[] }[] = [{ room: ROOM_INLINE, held: [] }];
  for (const statement of statements) {
    const size = mostCharacters(statement.toStatementJson()) + 1;
    const found = policies.find(({ room }) => size <= room);
    if (found === undefined) policies.push({ room: ROOM_MANAGED - size, held: [statement] });
    else {
      found.room -= size;
      found.held.push(statement);
    }
  }
  return policies.map(({ held }) => held);
}

/** By hand: the library shares out by an estimate that leaves out what a statement has around its lists. */
export function allowOnTargets(role: Role, statements: readonly PolicyStatement[]): void {
  const [inline = [], ...managed] = packed(statements);
  for (const statement of inline) role.addToPolicy(statement);
  for (const [place, held] of managed.entries()) {
    new ManagedPolicy(role, `Roles${place}`, { statements: [...held], roles: [role] });
  }
  role.node.addValidation({ validate: () => problemsOfSize(role) });
}

function problemsOfSize(role: Role): string[] {
  const all = role.node.findAll();
  const sizeOf = ({ policyDocument }: CfnPolicy | CfnManagedPolicy) =>
    leastCharacters(Stack.of(role).resolve(policyDocument));
  const inline = all.filter((one) => one instanceof CfnPolicy).map(sizeOf);
  const managed = all.filter((one) => one instanceof CfnManagedPolicy).map(sizeOf);
  const over = (what: string, size: number, most: number) =>
    size <= most ? [] : [`The role has ${size} ${what}; IAM takes ${most}. ${WHAT_TO_DO}`];
  return [
    ...over(
      'characters of inline policies',
      inline.reduce((sum, size) => sum + size, 0),
      MOST_INLINE_CHARACTERS,
    ),
    ...over('characters in a managed policy', Math.max(0, ...managed), MOST_MANAGED_CHARACTERS),
    ...over('managed policies', managed.length, MOST_MANAGED_POLICIES),
  ];
}
