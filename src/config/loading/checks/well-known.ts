// What is known of issuers that many use: which of their claims stay with whom they were issued to.
import type { Fault } from '../../model.ts';
import { faultAt } from '../source.ts';
import type { Identity } from './identities.ts';

interface Advice {
  readonly issuer: RegExp;
  /** One of these, exactly, makes an identity somebody's for good. */
  readonly oneOf: readonly string[];
  readonly problem: string;
}

const ADVICE: readonly Advice[] = [
  {
    // GitHub Actions, also of an enterprise with an issuer of its own.
    issuer: /^https:\/\/token\.actions\.(?:githubusercontent\.com(?:\/[^/]+)?|[a-z0-9-]+\.ghe\.com)$/u,
    oneOf: ['repository_id', 'repository_owner_id', 'sub', 'job_workflow_ref'],
    problem:
      'these claims are names, which somebody else can register once they are free: demand `repository_id` or `repository_owner_id`, too',
  },
];

export function checkNames(identities: readonly Identity[]): readonly Fault[] {
  return identities.flatMap(({ source, path, issuer, all }) =>
    ADVICE.filter(
      (advice) =>
        advice.issuer.test(issuer) &&
        !all.some(({ name, value }) => value !== undefined && advice.oneOf.includes(name)),
    ).map(({ problem }) => faultAt(source, [...path, 'claims'], problem)),
  );
}
