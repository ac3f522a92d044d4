// Reads a request for token exchange (RFC 8693): whose tokens it brings, and what task it wants.
import type * as z from 'zod/mini';
import { safeParse } from 'zod/mini';
import type { WantedTask } from '../broker/index.ts';
import { type FieldProblem, Refusal } from '../shared/errors.ts';
import { fieldProblems } from './body.ts';
import { parseForm } from './form.ts';
import type { ApiRequest } from './http.ts';
import { type OAuthError, OAuthRefusal, oauthRefusal, TOKEN_EXCHANGE, type Way } from './oauth.ts';
import { tokenProofs, tokenWishes } from './schemas.ts';

export interface TokenRequest {
  /** The agent's own token. */
  readonly token: string;
  readonly way: Way;
  /** What is wrong with it is told to those only who prove who they are. */
  readonly wanted: WantedTask | OAuthRefusal;
}

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** A request may name several targets (RFC 8693, 2.1). All else is named once. */
const MAY_REPEAT: readonly string[] = ['resource', 'audience'];

function wrong(error: OAuthError, detail: string, errors?: readonly FieldProblem[]): OAuthRefusal {
  return new OAuthRefusal(error, 'invalid_request', detail, errors === undefined ? {} : { errors });
}

/** Of the form that which is known here; the rest is ignored, as the RFC asks. */
function knownOf(form: ReadonlyMap<string, readonly string[]>): Parameters | OAuthRefusal {
  const names = [...Object.keys(tokenProofs().shape), ...Object.keys(tokenWishes().shape)];
  const given = names.filter((name) => form.has(name));
  const twice = given.filter((name) => !MAY_REPEAT.includes(name) && (form.get(name)?.length ?? 0) > 1);
  if (twice.length > 0) {
    const errors = twice.map((path) => ({ path, problem: 'may be given once' }));
    return wrong('invalid_request', 'A parameter is given more than once.', errors);
  }
  return Object.fromEntries(
    given.map((name) => {
      const values = form.get(name) ?? [];
      return [name, MAY_REPEAT.includes(name) ? values : (values[0] ?? '')];
    }),
  );
}

const ERROR_OF_PARAMETER: Readonly<Record<string, OAuthError>> = {
  scope: 'invalid_scope',
  authorization_details: 'invalid_authorization_details',
};

function invalid(error: z.core.$ZodError): OAuthRefusal {
  const errors = fieldProblems(error);
  const [issue] = error.issues;
  const kind = ERROR_OF_PARAMETER[String(issue?.path[0])] ?? 'invalid_request';
  // Many clients show the description and nothing else.
  const first = errors.slice(0, 1).map(({ path, problem }) => `${path} ${problem}`);
  return wrong(kind, `The token request is not as the broker expects it: ${first.join('')}.`, errors);
}

/** The slash is what a URL parser puts there. */
function isBroker(target: string, publicUrl: string): boolean {
  return target === publicUrl || target === `${publicUrl}/`;
}

type Wishes = z.output<ReturnType<typeof tokenWishes>>;

function capabilitiesOf({ scope, authorization_details }: Wishes): WantedTask['capabilities'] | OAuthRefusal {
  if (scope !== undefined && authorization_details !== undefined) {
    return wrong(
      'invalid_request',
      'Name the capabilities in scope or in authorization_details, not in both.',
    );
  }
  if (scope !== undefined) return scope.split(' ').map((capability) => ({ capability, parameters: {} }));
  if (authorization_details === undefined) {
    return wrong(
      'invalid_scope',
      'Name the capabilities that are wanted, in scope or in authorization_details.',
    );
  }
  return authorization_details.map(({ capability, parameters = {} }) => ({ capability, parameters }));
}

function wantedTask(
  known: Parameters,
  publicUrl: string,
  requesterToken: string | undefined,
): WantedTask | OAuthRefusal {
  const parsed = safeParse(tokenWishes(), known, { reportInput: true });
  if (!parsed.success) return invalid(parsed.error);
  const {
    resource = [],
    audience = [],
    purpose,
    requester,
    ttl_seconds: ttlSeconds,
    delegation,
  } = parsed.data;
  if ([...resource, ...audience].some((target) => !isBroker(target, publicUrl))) {
    return wrong('invalid_target', 'The token is good at this broker only: leave out resource and audience.');
  }
  const capabilities = capabilitiesOf(parsed.data);
  if (capabilities instanceof Refusal) return capabilities;
  return { purpose, requester, requesterToken, capabilities, ttlSeconds, delegation };
}

export function readTokenRequest(request: ApiRequest, publicUrl: string): TokenRequest | OAuthRefusal {
  const form = parseForm(request);
  if (form instanceof Refusal) return oauthRefusal(form);
  const known = knownOf(form);
  if (known instanceof OAuthRefusal) return known;
  const { grant_type: grant } = known;
  if (grant !== undefined && grant !== TOKEN_EXCHANGE) {
    return wrong('unsupported_grant_type', `The only grant type here is ${TOKEN_EXCHANGE}.`);
  }
  const parsed = safeParse(tokenProofs(), known, { reportInput: true });
  if (!parsed.success) return invalid(parsed.error);
  const { subject_token: subject, actor_token: actor } = parsed.data;
  return {
    token: actor ?? subject,
    way: known['authorization_details'] === undefined ? 'scope' : 'authorization_details',
    // Whoever acts is the agent; the subject then is the person it acts for.
    wanted: wantedTask(known, publicUrl, actor === undefined ? undefined : subject),
  };
}
