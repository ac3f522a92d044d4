// The template for those who use no CDK makes what the construct makes, so that the two cannot drift apart.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BrokeredRoleProps } from '../../infra/brokered-role.ts';
import { BROKER, BROKERS, CALLER, HERE, shapes, shapesOf } from './brokered.ts';
import { parseTemplate } from './cloudformation.ts';

describe('templates/brokered-role.yaml', () => {
  const text = readFileSync(new URL('../../templates/brokered-role.yaml', import.meta.url), 'utf8');
  const template = parseTemplate(text);
  const boundary = `arn:aws:iam::${HERE}:policy/ours`;

  it.each([
    ['in the broker’s account', BROKERS, {}],
    ['in another', HERE, {}],
    ['with an external id', HERE, { externalId: 'orders-7' }],
    ['for one environment', HERE, { environment: 'production' }],
    ['for a broker that also signs, though not with it', HERE, { broker: CALLER }],
    ['to sign with', HERE, { broker: CALLER, signs: true }],
    [
      'with everything',
      HERE,
      { externalId: 'orders-7', environment: 'production', boundary, broker: { ...BROKER, name: 'blue' } },
    ],
    [
      'with everything in the broker’s account',
      BROKERS,
      { externalId: 'orders-7', environment: 'production', boundary, broker: CALLER, signs: true },
    ],
  ])('makes what the construct makes, %s', (_, account, props: Partial<BrokeredRoleProps>) => {
    const byConstruct = shapesOf({ roleName: 'orders', ...props }, account);
    const byTemplate = shapes(template, {
      RoleName: 'orders',
      IssuerRoleArn: BROKER.issuerRoleArn,
      RevokerRoleArn: BROKER.revokerRoleArn,
      ...(props.signs ? { CallerRoleArn: CALLER.callerRoleArn } : {}),
      AllowedActions: ['s3:GetObject', 's3:ListBucket'],
      AllowedResources: ['arn:aws:s3:::acme', 'arn:aws:s3:::acme/*'],
      'AWS::AccountId': account,
      ...(props.broker?.name === undefined ? {} : { BrokerName: props.broker.name }),
      ...(props.externalId === undefined ? {} : { ExternalId: props.externalId }),
      ...(props.environment === undefined ? {} : { Environment: props.environment }),
      ...(props.boundary === undefined ? {} : { BoundaryArn: props.boundary }),
    });
    const { outputs, ...roles } = byTemplate;
    const spelledOut = JSON.parse(
      JSON.stringify(roles).replaceAll('<role.Arn>', `arn:aws:iam::${account}:role/orders`),
    );
    const { outputs: _none, ...ours } = byConstruct;
    expect(spelledOut).toEqual(JSON.parse(JSON.stringify(ours)));
    expect(Object.keys(outputs).sort()).toEqual(
      [
        'RoleArn',
        ...(account === HERE ? ['RevokerRoleArn'] : []),
        ...(props.boundary ? ['Boundary'] : []),
      ].sort(),
    );
  });

  it('takes no external id that makes the trust too long, whatever else it is given', () => {
    const accepts = (length: number) =>
      new RegExp(`^(?:${template.Parameters?.['ExternalId']?.AllowedPattern})$`).test('x'.repeat(length));
    const role = `arn:aws-us-gov:iam::${BROKERS}:role/${'x'.repeat(64)}`;
    const longest = Array.from({ length: 1300 }, (_, length) => length).findLast(accepts) ?? 0;
    const shapesWith = shapes(template, {
      RoleName: 'orders',
      IssuerRoleArn: role,
      RevokerRoleArn: role,
      CallerRoleArn: role,
      AllowedActions: [],
      AllowedResources: [],
      Environment: 'x'.repeat(40),
      ExternalId: 'x'.repeat(longest),
      'AWS::AccountId': HERE,
      'AWS::Partition': 'aws-us-gov',
    });
    // More than a hash in hexadecimal, or two UUIDs.
    expect(longest).toBe(100);
    expect(JSON.stringify(shapesWith.role.AssumeRolePolicyDocument).length).toBeLessThanOrEqual(2048);
  });

  it('asks for what the construct asks for, in the same words', () => {
    const accepts = (parameter: string, value: string) =>
      new RegExp(`^(?:${template.Parameters?.[parameter]?.AllowedPattern})$`).test(value);
    expect(accepts('RoleName', 'x'.repeat(56))).toBe(true);
    expect(accepts('RoleName', 'x'.repeat(57))).toBe(false);
    expect(accepts('IssuerRoleArn', BROKER.issuerRoleArn)).toBe(true);
    expect(accepts('RevokerRoleArn', 'arn:aws:iam::111122223333:user/x')).toBe(false);
    for (const parameter of ['IssuerRoleArn', 'RevokerRoleArn', 'CallerRoleArn'])
      for (const name of ['*', 'Bailiwick-?', '']) {
        expect(accepts(parameter, `arn:aws:iam::${BROKERS}:role/${name}`), name).toBe(false);
      }
    expect(accepts('BrokerName', 'Blue')).toBe(false);
    for (const optional of ['CallerRoleArn', 'ExternalId', 'Environment', 'BoundaryArn'])
      expect(accepts(optional, '')).toBe(true);
  });
});
