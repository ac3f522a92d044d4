// Where a session works: as the files say, read as IAM reads it.
import { describe, expect, it } from 'vitest';
import type { BoundTo } from '../../src/config/index.ts';
import { placesStatement } from '../../src/credentials/bound-to.ts';
import { placesOf } from '../../src/credentials/index.ts';
import { awsCapability } from '../support/config.ts';
import type { Context } from '../support/iam/conditions.ts';
import { verdictOf } from '../support/iam/evaluate.ts';

const granting = (...bindings: readonly (BoundTo | undefined)[]) =>
  bindings.map((boundTo) => ({
    definition: awsCapability(boundTo === undefined ? {} : { boundTo }),
    parameters: {},
  }));
const HERE: BoundTo = { sourceIps: ['10.0.0.0/8'] };
const THERE: BoundTo = { vpcEndpoints: ['vpce-0a1b2c3d'] };
const CALLER: BoundTo = { callerAddress: true };

describe('placesOf', () => {
  const placed = (addresses: readonly string[], endpoints: readonly string[] = []) => ({
    addresses,
    endpoints,
  });
  it.each<[string, BoundTo | undefined, readonly (BoundTo | undefined)[], string | undefined, unknown]>([
    ['nothing', undefined, [undefined], '10.0.0.1', undefined],
    ["the target's", HERE, [undefined], '10.0.0.1', placed(['10.0.0.0/8'])],
    ["the capability's in its place", HERE, [THERE], '10.0.0.1', placed([], ['vpce-0a1b2c3d'])],
    ['along with what is bound to nothing', undefined, [undefined, HERE], undefined, placed(['10.0.0.0/8'])],
    ['twice the same', undefined, [HERE, { ...HERE }], undefined, placed(['10.0.0.0/8'])],
    ['twice the same, one of the target', HERE, [undefined, HERE], undefined, placed(['10.0.0.0/8'])],
    ['two places', undefined, [HERE, THERE], undefined, 'different'],
    ['two places, one of the target', HERE, [undefined, THERE], undefined, 'different'],
    ['the caller', undefined, [CALLER], '192.0.2.1', placed(['192.0.2.1'])],
    ['the caller, in IPv6', undefined, [CALLER], '2001:db8::1', placed(['2001:db8::1'])],
    [
      'the caller, IPv4 in the clothes of IPv6',
      undefined,
      [CALLER],
      '::ffff:192.0.2.1',
      placed(['192.0.2.1']),
    ],
    ['the caller, whom nobody knows', undefined, [CALLER], undefined, 'noAddress'],
    ['the caller, of no address', undefined, [CALLER], 'localhost', 'noAddress'],
    [
      'the caller, or others',
      undefined,
      [{ ...HERE, ...CALLER }],
      '192.0.2.1',
      placed(['10.0.0.0/8', '192.0.2.1']),
    ],
    ['the caller, whom nobody knows, or others', undefined, [{ ...HERE, ...CALLER }], undefined, 'noAddress'],
    ['not the caller', undefined, [{ ...HERE, callerAddress: false }], '192.0.2.1', placed(['10.0.0.0/8'])],
    ['both', undefined, [{ ...HERE, ...THERE }], undefined, placed(['10.0.0.0/8'], ['vpce-0a1b2c3d'])],
  ])('binds to %s', (_, boundTo, bindings, caller, expected) => {
    const target = boundTo === undefined ? {} : { boundTo };
    expect(placesOf(target, granting(...bindings), caller)).toEqual(expected);
  });
});

describe('what is bound', () => {
  const ADDRESS = { addresses: ['10.0.0.0/8', '2001:db8::/32'], endpoints: [] };
  const ENDPOINT = { addresses: [], endpoints: ['vpce-0a1b2c3d', 'vpce-0a1b2c3e'] };
  const BOTH = { addresses: ['10.0.0.0/8'], endpoints: ['vpce-0a1b2c3d'] };
  const ip = (address: string) => ({ 'aws:SourceIp': address });
  const vpce = (id: string) => ({ 'aws:SourceVpce': id });
  const service = (via: string) => ({ 'aws:ViaAWSService': via });

  it.each<[string, Parameters<typeof placesStatement>[0], Context, boolean]>([
    ['from the range', ADDRESS, ip('10.1.2.3'), true],
    ['from the range of IPv6', ADDRESS, ip('2001:db8::1'), true],
    ['from elsewhere', ADDRESS, ip('11.1.2.3'), false],
    ['from nowhere that is said', ADDRESS, {}, false],
    ['through an endpoint, which hides the address', ADDRESS, vpce('vpce-0a1b2c3d'), false],
    ['from elsewhere, by a service', ADDRESS, { ...ip('11.1.2.3'), ...service('true') }, true],
    ['from elsewhere, by no service', ADDRESS, { ...ip('11.1.2.3'), ...service('false') }, false],
    ['through the endpoint', ENDPOINT, vpce('vpce-0a1b2c3e'), true],
    ['through another', ENDPOINT, vpce('vpce-0a1b2c3f'), false],
    ['through none', ENDPOINT, ip('10.1.2.3'), false],
    ['by a service', ENDPOINT, service('true'), true],
    ['from either: the range', BOTH, ip('10.1.2.3'), true],
    ['from either: the endpoint', BOTH, vpce('vpce-0a1b2c3d'), true],
    ['from either: the range through another endpoint', BOTH, { ...ip('10.1.2.3'), ...vpce('vpce-1') }, true],
    ['from neither', BOTH, { ...ip('11.1.2.3'), ...vpce('vpce-1') }, false],
    ['from neither that is said', BOTH, {}, false],
  ])('works or not, %s', (_, places, context, works) => {
    const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
    const asked = { action: 's3:GetObject', resource: 'arn:aws:s3:::acme/a', context };
    const verdict = verdictOf({ Statement: [everything, placesStatement(places)] }, asked);
    expect(verdict).toBe(works ? 'allow' : 'deny');
  });
});
