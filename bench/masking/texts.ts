// The kinds of text that speed is measured on, as long as asked for, and texts that are meant to take long.
import { KIND_OF } from './corpus.ts';
import { inJson, isMarked, plain } from './marked.ts';
import { NEGATIVES } from './negatives.ts';
import { createRandom, LOCALES, type World, worldOf } from './random.ts';

const SEED = 7;
/** As people write it, in which little looks like anything. */
const PROSE = ['everyday prose', 'made-up prose'];
/** Prose whose words and numbers look as if they were something, in each of its sentences. */
const LOOK_ALIKES = ['prose', 'Prosa', 'la prose'];
const NUMBERS = [
  'order number',
  'timestamp',
  'epoch ms',
  'uuid',
  'hex hash',
  'git sha',
  'version',
  'sku',
  'price',
  'metrics',
  'statistics',
  'log lines',
];
const DENSE = [
  'EMAIL',
  'PHONE',
  'CREDIT_CARD',
  'IPV4',
  'IBAN',
  'US_SSN',
  'GITHUB',
  'AWS_ACCESS_KEY',
  'STRIPE',
  'MAC',
  'SLACK',
  'GITLAB',
];
const WORDS = ['then', 'we asked for', 'and', 'he wrote', 'with', 'please use', 'or rather', 'and later'];

function made(type: string, world: World): string {
  const value = KIND_OF.get(type)?.make(world) ?? '';
  return isMarked(value) ? plain(value) : value;
}

function record(world: World): string {
  const { random, faker } = world;
  const text = (value: string) => inJson(value);
  return `{"id":${random.between(1, 999_999)},"uuid":"${faker.string.uuid()}","status":"${random.pick(['open', 'paid', 'sent'])}","customer":{"name":"${text(faker.person.fullName())}","email":"${made('EMAIL', world).replaceAll("'", '')}","address":{"city":"${text(faker.location.city())}","geo":{"lat":52.${random.digits(5)},"lng":4.${random.digits(5)}}}},"lines":[${[1, 2].map(() => `{"sku":"${random.from('ABCDEF', 2)}-${random.digits(4)}","quantity":${random.between(1, 9)},"price":${random.between(1, 99)}.50,"tags":["new","blue"]}`).join(',')}],"payment":{"card":"${made('CREDIT_CARD', world)}","authorised":true},"created":"2026-03-02T10:22:41Z","note":"${text(faker.lorem.sentence())}"}`;
}

type Piece = (world: World) => string;

const harmless =
  (names: readonly string[]): Piece =>
  (world) =>
    `${NEGATIVES[world.random.pick(names)]?.(world)}\n`;

const PIECES: Readonly<Record<string, Piece>> = {
  prose: harmless(PROSE),
  'look-alikes': harmless(LOOK_ALIKES),
  numbers: harmless(NUMBERS),
  dense: (world) =>
    `${world.random.pick(WORDS)} ${made(world.random.pick(DENSE), world)}${world.random.pick([', ', '. ', '\n'])}`,
};

export const KINDS_OF_TEXT = [...Object.keys(PIECES), 'json'] as const;

/** Texts of `size` characters each: several, so that none is remembered by what reads it. */
export function textsOf(kind: string, size: number, count: number): readonly string[] {
  const random = createRandom(SEED + size);
  const world = () => worldOf(random, random.pick(LOCALES));
  return Array.from({ length: count }, () => {
    const piece = PIECES[kind];
    const parts: string[] = [];
    let length = 0;
    const one = world();
    while (length < size) {
      const part = piece === undefined ? record(one) : piece(one);
      // Whole records, or the text would be no JSON.
      if (piece === undefined && length > 0 && length + part.length + 1 > size) break;
      parts.push(part);
      length += part.length + 1;
    }
    if (piece !== undefined) return parts.join('').slice(0, size);
    return size < 1000
      ? `{"id":17,"status":"open","email":"${made('EMAIL', one).replaceAll("'", '')}","total":99.50}`
      : `[${parts.join(',')}]`;
  });
}

/** What each is a lot of. */
export const HOSTILE: Readonly<Record<string, (size: number) => string>> = {
  ...Object.fromEntries(
    [
      'a',
      '1',
      '@',
      ':',
      '=',
      '-',
      '[',
      '.',
      '"',
      '{',
      '\\',
      '+',
      '(',
      'a@',
      '1-',
      '1 ',
      '1.',
      'a=',
      'a:',
      'x.',
      '::',
      '0x',
      'a1',
      '[A',
      'eyJ',
      'sk-',
      '+1 ',
      'key=',
      'password:',
      'name "',
      '://a:',
      '\n,',
    ].map((part) => [part, (size: number) => part.repeat(Math.ceil(size / part.length))]),
  ),
  'a, one @, a': (size) => `${'a'.repeat(size / 2)}@${'a'.repeat(size / 2)}`,
  'open PEM': (size) => `${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}\n`.repeat(Math.ceil(size / 28)),
};

export const nested = (deep: number) => `${'{"a":['.repeat(deep)}1${']}'.repeat(deep)}`;
