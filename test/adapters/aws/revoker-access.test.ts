// Sessions of the role that the revoker goes through in another account: when they are used again, and when not.
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../contract/support/clock.ts';
import { ASSUMED, addRole, fakeRole } from '../../contract/support/fake-iam.ts';
import { DENY, revoking, THERE } from './revoking.ts';

describe('a session of a revokerRoleArn', () => {
  it('is used again for the same role, and for nothing else', async () => {
    const { revoker, iam, sts } = await revoking();
    const other = addRole(iam, ASSUMED, fakeRole('arn:aws:iam::444455556666:role/bailiwick-orders'));
    await Promise.all([revoker.read(THERE), revoker.read(THERE)]);
    await revoker.write(THERE, DENY);
    expect(sts.asked).toHaveLength(1);
    await revoker.read({ ...THERE, externalId: 'another' });
    await revoker.read({ ...THERE, roleArn: other.arn });
    await revoker.read({ ...THERE, revokerRoleArn: 'arn:aws:iam::444455556666:role/another' });
    expect(sts.asked).toHaveLength(4);
  });

  it('gives way to another near its end', async () => {
    const { revoker, clock, sts } = await revoking();
    // STS's clock is behind: what it gives ends in four minutes.
    clock.advance(-11 * MINUTE);
    await revoker.read(THERE);
    await revoker.read(THERE);
    expect(sts.asked.length).toBeGreaterThan(1);
    const asked = sts.asked.length;
    clock.advance(HOUR);
    await revoker.read(THERE);
    await revoker.read(THERE);
    expect(sts.asked).toHaveLength(asked + 1);
  });

  it.each(['AccessDenied', 'ExpiredToken', 'InvalidClientTokenId'])('is given up after %s', async (code) => {
    const { revoker, iam, sts } = await revoking();
    await revoker.read(THERE);
    iam.failure = { status: 403, code, on: ['GetRolePolicy'] };
    expect(await revoker.read(THERE)).toHaveProperty('problem');
    iam.failure = undefined;
    expect(await revoker.read(THERE)).toEqual({ document: undefined });
    expect(sts.asked).toHaveLength(2);
  });

  it.each([
    [403, 'AccessDenied', 'refused', 'revokerRoleArn'],
    [400, 'ValidationError', 'refused', 'trust policy'],
    [403, 'ExpiredToken', 'unavailable', 'credentials'],
    [503, 'ServiceUnavailable', 'unavailable', 'in time'],
  ])('that STS answers %d %s is %s', async (status, code, problem, part) => {
    const { revoker, iam, sts } = await revoking();
    sts.failure = { status, code };
    const answer = await revoker.write(THERE, DENY);
    expect(answer).toMatchObject({ problem, detail: expect.stringContaining(part) });
    expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333|444455556666/);
    expect(iam.asked).toEqual([]);
  });
});
