// Secrets: tokens by provider, and those that their surroundings tell.
import { aside, gold } from '../marked.ts';
import { ALNUM, BASE64, HEX, LOWER, type Random, WORDISH, type World } from '../random.ts';
import { assignment, named, password } from './assignments.ts';
import type { Kind } from './kind.ts';
import { TOKENS } from './tokens.ts';

const words = ['token', 'API key', 'key', 'access token', 'secret', 'credential'];

function ofProvider(type: string): Kind {
  const name = type.toLowerCase();
  return {
    type,
    tells: 'structure',
    secret: true,
    make: ({ random }) => TOKENS[type]?.(random) ?? '',
    words,
    keys: [`${name}_token`, 'token', 'apiKey', `${name.toUpperCase()}_KEY`, 'value', 'config', 'note'],
    sentences: [
      'export X={v}',
      'error: invalid credential {v}',
      'rotate {v} today, it was in the screenshot',
      '+  const client = new Client("{v}");',
      "run with --key '{v}'; then retry",
      'curl -H "X-Api-Key: {v}" https://api.example.com/v1/me',
      'level=warn msg="upstream said 401" credential={v} attempt=2',
      'It was leaked here: {v}.',
      '{"log":"using {v}\\n","stream":"stdout"}',
    ],
  };
}

const base64url = (text: string) => Buffer.from(text).toString('base64url');

function jwt({ random, faker }: World): string {
  const head = {
    alg: random.pick(['RS256', 'HS256', 'ES256']),
    typ: 'JWT',
    ...(random.chance(0.4) ? { kid: random.from(HEX, 8) } : {}),
  };
  const body = {
    sub: faker.string.uuid(),
    name: faker.person.fullName(),
    iat: 1_760_000_000 + random.below(9_999_999),
    aud: 'api',
  };
  const parts = [JSON.stringify(head), JSON.stringify(body)].map(base64url);
  return [...parts, random.from(WORDISH, random.pick([43, 86, 342]))].join('.');
}

const PEM_NAMES = [
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
];

function pem({ random }: World): string {
  const name = random.pick(PEM_NAMES);
  const dashes = '-'.repeat(5);
  const lines = Array.from({ length: random.between(3, 14) }, () => random.from(BASE64, 64));
  return `${dashes}BEGIN ${name}${dashes}\n${lines.join('\n')}\n${random.from(BASE64, 22)}==\n${dashes}END ${name}${dashes}`;
}

const inUrl = (text: string) => text.replaceAll(/[^\w.~-]/gu, (mark) => encodeURIComponent(mark));

function connection({ random, faker }: World): string {
  const user = random.pick(['app', 'postgres', 'root', 'svc_orders', 'sa']);
  const host = random.pick([
    'db.internal',
    '10.1.4.9',
    'localhost',
    `${faker.internet.domainWord()}.rds.example.com`,
  ]);
  const secret = password(random);
  const url = (scheme: string, rest: string) =>
    `${aside(`${scheme}://${user}:`)}${gold('CONNECTION_STRING', inUrl(secret))}${aside(`@${host}${rest}`)}`;
  const word = secret.replaceAll(/[;'"\s%]/gu, 'x');
  return random.pick([
    () => url(random.pick(['postgres', 'postgresql', 'postgresql+psycopg2']), ':5432/orders?sslmode=require'),
    () => url('mysql', ':3306/shop'),
    () => url('mongodb+srv', '/app?retryWrites=true'),
    () => `${aside('redis://:')}${gold('CONNECTION_STRING', inUrl(secret))}${aside(`@${host}:6379/0`)}`,
    () => url('amqps', ':5671/%2f'),
    () =>
      `${aside(`Server=tcp:${host},1433;Database=crm;User ID=${user};Password=`)}${gold('CONNECTION_STRING', word)}${aside(';Encrypt=True;')}`,
    () =>
      `${aside(`jdbc:mysql://${host}/app?user=${user}&password=`)}${gold('CONNECTION_STRING', inUrl(secret))}`,
    () =>
      `${aside(`host=${host} port=5432 user=${user} password=`)}${gold('CONNECTION_STRING', inUrl(secret))}${aside(' dbname=app')}`,
    () =>
      `${aside('DefaultEndpointsProtocol=https;AccountName=acmestore;AccountKey=')}${gold('CONNECTION_STRING', `${random.from(BASE64, 86)}==`)}${aside(';EndpointSuffix=core.windows.net')}`,
  ])();
}

function signedUrl({ random }: World): string {
  const file = `${random.from(LOWER, 8)}.${random.pick(['pdf', 'csv', 'zip'])}`;
  return random.pick([
    () =>
      `${aside(`https://acme-exports.s3.eu-west-1.amazonaws.com/${file}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260302T102241Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=`)}${gold('SIGNED_URL', random.from(HEX, 64))}`,
    () =>
      `${aside(`https://storage.googleapis.com/acme/${file}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=3600&X-Goog-Signature=`)}${gold('SIGNED_URL', random.from(HEX, 512))}`,
    () =>
      `${aside(`https://acmestore.blob.core.windows.net/in/${file}?sv=2024-11-04&se=2026-04-01T00%3A00%3A00Z&sr=b&sp=r&sig=`)}${gold('SIGNED_URL', inUrl(`${random.from(BASE64, 43)}=`))}`,
    () =>
      `${aside(`https://d111111abcdef8.cloudfront.net/${file}?Expires=1772450561&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=`)}${gold('SIGNED_URL', `${random.from(`${ALNUM}-~`, 340)}__`)}`,
  ])();
}

const opaque = (random: Random) => random.from(WORDISH, random.between(24, 64));

function header({ random }: World): string {
  return random.pick([
    () => `Authorization: Bearer ${gold('AUTH_HEADER', opaque(random))}`,
    () =>
      `authorization: Basic ${gold('AUTH_HEADER', Buffer.from(`svc:${password(random)}`).toString('base64'))}`,
    () =>
      `Proxy-Authorization: Basic ${gold('AUTH_HEADER', Buffer.from(`proxy:${password(random)}`).toString('base64'))}`,
    () => `curl -H 'Authorization: Bearer ${gold('AUTH_HEADER', opaque(random))}' https://api.example.com`,
    () => `"Authorization": "token ${gold('AUTH_HEADER', opaque(random))}"`,
    () => `X-Api-Key: ${gold('AUTH_HEADER', opaque(random))}`,
  ])();
}

function cookie({ random }: World): string {
  const session = random.pick([
    'sessionid',
    'JSESSIONID',
    'connect.sid',
    'PHPSESSID',
    'auth_token',
    '__Host-session',
    '_session_id',
  ]);
  return random.pick([
    () =>
      `Cookie: theme=${aside('dark')}; ${session}=${gold('COOKIE', random.from(ALNUM, 32))}; lang=${aside('en')}`,
    () =>
      `Set-Cookie: ${session}=${gold('COOKIE', random.from(HEX, 40))}; Path=/; HttpOnly; Secure; SameSite=Lax`,
    () =>
      `curl --cookie "${session}=${gold('COOKIE', random.from(ALNUM, 26))}" https://shop.example.com/cart`,
  ])();
}

const own = (type: string, tells: Kind['tells'], make: Kind['make']): Kind => ({
  type,
  tells,
  secret: true,
  make,
  words: [],
  keys: [],
  only: 'sentences',
  sentences: ['{v}', 'see below\n{v}\n', '$ {v}', '# staging\n{v}\n# end'],
});

export const SECRETS: readonly Kind[] = [
  ...Object.keys(TOKENS).map(ofProvider),
  { ...ofProvider('JWT'), make: jwt, keys: ['id_token', 'jwt', 'token', 'assertion'] },
  {
    ...ofProvider('PRIVATE_KEY'),
    make: pem,
    only: 'sentences',
    sentences: ['{v}', 'key:\n{v}\n', 'my key is\n\n{v}\n\nplease add it'],
  },
  {
    ...ofProvider('CONNECTION_STRING'),
    make: connection,
    keys: ['database_url', 'DATABASE_URL', 'dsn', 'connectionString'],
    sentences: ['DATABASE_URL={v}', 'connecting to {v}', 'psql "{v}"'],
  },
  {
    ...ofProvider('SIGNED_URL'),
    make: signedUrl,
    keys: ['url', 'download', 'href'],
    sentences: ['Download: {v}', 'GET {v} 200 in 31 ms', '[report]({v})'],
  },
  own('AUTH_HEADER', 'structure', header),
  own('COOKIE', 'context', cookie),
  own('PASSWORD', 'context', assignment),
  own('NAMED_SECRET', 'context', named),
];
