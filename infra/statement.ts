// One statement of a role, if there is anything to allow.
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
