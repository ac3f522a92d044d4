// Whether the values an agent gives for a capability's parameters are ones the operator meant.
import type { Capability } from '../config/index.ts';
import type { FieldProblem } from '../shared/errors.ts';
import type { Parameters } from './model.ts';

const MAX_CHARACTERS = 256;
/** IAM reads these in a resource as "anything", as a variable, or as the border of an ARN's segment. */
const MEANINGFUL_TO_IAM = /[*?$:{}]/u;
const PRINTABLE = /^[\x20-\x7e]*$/u;

function problemOf(value: string, pattern: string): string | undefined {
  if (value.length > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`;
  if (!PRINTABLE.test(value)) return 'must be printable ASCII';
  if (MEANINGFUL_TO_IAM.test(value)) return 'must not contain any of * ? $ : { }';
  if (value.includes('/') && !pattern.includes('/')) {
    return 'must not contain / : the pattern of this parameter does not name one';
  }
  if (!new RegExp(`^(?:${pattern})$`, 'u').test(value)) return `must match ${pattern} as a whole`;
  return undefined;
}

/** Every parameter must be given, none may be invented, each must match its pattern as a whole. */
export function parameterProblems(
  definition: Pick<Capability, 'parameters'>,
  given: Parameters,
  path: string,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [name, { pattern }] of Object.entries(definition.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const problem = value === undefined ? `is required and must match ${pattern}` : problemOf(value, pattern);
    if (problem !== undefined) problems.push({ path: `${path}.${name}`, problem });
  }
  const known = Object.keys(definition.parameters);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const right = known.length === 0 ? 'the capability takes none' : `known are ${known.join(', ')}`;
    problems.push({ path: `${path}.${name}`, problem: `is not a parameter of the capability: ${right}` });
  }
  return problems;
}
