// Policy is asked with what is masked, and what it was asked can be asked again: under the same files nothing changes.
import { expect, it } from 'vitest';
import { changesUnder, rulesFor } from '../support/backtested.ts';
import { awsCapability, awsTarget, type ConfigParts } from '../support/config.ts';
import { AGENT, codeOf, createWorld, PARTS } from '../support/world.ts';

const EMAIL = 'canary.bird@example.net';

const about = (policies: string): ConfigParts => ({
  ...PARTS,
  agents: (PARTS.agents ?? []).map((agent) =>
    agent.id === AGENT ? { ...agent, capabilities: ['notes:read'] } : agent,
  ),
  targets: [
    awsTarget('notes', {
      capabilities: {
        read: awsCapability({
          parameters: { about: { pattern: '[a-z.@]{1,60}' } },
          statements: [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::notes/${about}/*'] }],
        }),
      },
    }),
  ],
  policies,
});

const ABOUT = 'permit (principal, action, resource) when { context.operation.parameters has about';
const whenMasked = `${ABOUT} && context.operation.parameters.about == "[EMAIL]" };`;
const whenRaw = `${ABOUT} && context.operation.parameters.about == "${EMAIL}" };`;

it('is asked with the label, whatever pattern the value has to match, and again with the same', async () => {
  const world = await createWorld();
  await world.use(about(whenMasked));
  const wanted = [{ capability: 'notes:read', parameters: { about: EMAIL } }];
  const { task, token } = await world.opened({ capabilities: wanted });
  expect(codeOf(await world.issue(task.id, token, { wanted }))).toBe('ok');
  expect(world.sessions.asked[0]?.policy).toContain(`notes/${EMAIL}/*`);
  expect(task.capabilities).toMatchObject([{ parameters: { about: '[EMAIL]' } }]);
  expect((await changesUnder(await rulesFor(about(whenMasked)), world.told())).found).toEqual([]);
  const { found } = await changesUnder(await rulesFor(about(whenRaw)), world.told());
  expect(found).toMatchObject([
    { what: 'opening', change: 'narrower', wouldBe: { code: 'denied_by_policy' } },
    { what: 'call', change: 'narrower', wouldBe: { code: 'denied_by_policy' } },
  ]);
});

it('is never asked with the value', async () => {
  const world = await createWorld();
  await world.use(about(whenRaw));
  const opened = await world.open({
    capabilities: [{ capability: 'notes:read', parameters: { about: EMAIL } }],
  });
  expect(codeOf(opened)).toBe('denied_by_policy');
});

it('is refused by structure as it was given, and not as it is masked', async () => {
  const world = await createWorld();
  await world.use(about(whenMasked));
  const opened = await world.open({
    capabilities: [{ capability: 'notes:read', parameters: { about: '[EMAIL]' } }],
  });
  expect(codeOf(opened)).toBe('invalid_request');
});
