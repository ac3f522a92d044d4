// The page on which an approval is decided. Nothing is decided by a GET.
import {
  formToken,
  isFormToken,
  missing,
  outcomeOf,
  personNamed,
  statusOfApproval,
  type Vote,
} from '../../approvals/index.ts';
import {
  type ApprovalDependencies,
  decideApproval,
  type LoginDependencies,
  type LookDependencies,
  type Looking,
  lookAtApproval,
  type MustLogIn,
  notForThem,
  refuseLook,
  revealOperation,
} from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { recordedHeaders } from '../body.ts';
import { cookieOf } from '../cookies.ts';
import type { Endpoint } from '../endpoint.ts';
import { parseForm } from '../form.ts';
import type { ApiRequest, TextResponse } from '../http.ts';
import { pendingPage } from '../pages/approval-page.ts';
import { decidedPage, loginPage, recordedPage } from '../pages/ended-pages.ts';
import { ROUTES, type Route } from '../routes.ts';
import { loginEndpoints } from './approve-login.ts';
import { keyIn, pathOf, refused } from './approve-parts.ts';

type RevealDependencies = Parameters<typeof revealOperation>[0];
type DecideDependencies = LookDependencies & Pick<ApprovalDependencies, 'workflow'>;
export type PageDependencies = DecideDependencies & LoginDependencies;

const CANNOT_LOG_IN = new Refusal(
  'not_permitted',
  'To decide this somebody has to log in, and the files say nowhere to. Decide it with `bailiwick approvals approve`, or by REST.',
);

async function logIn(
  dependencies: LookDependencies,
  { canLogIn }: MustLogIn,
  request: ApiRequest,
  key: string | undefined,
): Promise<TextResponse> {
  if (!canLogIn) return refused(CANNOT_LOG_IN, request);
  const query = key === undefined ? '' : `?key=${encodeURIComponent(key)}`;
  const path = await pathOf(dependencies, request.parameters['approval']);
  return loginPage({ loginUrl: `${path}/login${query}` });
}

interface Opened {
  readonly looking: Looking;
  readonly key: string | undefined;
  /** What the form's token is made with: the link's key, or what the login left in the browser. */
  readonly opens: string;
}

/** Who reads it, whether they may decide it or not. What is to be shown instead, where that is not known. */
async function known(
  dependencies: LookDependencies,
  request: ApiRequest,
  key: string | undefined,
): Promise<Opened | TextResponse> {
  const session = cookieOf(request, 'session', await dependencies.publicUrl());
  const looking = await lookAtApproval(dependencies, request.parameters['approval'] ?? '', { key, session });
  if (looking instanceof Refusal) return refused(looking, request);
  if ('canLogIn' in looking) return logIn(dependencies, looking, request, key);
  // Whoever has logged in may have come by any link: their form is of their login.
  const opens = looking.approver.channel === 'link' ? key : session?.open();
  return { looking, key, opens: opens ?? '' };
}

/** Only for those who may decide it. */
async function open(
  dependencies: LookDependencies,
  request: ApiRequest,
  key: string | undefined,
): Promise<Opened | TextResponse> {
  const opened = await known(dependencies, request, key);
  if (!('looking' in opened)) return opened;
  const { looking } = opened;
  const notTheirs = await refuseLook(dependencies, looking, factsOf(request, ROUTES.approvalPage));
  return notTheirs === undefined ? opened : refused(notTheirs, request, looking);
}

/** By whatever name they said it. */
function ownVote({ approval, approver, rules }: Looking): Vote | undefined {
  const { humans } = rules.config.broker;
  const own = personNamed(humans, approver.id);
  return approval.votes.find(({ by }) => personNamed(humans, by) === own);
}

interface Extras {
  readonly problem?: string;
  readonly typed?: string;
  readonly revealed?: string;
}

async function shown(
  dependencies: LookDependencies,
  { looking, key, opens }: Opened,
  { problem, typed, revealed }: Extras = {},
): Promise<TextResponse> {
  const { approval, approver, rules } = looking;
  const outcome = outcomeOf(approval, statusOfApproval(approval, dependencies.clock.now()));
  const { card } = approval;
  if (outcome !== undefined) return decidedPage({ outcome, card });
  const left = missing(approval.needed, approval.votes, rules.config.broker.humans) ?? approval.needed;
  const own = ownVote(looking);
  if (own !== undefined) {
    const { decision, at } = own;
    return recordedPage({ reader: approver, decision, at, missing: left, isAgain: true, card });
  }
  const path = await pathOf(dependencies, approval.id);
  return pendingPage({
    ...{ card, reader: approver, missing: left, action: path },
    hidden: {
      ...(key === undefined ? {} : { key }),
      form: formToken(approval.id, opens),
    },
    ...(problem === undefined ? {} : { problem }),
    ...(typed === undefined ? {} : { typed }),
    ...(approver.channel === 'login'
      ? { reveal: { action: `${path}/operation`, ...(revealed === undefined ? {} : { text: revealed }) } }
      : {}),
  });
}

const FOREIGN = new Refusal('not_permitted', 'The form was sent from another site. Open the link again.');
const STALE = new Refusal(
  'not_permitted',
  'The form is not of this link, or of this login. Open the link again.',
);

/** No browser leaves it out of what another site makes it send. */
async function isForeign({ publicUrl }: LookDependencies, { headers }: ApiRequest): Promise<boolean> {
  const { origin } = headers;
  return origin !== undefined && origin !== new URL(await publicUrl()).origin;
}

interface Sent {
  readonly opened: Opened;
  readonly field: (name: string) => string | undefined;
}

async function sentForm(dependencies: LookDependencies, request: ApiRequest): Promise<Sent | TextResponse> {
  if (await isForeign(dependencies, request)) return refused(FOREIGN, request);
  const form = parseForm(request);
  if (form instanceof Refusal) return refused(form, request);
  const field = (name: string) => (form.get(name)?.length === 1 ? form.get(name)?.[0] : undefined);
  const opened = await known(dependencies, request, field('key'));
  if (!('looking' in opened)) return opened;
  const isOwn = isFormToken(field('form') ?? '', opened.looking.approval.id, opened.opens);
  return isOwn ? { opened, field } : refused(STALE, request);
}

function factsOf(request: ApiRequest, route: Route) {
  return {
    ...{ id: request.requestId, method: route.method, route: route.path },
    ...(request.sourceAddress === undefined ? {} : { sourceAddress: request.sourceAddress }),
    ...recordedHeaders(request),
  };
}

const WHICH = 'Choose one of the two: approve, or deny.';

/** What was sent changed nothing. */
const TOO_LATE: readonly Refusal['code'][] = ['conflict', 'approval_expired', 'approval_void'];

async function decide(dependencies: DecideDependencies, request: ApiRequest): Promise<TextResponse> {
  const sent = await sentForm(dependencies, request);
  if (!('opened' in sent)) return sent;
  const { opened, field } = sent;
  const [decision, reason] = [field('decision'), field('reason')];
  const typed = reason === undefined ? {} : { typed: reason };
  if (decision !== 'approve' && decision !== 'deny') {
    const looked = factsOf(request, ROUTES.decideOnPage);
    const notTheirs = await refuseLook(dependencies, opened.looking, looked);
    if (notTheirs !== undefined) return refused(notTheirs, request, opened.looking);
    return shown(dependencies, opened, { problem: WHICH, ...typed });
  }
  const { looking } = opened;
  const { approval, approver } = looking;
  const facts = factsOf(request, ROUTES.decideOnPage);
  const decided = await decideApproval(dependencies, approver, approval.id, { decision, reason }, facts);
  if (!(decided instanceof Refusal)) {
    const at = decided.approval.votes.at(-1)?.at ?? '';
    const left = decided.missing === undefined ? {} : { missing: decided.missing };
    return recordedPage({ reader: approver, decision, at, ...left, card: approval.card });
  }
  if (decided.code === 'invalid_request') {
    return shown(dependencies, opened, { problem: decided.detail, ...typed });
  }
  const again = await known(dependencies, request, opened.key);
  if (!('looking' in again)) return again;
  // That they wanted to decide it is written down by then.
  const notTheirs = notForThem(again.looking);
  if (notTheirs !== undefined) return refused(notTheirs, request, again.looking);
  const now = dependencies.clock.now();
  const outcome = outcomeOf(again.looking.approval, statusOfApproval(again.looking.approval, now));
  const isTooLate = TOO_LATE.includes(decided.code);
  if (outcome !== undefined) return decidedPage({ outcome, card: approval.card, isTooLate });
  const own = ownVote(again.looking) !== undefined;
  return own ? shown(dependencies, again) : refused(decided, request, looking);
}

async function reveal(dependencies: RevealDependencies, request: ApiRequest): Promise<TextResponse> {
  const sent = await sentForm(dependencies, request);
  if (!('opened' in sent)) return sent;
  const { opened, field } = sent;
  const reason = field('reason');
  const facts = factsOf(request, ROUTES.revealOnPage);
  const notTheirs = await refuseLook(dependencies, opened.looking, facts);
  if (notTheirs !== undefined) return refused(notTheirs, request, opened.looking);
  // There is nothing to look at before deciding any more.
  if (ownVote(opened.looking) !== undefined) return shown(dependencies, opened);
  const text = await revealOperation(dependencies, opened.looking, facts);
  if (text instanceof Refusal) return refused(text, request, opened.looking);
  return shown(dependencies, opened, {
    revealed: text,
    ...(reason === undefined ? {} : { typed: reason }),
  });
}

/** With the decision, and the login that it takes. */
export function approvalPageEndpoints(dependencies: PageDependencies): readonly Endpoint[] {
  return [
    {
      route: ROUTES.approvalPage,
      handle: async (request) => {
        const opened = await open(dependencies, request, keyIn(request.query));
        return 'looking' in opened ? shown(dependencies, opened) : opened;
      },
    },
    { route: ROUTES.decideOnPage, handle: (request) => decide(dependencies, request) },
    ...loginEndpoints(dependencies),
  ];
}

/** By itself: what is sealed is opened for it. */
export function revealEndpoint(dependencies: RevealDependencies): Endpoint {
  return { route: ROUTES.revealOnPage, handle: (request) => reveal(dependencies, request) };
}
