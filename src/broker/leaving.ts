// What must not leave the broker, whatever policy says of it: what can't be judged, and secrets.
import { isEncoded, namesMethod, parsePath } from '../connectors/http/index.ts';
import { isSecretType } from '../masking/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Rules } from './dependencies.ts';
import { secretEgress } from './egress.ts';
import type { HttpToJudge, WantedHttp } from './wanted-http.ts';

const ENCODED = new Refusal(
  'unsupported_media_type',
  'A body is judged and written down as it is: send it without `content-encoding`.',
);

const UNREADABLE =
  'A body is judged and written down as it is, and this one can not be read: send it in UTF-8.';

const NAMES_METHOD = new Refusal(
  'outside_task',
  'The request names another method in its query or form (`_method`), which some servers take for its own: send it by the method that is meant.',
);

const CARRIES_TOKEN = new Refusal(
  'secret_egress',
  "The request carries the task's own token in its path, query or body, where the target would get it. Send it in a header that is for it.",
);

function carriesToken({ path, query, body }: WantedHttp, token: string | undefined): boolean {
  if (token === undefined || token === '') return false;
  // Without an escape, its segments are as they stand in it.
  const decoded = path.includes('%') ? (parsePath(path)?.segments ?? []) : [];
  const said = [path, ...decoded, ...query.flat()].some((text) => text.includes(token));
  return said || (body !== undefined && body.length > 0 && Buffer.from(body).includes(token));
}

/** What must not leave, whatever policy says of it. */
export function leaving(
  { masking }: Pick<Rules, 'masking'>,
  { target, body, forwarded, found, unreadable, ...wanted }: HttpToJudge,
  token: string | undefined,
): Refusal | undefined {
  if (body !== undefined && body.length > 0 && isEncoded(forwarded)) return ENCODED;
  if (unreadable !== undefined) return new Refusal('unsupported_media_type', `${UNREADABLE} ${unreadable}`);
  if (namesMethod({ query: wanted.query, body, headers: forwarded })) return NAMES_METHOD;
  if (carriesToken({ ...wanted, target, body }, token)) return CARRIES_TOKEN;
  const secrets = [...found.keys()].filter(isSecretType).sort();
  return secrets.length > 0 && masking.refusesSecrets(target) ? secretEgress(target, secrets) : undefined;
}
