// Asks the AWS under test what no client of ours is for, signed by hand with the environment's keys.
import { createHash, createHmac } from 'node:crypto';
import { setting } from './outputs.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** A POST; the answer's text. Throws on anything but a 200. */
async function post(
  service: string,
  path: string,
  body: string,
  more: Record<string, string>,
  milliseconds = 25_000,
): Promise<string> {
  const url = new URL(path, setting('AWS_ENDPOINT_URL'));
  const headers: Record<string, string> = {
    host: url.host,
    'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d{3}/g, ''),
    ...more,
  };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, authorization: authorization(service, path, headers, body) },
    body,
    signal: AbortSignal.timeout(milliseconds),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${service} ${path}: ${answer.status} ${text}`);
  return text;
}

/** Signature version 4. */
function authorization(
  service: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}`);
  const canonical = ['POST', path, '', ...lines, '', names.join(';'), hash(body)].join('\n');
  const time = headers['x-amz-date'] ?? '';
  const scope = [time.slice(0, 8), setting('AWS_REGION'), service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>(mac, `AWS4${setting('AWS_SECRET_ACCESS_KEY')}`);
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), hash(canonical)].join('\n');
  const credential = `${setting('AWS_ACCESS_KEY_ID')}/${scope.join('/')}`;
  const signature = mac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

/** One that works through what others left has minutes to do so, and may have to wait until it begins. */
const FUNCTION_MILLISECONDS = 120_000;

/** Calls a function as the owner of the account may; its own error fails the call. */
export async function invoke(functionName: string, event: object): Promise<unknown> {
  const path = `/2015-03-31/functions/${functionName}/invocations`;
  const more = { 'content-type': 'application/json' };
  const text = await post('lambda', path, JSON.stringify(event), more, FUNCTION_MILLISECONDS);
  const answer: unknown = text === '' || text === 'null' ? undefined : JSON.parse(text);
  if (typeof answer === 'object' && answer !== null && 'errorMessage' in answer) throw new Error(text);
  return answer;
}

const ATTEMPTS = 5;

/** A question that changes nothing, so it may be asked again: MiniStack trips over what others log meanwhile. */
async function ask<Answer>(service: string, target: string, input: object): Promise<Answer> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return JSON.parse(await post(service, '/', JSON.stringify(input), headers));
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

interface LogGroups {
  readonly logGroups: readonly { readonly logGroupName: string }[];
}
interface LogEvents {
  readonly events: readonly { readonly message: string }[];
  readonly nextToken?: string;
}

/** Every line that anything has logged so far, by log group. */
export async function everyLog(): Promise<ReadonlyMap<string, readonly string[]>> {
  const { logGroups } = await ask<LogGroups>('logs', 'Logs_20140328.DescribeLogGroups', {});
  const logs = new Map<string, readonly string[]>();
  for (const { logGroupName } of logGroups) logs.set(logGroupName, await linesOf(logGroupName));
  return logs;
}

async function linesOf(logGroupName: string): Promise<string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page: LogEvents = await ask('logs', 'Logs_20140328.FilterLogEvents', {
      logGroupName,
      ...(nextToken === undefined ? {} : { nextToken }),
    });
    lines.push(...page.events.map(({ message }) => message));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}
