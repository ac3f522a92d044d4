// cdk-nag's AwsSolutions pack passes; what does not hold here is acknowledged beside its construct, with a reason.
import { type App, type Environment, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkedConfig, type DeployableConfig } from '../../infra/checked-config.ts';
import { BailiwickStack } from '../../infra/stack.ts';
import { deployment, EXAMPLE, newApp } from './deployment.ts';

async function mailing(env: Environment): Promise<{ readonly app: App }> {
  const config = await checkedConfig(EXAMPLE);
  const broker = { ...config.broker, notify: { email: { from: 'broker@example.com' } } };
  const app = newApp();
  new BailiwickStack(app, 'Bailiwick', {
    config: { ...config, broker } as DeployableConfig,
    env,
  });
  return { app };
}

function acknowledgedIn(construct: IConstruct): [string, string][] {
  return construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([id, reason]) => [id.replace(/^annotation::/i, ''), reason]);
}

describe.each([
  ['the example', deployment],
  [
    'one that mails, in an account that is known',
    () => mailing({ account: '111122223333', region: 'eu-west-1' }),
  ],
  ['one that mails, wherever that is', () => mailing({})],
])('cdk-nag on %s', (_, make) => {
  let app: App;
  beforeAll(async () => {
    ({ app } = await make());
  });

  it('has nothing to say that is not acknowledged', () => {
    const report = new AwsSolutionsChecks().validateScope(app);
    const found = report.violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
    expect(found).toEqual([]);
    expect(report.success).toBe(true);
  });

  it('would say something: each acknowledged rule is broken where it is acknowledged, and has a real reason', () => {
    const acknowledged = app.node
      .findAll()
      .flatMap((construct) => acknowledgedIn(construct).map(([id, reason]) => ({ construct, id, reason })));
    expect(acknowledged).not.toHaveLength(0);
    for (const { id, reason } of acknowledged) expect(reason.split(' ').length, id).toBeGreaterThan(5);
    const strict = new AwsSolutionsChecks();
    Object.defineProperty(strict, 'isAcknowledged', { value: () => false });
    const report = strict.validateScope(app);
    for (const { construct, id } of acknowledged) {
      const paths = report.violations
        .filter(({ ruleName }) => ruleName === id)
        .flatMap(({ violatingResources }) => violatingResources.map(({ constructPath }) => constructPath));
      const inside = paths.filter((path) => path?.startsWith(construct.node.path));
      expect(inside, `${id} at ${construct.node.path}`).not.toHaveLength(0);
    }
  });
});
