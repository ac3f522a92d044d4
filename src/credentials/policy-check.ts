// Looks once more at a session policy before it is used, knowing nothing of how it was made.
import type { AwsCapability } from '../config/index.ts';

type Statement = Readonly<Record<string, unknown>>;

const OF_ALLOW = ['Effect', 'Action', 'Resource', 'Condition'];
/** What IAM reads as "anything", or as a variable; a capability's own parameters have no colon and are gone by now. */
const MEANINGFUL = /[*?]|\$\{/gu;
const PARAMETER = /\$\{[^}:]*\}/gu;
const DEADLINE_KEY = 'aws:currenttime';

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((one) => typeof one === 'string') ? list : [];
}

/** Whether the text is the template with nothing put in that means more than itself. */
function isFilled(text: string, template: string): boolean {
  const own = template.replace(PARAMETER, '').match(MEANINGFUL) ?? [];
  return (text.match(MEANINGFUL) ?? []).join() === own.join() && text.split(':').length === parts(template);
}

/** How many parts colons make of it, leaving out those in names of variables that stand in both. */
function parts(template: string): number {
  return template.replace(PARAMETER, '').split(':').length;
}

function endsAtAll(condition: unknown): boolean {
  const operators = Object.entries((condition ?? {}) as Readonly<Record<string, object>>);
  return operators.some(
    ([operator, keys]) =>
      operator.startsWith('DateLessThan') &&
      Object.keys(keys).some((key) => key.toLowerCase() === DEADLINE_KEY),
  );
}

function problemOfAllow(statement: Statement, written: readonly AwsCapability['statements'][number][]) {
  const odd = Object.keys(statement).find((key) => !OF_ALLOW.includes(key));
  if (odd !== undefined) return `has ${odd}`;
  const actions = texts(statement['Action']);
  const resources = texts(statement['Resource']);
  if (actions.length === 0 || resources.length === 0) return 'names no action or no resource';
  const from = written.some(
    (one) =>
      actions.every((action) => one.actions.includes(action)) &&
      resources.every((resource) => one.resources.some((template) => isFilled(resource, template))),
  );
  if (!from) return 'is none of the capability';
  return endsAtAll(statement['Condition']) ? undefined : 'never ends';
}

/** A deny only narrows; it may say what it likes, but for what it does not apply to. */
function problemOfDeny(statement: Statement): string | undefined {
  const odd = Object.keys(statement).find((key) => !OF_ALLOW.includes(key));
  return odd === undefined ? undefined : `has ${odd}`;
}

/** What is wrong with the policy; undefined where nothing is. */
export function policyProblem(
  policy: string,
  capabilities: readonly Pick<AwsCapability, 'statements'>[],
): string | undefined {
  const written = capabilities.flatMap(({ statements }) => statements);
  const { Statement: statements } = JSON.parse(policy) as { readonly Statement: readonly Statement[] };
  for (const [place, statement] of statements.entries()) {
    const problem =
      statement['Effect'] === 'Allow'
        ? problemOfAllow(statement, written)
        : statement['Effect'] === 'Deny'
          ? problemOfDeny(statement)
          : 'neither allows nor denies';
    if (problem !== undefined) return `statement ${place} ${problem}`;
  }
  return undefined;
}
