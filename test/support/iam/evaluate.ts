// What an IAM policy says to a request, as IAM documents it. For tests only.
import { type ConditionBlock, type Context, conditionsMet, valuesIn } from './conditions.ts';
import { likeAction, likeArn } from './patterns.ts';

type OneOrMore = string | readonly string[];

export interface IamStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: ConditionBlock;
}

export interface IamPolicy {
  readonly Statement: IamStatement | readonly IamStatement[];
}

/** One request to AWS. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

/** `none`: no statement speaks of it, which is a no unless another policy allows it. */
export type Verdict = 'allow' | 'deny' | 'none';

function applies(statement: IamStatement, { action, resource, context }: Asked): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const values = valuesIn(context);
  const lookup = (key: string) => (values(key).length === 1 ? values(key)[0] : undefined);
  const isAction = (patterns: OneOrMore) => [patterns].flat().some((one) => likeAction(one, action));
  const isResource = (patterns: OneOrMore) => [patterns].flat().some((one) => likeArn(one, resource, lookup));
  const acts = Action === undefined ? NotAction !== undefined && !isAction(NotAction) : isAction(Action);
  if (!acts) return false;
  const on =
    Resource === undefined ? NotResource !== undefined && !isResource(NotResource) : isResource(Resource);
  return on && conditionsMet(Condition, context);
}

/** A deny counts more than any allow. */
export function verdictOf(policy: IamPolicy, asked: Asked): Verdict {
  const effects = [policy.Statement]
    .flat()
    .filter((statement) => applies(statement, asked))
    .map(({ Effect }) => Effect);
  if (effects.includes('Deny')) return 'deny';
  return effects.includes('Allow') ? 'allow' : 'none';
}
