// A click in Slack decides, for the person whom the files know by that Slack user.
import { isFromSlack, readSlackInteraction } from '../approvals/index.ts';
import type { RequestFacts } from '../audit/index.ts';
import type { Secrets } from '../ports/secrets.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import type { ApprovalDependencies } from './approval-dependencies.ts';
import { readApproval } from './approval-records.ts';
import { decideApproval } from './decide-approval.ts';
import { linkTo } from './notify-approvers.ts';

export type SlackDependencies = Pick<
  ApprovalDependencies,
  'records' | 'events' | 'clock' | 'ids' | 'log' | 'rules' | 'workflow' | 'chat' | 'publicUrl'
> & { readonly secrets: Secrets };

export interface SlackClick {
  readonly rawBody: Uint8Array;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

const NO_SLACK = new Refusal('not_found', 'There is no such route. /openapi.json lists them all.');
const NOT_SIGNED = new Refusal(
  'unauthenticated',
  'Only Slack asks here: signed with the signing secret of the app, and within five minutes.',
);
/** Slack waits for three seconds in all. */
const MOST_WHISPER_MILLISECONDS = 1000;

async function isSigned(
  { secrets, clock }: SlackDependencies,
  name: string,
  { rawBody, timestamp = '', signature = '' }: SlackClick,
): Promise<boolean> {
  const signed = async (fresh: boolean) => {
    const signingSecret = (await secrets.read(name, { fresh }))?.['signingSecret'];
    if (signingSecret === undefined) return false;
    return isFromSlack({
      ...{ rawBody, timestamp, signature, now: clock.now() },
      signingSecret,
    });
  };
  // A secret that was rotated is read afresh once.
  return (await signed(false)) || (await signed(true));
}

/** What the person is told, and nobody else; nothing where the message itself will say it. */
async function decide(
  dependencies: SlackDependencies,
  click: NonNullable<ReturnType<typeof readSlackInteraction>>,
  request: RequestFacts,
): Promise<string | undefined> {
  const { config } = await dependencies.rules();
  const [person, ...others] = config.broker.humans?.people.filter(({ slack }) => slack === click.user) ?? [];
  if (others.length > 0)
    return 'More than one person here has your Slack user: an operator has to say which is you.';
  if (person === undefined) {
    return 'Nobody here is known by your Slack user: an operator can put it beside your name (`people: slack`).';
  }
  const kept = await readApproval(dependencies, click.approval);
  if (kept?.approval.effect === 'admin') {
    return `This has to be decided by somebody who has logged in: ${await linkTo(dependencies.publicUrl, click.approval)}`;
  }
  const { id, name, groups } = person;
  const approver = { id, groups, channel: 'slack', ...(name === undefined ? {} : { name }) } as const;
  const { decision, reason } = click;
  const decided = await decideApproval(dependencies, approver, click.approval, { decision, reason }, request);
  if (decided instanceof Refusal) return decided.detail;
  return decided.missing === undefined ? undefined : 'Recorded. Others have to approve it too.';
}

async function whisper(
  { chat, clock, log }: SlackDependencies,
  to: string | undefined,
  text: string,
): Promise<void> {
  if (chat === undefined || to === undefined) return;
  const said = chat.whisper(to, text).catch((error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    log.warn('back end unavailable', { backend: error.backend });
  });
  await Promise.race([said, clock.sleep(MOST_WHISPER_MILLISECONDS)]);
}

/** Undefined once it is done, whatever came of it: Slack is only told that it was heard. */
export async function decideInSlack(
  dependencies: SlackDependencies,
  click: SlackClick,
  request: RequestFacts,
): Promise<Refusal | undefined> {
  const { slack } = (await dependencies.rules()).config.broker.notify ?? {};
  if (slack === undefined) return NO_SLACK;
  if (!(await isSigned(dependencies, slack.secret, click))) return NOT_SIGNED;
  const read = readSlackInteraction(click.rawBody);
  // Slack tells of every click, also of the one on a link.
  if (read === undefined) return undefined;
  const text = await decide(dependencies, read, request);
  if (text !== undefined) await whisper(dependencies, read.responseUrl, text);
  return undefined;
}
