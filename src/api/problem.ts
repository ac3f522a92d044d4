// Refusals and faults as problem documents (RFC 9457), or as OAuth errors where an endpoint speaks OAuth.
import { STATUS_CODES } from 'node:http';
import { SIGNATURE_ALGORITHMS } from '../identity/index.ts';
import type { Log } from '../ports/log.ts';
import { BadCursor } from '../ports/records.ts';
import { STATUS_OF_CODE } from '../shared/codes.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { CALL_HEADER, MASKED_HEADER, REFUSED_HEADER, type TextResponse } from './http.ts';
import { OAuthRefusal, oauthProblem } from './oauth.ts';

/** The usual scheme first; and the keys that proofs of the second may be made with (RFC 9449, 7.1). */
function challenges(publicUrl: string | undefined, takesBasic: boolean): string {
  const metadata =
    publicUrl === undefined ? '' : ` resource_metadata="${publicUrl}/.well-known/oauth-protected-resource"`;
  const basic = takesBasic ? ', Basic realm="bailiwick", charset="UTF-8"' : '';
  return `Bearer${metadata}, DPoP algs="${SIGNATURE_ALGORITHMS.join(' ')}"${basic}`;
}

export function problem(refusal: Refusal, requestId: string, publicUrl?: string): TextResponse {
  if (refusal instanceof OAuthRefusal) return oauthProblem(refusal, requestId);
  const { code, detail, extras } = refusal;
  const status = STATUS_OF_CODE[code];
  const { errors, decision, call, retryAfterSeconds, allow, masked } = extras;
  // A target may answer with a problem document too, and with any status: this header none of them gives.
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    [REFUSED_HEADER]: code,
  };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (allow !== undefined) headers['allow'] = allow.join(', ');
  if (masked !== undefined) headers[MASKED_HEADER] = masked;
  if (call !== undefined) headers[CALL_HEADER] = call;
  if (status === 401) headers['www-authenticate'] = challenges(publicUrl, extras.takesBasic === true);
  const body = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    code,
    detail,
    requestId,
    errors,
    decision,
    call,
  };
  return { status, headers, body: `${JSON.stringify(body)}\n` };
}

/** What a caller may know of a fault: that there was one, and whether to try again. */
export function refusalOfFault(fault: unknown): Refusal {
  if (fault instanceof BadCursor) {
    return new Refusal('invalid_request', 'The cursor is not one that this list gave out.', {
      errors: [{ path: 'cursor', problem: 'must be the cursor of an earlier answer' }],
    });
  }
  if (fault instanceof Unavailable && fault.backend === 'events') {
    return new Refusal('audit_unavailable', 'The audit did not answer, so nothing was done. Try again.', {
      retryAfterSeconds: 1,
    });
  }
  if (fault instanceof Unavailable && fault.backend === 'keys') {
    return new Refusal(
      'target_unavailable',
      "The keys of the token's issuer could not be fetched. Try again.",
      {
        retryAfterSeconds: 5,
      },
    );
  }
  return new Refusal(
    'internal',
    'Something went wrong in the broker. The request id helps to find out what.',
  );
}

const NAME = /^[A-Za-z]\w{0,63}$/;

/** An error's name and the place it was thrown. Its message may hold anything, so it is not logged. */
function whereThrown(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { name, message, stack = '' } = error;
  // A message of several lines may hold one that looks like a place in the code.
  const frames = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : '';
  const frame = frames.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${NAME.test(name) ? name : 'Error'} ${frame?.trim() ?? ''}`.trim();
}

export function logFault(log: Log, fault: unknown, requestId: string): void {
  if (fault instanceof BadCursor) return;
  if (fault instanceof Unavailable) {
    log.error('back end unavailable', {
      requestId,
      backend: fault.backend,
      ...(fault.cause === undefined ? {} : { error: whereThrown(fault.cause) }),
    });
  } else {
    log.error('request failed', { requestId, error: whereThrown(fault) });
  }
}
