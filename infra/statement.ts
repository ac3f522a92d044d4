// Statements of a role: one if there is anything to allow, or several where there is much.
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** None where there is nothing to allow: IAM refuses an empty list. */
export function statement(
  sid: string,
  actions: string[],
  resources: string[],
  conditions?: Conditions,
): PolicyStatement[] {
  if (actions.length === 0 || resources.length === 0) return [];
  return [
    new PolicyStatement({ sid, actions, resources, ...(conditions === undefined ? {} : { conditions }) }),
  ];
}

/** Of the ARNs of one statement: three of them fit a managed policy. */
const MOST_CHARACTERS = 1700;

/** What is known only at deployment counts as the longest that it can be there. */
const UNKNOWN = /\$\{Token\[[^\]]*\]\}/g;
const LONGEST = 'x'.repeat(14);

/** How many characters a part of a policy has, at most, as IAM counts. */
export function mostCharacters(part: unknown): number {
  return JSON.stringify(part).replace(UNKNOWN, LONGEST).length;
}

/** In their order, in as many lists as it takes. */
function parts(all: readonly string[]): readonly string[][] {
  const lists: string[][] = [];
  let room = 0;
  for (const arn of all) {
    const size = mostCharacters(arn) + 1;
    const last = lists.at(-1);
    if (last === undefined || size > room) {
      lists.push([arn]);
      room = MOST_CHARACTERS - size;
    } else {
      last.push(arn);
      room -= size;
    }
  }
  return lists;
}

interface On {
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
}

/** IAM bounds each policy, and no statement can be in two of them, so each is short. Numbered from the second on. */
export function inParts(sid: string, actions: readonly string[], ...on: readonly On[]): PolicyStatement[] {
  return on
    .flatMap(({ resources, conditions }) => parts(resources).map((part) => ({ part, conditions })))
    .flatMap(({ part, conditions }, place) =>
      statement(`${sid}${place === 0 ? '' : place}`, [...actions], part, conditions),
    );
}
