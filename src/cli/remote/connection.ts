// Which broker is asked, and with whose token.
import { readLastRun } from '../../embedded/last-run.ts';
import { DEFAULT_DATA } from '../../embedded/walk.ts';
import { WrongUse } from './trouble.ts';

export interface Connection {
  readonly url: URL;
  /** How the address was found, as a clause that follows it. */
  readonly found: string;
  /** What to do if nothing answers there. */
  readonly hint?: string;
  readonly token: string;
}

export interface ConnectionOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly data?: string | undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && LOOPBACK.test(hostname);
}

/** The address as a base, or undefined where a token must not be sent to it. It is not said again: it may hold a secret. */
function baseOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && (url.protocol === 'https:' || isLoopback(url)) ? url : undefined;
}

type Address = Omit<Connection, 'token'>;

async function lastRunIn(data: string): Promise<Address> {
  const { url: text = '' } = (await readLastRun(data)) ?? {};
  const url = baseOf(text);
  // Embedded brokers are on loopback. A file that says otherwise, in a directory that came from elsewhere, is not one's own.
  if (url === undefined || !isLoopback(url)) {
    throw new WrongUse(
      `There is no broker to ask: none has run with the data directory ${data}. Name another with --data, or an address with --url or BAILIWICK_URL.`,
    );
  }
  return {
    url,
    found: `where the one that last used ${data} was`,
    hint: 'start it, or name another with --data, --url or BAILIWICK_URL',
  };
}

async function addressFor(asked: string | undefined, said: string, data: string): Promise<Address> {
  const [text, named] = asked === undefined ? [said, 'BAILIWICK_URL'] : [asked, '--url'];
  if (text === '' && asked === undefined) return lastRunIn(data);
  const url = baseOf(text);
  if (url === undefined) {
    throw new WrongUse(
      `${named} must be an address with https://, or with http:// on this machine, without a user, a query or a fragment.`,
    );
  }
  return { url, found: `which ${named} names` };
}

function tokenFor(asked: string | undefined, said: string, data: string): string {
  const token = (asked ?? said).trim();
  if (token === '') {
    const where = data === DEFAULT_DATA ? '' : ` --data ${data}`;
    throw new WrongUse(
      `There is no token: set BAILIWICK_TOKEN to one of a person who may do this, from the issuer that \`humans\` names in broker.yaml, or, where that is the demo issuer, from \`bailiwick demo token --human ID --groups operators${where}\`.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new WrongUse('The token holds blanks or other characters that no token has.');
  }
  return token;
}

/** An argument goes before the environment, and an address that was said before one that is remembered. */
export async function connectionFor(
  { url, token, data = DEFAULT_DATA }: ConnectionOptions,
  environment: NodeJS.ProcessEnv,
): Promise<Connection> {
  const address = await addressFor(url, environment['BAILIWICK_URL'] ?? '', data);
  return { ...address, token: tokenFor(token, environment['BAILIWICK_TOKEN'] ?? '', data) };
}
