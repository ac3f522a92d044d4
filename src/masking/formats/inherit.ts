// What a key that says nothing by itself has from the one above it: `{"password": {"S": "…"}}`.
import { wordsOf } from '../scan/names.ts';

/** Types that stand where a name would, as databases write them. */
const TYPES = new Set(['S', 'N', 'B', 'L', 'M', 'SS', 'NS', 'BS']);

/** What is under these is the value itself, whatever it is a value of. */
const CARRIES = new Set([
  ...[
    'text',
    '#text',
    '_text',
    '$text',
    '__text',
    '_',
    '$t',
    '$',
    '#',
    '$value',
    '_value',
    '@value',
    'value',
  ],
  ...['values', 'raw', 'plain', 'plaintext', 'cleartext', 'string', 'str', 'long', 'int', 'integer', 'bytes'],
  ...['stringvalue', 'integervalue', 'datetimevalue', '$numberlong', '$numberint', '$numberdecimal', '$date'],
  ...['#cdata', '__cdata', '$cdata', '#cdata-section', 'content', 'number', 'no'],
  ...['current', 'old', 'new', 'previous', 'original', 'before', 'after', 'from', 'to', 'confirm', 'repeat'],
  ...['first', 'last', 'middle', 'given', 'family', 'full', 'home', 'work', 'mobile', 'private', 'business'],
  ...['primary', 'secondary', 'main', 'default', 'other', 'personal', 'office', 'cell'],
]);

/** What is said about a secret, and is none: how long it is, what it is called, when it ends. */
const ABOUT = new Set([
  ...['type', 'kind', 'format', 'description', 'title', 'label', 'hint', 'help', 'placeholder', 'example'],
  ...['name', 'id', 'uuid', 'ref', 'path', 'file', 'url', 'uri', 'href', 'arn', 'version', 'status', 'state'],
  ...[
    'length',
    'min',
    'max',
    'size',
    'count',
    'limit',
    'pattern',
    'required',
    'enabled',
    'disabled',
    'valid',
  ],
  ...[
    'optional',
    'nullable',
    'deprecated',
    'mode',
    'policy',
    'rule',
    'rules',
    'strength',
    'algorithm',
    'alg',
  ],
  ...[
    'at',
    'on',
    'by',
    'date',
    'time',
    'timestamp',
    'expires',
    'expiry',
    'expiration',
    'ttl',
    'age',
    'created',
  ],
  ...['updated', 'changed', 'modified', 'rotated', 'used', 'issued', 'scope', 'scopes', 'issuer', 'audience'],
  ...['error', 'errors', 'message', 'messages', 'code', 'reason', 'locale', 'language', 'order', 'index'],
  ...[
    'namespace',
    'environment',
    'region',
    'provider',
    'owner',
    'tags',
    'source',
    'operator',
    'method',
    'via',
  ],
  ...['items', 'properties', 'schema', 'enum', 'const', 'ui', 'widget', 'component', 'readonly', 'writeonly'],
  ...[
    'in',
    'exists',
    'present',
    'set',
    'rotation',
    'interval',
    'retries',
    'attempts',
    'loc',
    'ctx',
    'url',
    'kid',
  ],
]);

/** Any name; only that of a secret; none, as it says something else. */
export type Inherits = 'all' | 'secrets' | 'nothing';

export function inheritsOf(key: string): Inherits {
  if (TYPES.has(key) || CARRIES.has(key.toLowerCase())) return 'all';
  const words = wordsOf(key);
  return words.length > 0 && [words.at(-1), words[0]].some((word) => ABOUT.has(word as string))
    ? 'nothing'
    : 'secrets';
}
