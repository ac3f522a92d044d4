// Clicks in Slack as it sends and signs them, and a world whose files name a channel there.
import { createHmac } from 'node:crypto';
import { decideInSlack } from '../../src/broker/index.ts';
import type { BrokerSettings } from '../../src/config/index.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { Secret } from '../../src/shared/secret.ts';
import { approvalWorld } from './approvals.ts';
import type { ConfigParts } from './config.ts';
import type { World } from './world.ts';

type SlackClick = Parameters<typeof decideInSlack>[1];

export const SIGNING_SECRET = 'canary-signing-secret';
/** Where answers to a click go. */
export const RESPONSE_URL = 'https://hooks.slack.com/actions/T1/2/3';

export const SLACK_SETTINGS: Partial<BrokerSettings> = {
  notify: { slack: { secret: 'slack-app', channel: 'C1' } },
  approvals: { expireAfterSeconds: 3600, escalateAfterSeconds: 900, escalateTo: [] },
};

export interface Clicked {
  readonly approval: string;
  readonly user?: string;
  readonly action?: string;
  readonly reason?: string | null;
  /** What the payload says beside it, or instead. */
  readonly more?: object;
}

export function clickBody({
  approval,
  user = 'U0KIM',
  action = 'approve',
  reason = null,
  more,
}: Clicked): Buffer {
  const payload = {
    type: 'block_actions',
    user: { id: user, username: 'kim', team_id: 'T1' },
    api_app_id: 'A1',
    container: { type: 'message', message_ts: '1531420618.000000', channel_id: 'C1' },
    trigger_id: '1.2.3',
    team: { id: 'T1', domain: 'acme' },
    channel: { id: 'C1', name: 'approvals' },
    state: { values: { reason: { reason: { type: 'plain_text_input', value: reason } } } },
    response_url: RESPONSE_URL,
    actions: [
      {
        ...{ type: 'button', action_id: action, block_id: 'decision', action_ts: '1531420618.5' },
        ...(action === 'open' ? {} : { value: approval }),
      },
    ],
    ...more,
  };
  return Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
}

export function signedAt(at: Date, rawBody: Uint8Array, secret = SIGNING_SECRET): SlackClick {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const mac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex');
  return { rawBody, timestamp, signature: `v0=${mac}` };
}

export interface SlackWorld {
  readonly world: World;
  /** Whether each read of the secret was to be a fresh one. */
  readonly reads: boolean[];
  /** What is read of it: remembered, and afresh. */
  readonly secret: { remembered: string | undefined; fresh: string | undefined };
  readonly dependencies: Omit<Parameters<typeof decideInSlack>[0], 'secrets'> & {
    secrets: { read: Secrets['read'] };
  };
  /** Delivers what somebody clicked. */
  readonly click: (clicked: Clicked) => ReturnType<typeof decideInSlack>;
  readonly deliver: (click: SlackClick) => ReturnType<typeof decideInSlack>;
}

export async function slackWorld(others: Partial<ConfigParts> = {}): Promise<SlackWorld> {
  const world = await approvalWorld({ broker: SLACK_SETTINGS, ...others });
  const reads: boolean[] = [];
  const secret: SlackWorld['secret'] = { remembered: SIGNING_SECRET, fresh: SIGNING_SECRET };
  const read: Secrets['read'] = async (name, { fresh = false } = {}) => {
    reads.push(fresh);
    const value = fresh ? secret.fresh : secret.remembered;
    return name !== 'slack-app' || value === undefined ? undefined : { signingSecret: new Secret(value) };
  };
  const dependencies = { ...world.dependencies, secrets: { read } };
  let requests = 0;
  const deliver = (click: SlackClick) => {
    requests += 1;
    const facts = { id: `req-of-slack-${requests}`, method: 'POST', route: '/v1/slack/interactions' };
    return decideInSlack(dependencies, click, { ...facts, sourceAddress: '192.0.2.77' });
  };
  return {
    ...{ world, reads, secret, dependencies, deliver },
    click: (clicked) => deliver(signedAt(world.clock.now(), clickBody(clicked))),
  };
}
