// Whether a capability's session policy can be had at all: one that STS refuses whatever is asked for helps nobody.
import { compileSessionPolicy, MAX_POLICY_CHARACTERS, placesOf } from '../../../credentials/index.ts';
import type { AwsCapability, Fault } from '../../model.ts';
import type { Path } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted } from '../words.ts';

/** Of any length: every deadline is written with as many characters. */
const SOME_DEADLINE = new Date(0);
/** Where credentials are bound to whoever asks for them: no address is shorter. */
const SHORTEST_ADDRESS = '::';

/** What target and capability say of the places that its credentials work from. */
type Target = Parameters<typeof placesOf>[0] & {
  readonly capabilities: Readonly<Record<string, AwsCapability>>;
};

/** Every parameter that a statement names, declared or not, with nothing in its place: whatever a task says is longer. */
function emptyParameters({ statements }: AwsCapability): Readonly<Record<string, string>> {
  const templates = statements.flatMap(({ resources, conditions = {} }) => [
    ...resources,
    ...Object.values(conditions).flatMap((keys) => Object.values(keys).flat()),
  ]);
  const names = templates.flatMap((template) => [...template.matchAll(/\$\{([^}:]*)\}/gu)]);
  return Object.fromEntries(names.map(([, name = '']) => [name, '']));
}

/** Undefined where the deadline finds no place among the conditions. */
function leastOf(definition: AwsCapability, target: Target): number | undefined {
  const grants = [{ definition, parameters: emptyParameters(definition) }];
  const places = placesOf(target, grants, SHORTEST_ADDRESS);
  try {
    return compileSessionPolicy(grants, SOME_DEADLINE, typeof places === 'string' ? undefined : places)
      .length;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function problemOf(name: string, least: number | undefined): string | undefined {
  if (least === undefined) {
    return `the conditions of ${quoted(name)} leave no room for the deadline of a task: take \`aws:CurrentTime\` out of one of \`DateLessThan\`, \`DateLessThanIfExists\` and \`DateLessThanEquals\``;
  }
  if (least <= MAX_POLICY_CHARACTERS) return undefined;
  return `the session policy of ${quoted(name)} has at least ${least} characters, and STS takes ${MAX_POLICY_CHARACTERS}, so its credentials could never be had: split it into several capabilities, or give it fewer actions, shorter resources and fewer conditions`;
}

/** Of a target whose shape is right. */
export function checkPolicySizes(source: Source, target: Target): readonly Fault[] {
  return Object.entries(target.capabilities).flatMap(([name, definition]) => {
    const path: Path = ['capabilities', name, 'statements'];
    const problem = problemOf(name, leastOf(definition, target));
    return problem === undefined ? [] : [faultAt(source, path, problem)];
  });
}
