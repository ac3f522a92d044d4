// Values that nobody may see, and requests that say them wherever a caller may say anything.
import type { Answer, Sending } from './broker.ts';
import type { Opened } from './contract.ts';
import { agentToken, operatorToken } from './tokens.ts';

/** As they are sent. Put together here, so that no scanner takes them for real ones. */
export const CARD = '4242 4242 4242 4242';
export const EMAIL = 'canary.bird@example.net';
export const TOKEN = ['ghp', 'cAnArYcAnArYcAnArYcAnArY0123451zmOxl'].join('_');

/** As none of them may be found, whatever became of the rest of it. */
export const NOWHERE = ['4242 4242', '42424242', 'canary.bird', 'cAnArYcAnArY'];

/** All of them, in words. */
export const WORDS = `Ask ${EMAIL} about the card ${CARD}, with ${TOKEN}.`;

export type Send = (method: string, path: string, sending: Sending) => Promise<Pick<Answer, 'text' | 'body'>>;

const HEADERS = { 'bailiwick-reason': WORDS };
const NOTE = { capability: 'notes:read', parameters: { about: `${EMAIL} 4242-4242-4242-4242` } };
const TYPE = 'application/x-www-form-urlencoded';

function tokenRequest(fields: Readonly<Record<string, string>>): Sending {
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: agentToken('scribe'),
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    ...fields,
  });
  return { raw: form.toString(), headers: { 'content-type': TYPE, ...HEADERS } };
}

/** Bodies that open no task, each with canaries in another place. */
const REFUSED: readonly object[] = [
  { purpose: WORDS, capabilities: [NOTE], [EMAIL]: 1, [CARD]: 2 },
  { purpose: WORDS, capabilities: [{ capability: 'notes:read', parameters: { [EMAIL]: 'x', [CARD]: 'x' } }] },
  { purpose: WORDS, capabilities: [{ capability: '4242-4242-4242-4242:read' }] },
  { purpose: WORDS, capabilities: [{ capability: 'notes:4242424242424242' }] },
  { purpose: WORDS, capabilities: [{ capability: 'notes:read', parameters: { about: TOKEN } }] },
  { purpose: WORDS, capabilities: [NOTE], delegation: EMAIL },
  { purpose: WORDS, capabilities: [NOTE], ttlSeconds: 4_242_424_242_424_242 },
];

/** Whatever a caller may say anything in, said; what was answered, in one text. */
export async function sayEverywhere(send: Send): Promise<string> {
  const texts: string[] = [];
  const say = async (method: string, path: string, sending: Sending) => {
    const answer = await send(method, path, { ...sending, headers: { ...HEADERS, ...sending.headers } });
    texts.push(answer.text);
    return answer.body;
  };
  const scribe = () => agentToken('scribe');
  const opening = { purpose: WORDS, capabilities: [NOTE] };
  for (const body of REFUSED) await say('POST', '/v1/tasks', { token: scribe(), body });
  await say('POST', '/v1/tasks', { token: 'nonsense', body: opening });
  const details = JSON.stringify([{ type: 'bailiwick_capability', ...NOTE }]);
  await say('POST', '/v1/token', tokenRequest({ purpose: WORDS, authorization_details: details }));
  await say('POST', '/v1/token', tokenRequest({ purpose: WORDS, scope: `${CARD}:read` }));
  await say(
    'POST',
    '/v1/token',
    tokenRequest({ authorization_details: JSON.stringify([{ [CARD]: EMAIL }]) }),
  );
  const { task, token } = (await say('POST', '/v1/tasks', { token: scribe(), body: opening })) as Opened;
  const at = `/v1/tasks/${task.id}`;
  await say('GET', at, { token });
  await say('POST', `${at}/credentials`, { token, body: NOTE });
  await say('POST', `${at}/credentials`, { token, body: { capability: 'notes:read' } });
  for (const about of [CARD, TOKEN, EMAIL]) {
    await say('POST', `${at}/credentials`, { token, body: { ...NOTE, parameters: { about } } });
  }
  await say('POST', `${at}/credentials`, { token, body: { ...NOTE, [CARD]: EMAIL } });
  await say('POST', `${at}/delegations`, {
    token,
    body: { agent: 'reader', capabilities: [NOTE], [EMAIL]: 1 },
  });
  const wider = [{ capability: 'notes:read', parameters: { about: CARD } }];
  await say('POST', `${at}/delegations`, { token, body: { agent: 'reader', capabilities: wider } });
  const offered = (await say('POST', `${at}/delegations`, {
    token,
    body: { agent: 'reader', capabilities: [NOTE] },
  })) as { readonly delegation: { readonly id: string } };
  const below = (await say('POST', '/v1/tasks', {
    token: agentToken('reader'),
    body: { ...opening, delegation: offered.delegation.id },
  })) as Opened;
  await say('POST', `/v1/tasks/${below.task.id}/credentials`, { token: below.token, body: NOTE });
  await say('POST', `/v1/tasks/${below.task.id}/finish`, { token: below.token });
  const operator = operatorToken();
  const reason = { token: operator, body: { reason: WORDS } };
  await say('POST', `${at}/revoke`, reason);
  for (const change of ['quarantine', 'reinstate', 'attest'])
    await say('POST', `/v1/agents/reader/${change}`, reason);
  await say('POST', `/v1/agents/${encodeURIComponent(EMAIL)}/quarantine`, reason);
  await say('GET', `/v1/agents?limit=10&${encodeURIComponent(EMAIL)}=1`, { token: operator });
  await say('GET', `/v1/tasks?task=${encodeURIComponent(CARD)}`, { token: operator });
  await say('GET', '/v1/agents/reader', { token: operator });
  return texts.join('\n');
}
