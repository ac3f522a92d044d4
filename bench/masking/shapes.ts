// Where a value stands: in a sentence of some language, under a key, in a column, in a log line.
import type { Kind, Language } from './kinds/kind.ts';
import { languageOf } from './kinds/kind.ts';
import { aside, gold, inCsv, inJson, inQuery, inXml, isMarked, plain } from './marked.ts';
import type { Random, World } from './random.ts';

/** Nothing in them says what the value is. */
const BARE = [
  'Just use {v} for now.',
  'Here you go: {v}',
  'I got "{v}" from the last call, is that right?',
  'Is {v} still valid?',
  'we saw {v}, then nothing for an hour',
  'the ticket mentions {v}; please check',
  '({v})',
  "value='{v}'",
  '{v}',
  '- {v}\n- to be confirmed\n',
  'Old entry {v} was replaced on Monday.',
  'user wrote: {v}!',
  'See `{v}` in the appendix.',
  '> {v}\n\nThat one?',
  'Fwd: {v} / please file',
  '2026-03-02 10:22:41,310 DEBUG worker-3 got {v} from queue',
  '[{v}]',
  'Line one\\n{v}\\nline three',
  '**{v}**',
  '<td>{v}</td>',
  'a\t{v}\tb',
  'Nur zur Info: {v}.',
  'Voici : {v}.',
  'Aquí está: {v}',
];

/** `{w}` is what people call it. */
const WITH_WORD: Readonly<Record<Language, readonly string[]>> = {
  en: [
    'My {w} is {v}.',
    '{w}: {v}',
    'the {w} ({v}) was rejected',
    'Please update the {w} to {v}, thanks',
    '{w} {v} does not work',
    '{v} is my {w}',
    'Could you verify the {w} {v} for me?',
    'agent: what is your {w}?\ncustomer: {v}',
    '{w} = {v}',
    '- {w}: {v}\n- status: open',
    'Her {w} on file is {v}; it has not changed.',
    '{w} # {v}',
    "What's your {w}? {v}",
    'I changed my {w} to {v} last week',
    '**{w}:** {v}',
    '{w}\n{v}',
    'Thanks for the {w}, {v}, we will check it.',
    'ticket 88: customer sent {w} {v} by chat',
    '{w} is: {v}',
    'Subject: wrong {w}\n\nHello,\n\nmy {w} should be {v}.\n\nBest',
  ],
  de: [
    'Meine {w} lautet {v}.',
    '{w}: {v}',
    'Bitte ändern Sie die {w} auf {v}.',
    '{w} {v} ist ungültig',
    'Die {w} des Kunden ist {v}',
  ],
  es: ['Mi {w} es {v}.', '{w}: {v}', 'Cambie el {w} a {v}, por favor', 'El {w} {v} no funciona'],
  fr: ['Mon {w} est {v}.', '{w} : {v}', 'Merci de noter le {w} {v}', 'Le {w} du client est {v}'],
  it: ['Il mio {w} è {v}.', '{w}: {v}', 'Il {w} {v} non è valido'],
  nl: ['Mijn {w} is {v}.', '{w}: {v}', 'Het {w} {v} klopt niet', 'Kunt u het {w} wijzigen in {v}?'],
  pl: ['Mój {w} to {v}.', '{w}: {v}', 'Proszę zmienić {w} na {v}'],
  pt: ['Meu {w} é {v}.', '{w}: {v}', 'O {w} {v} está errado', 'Informe o {w}: {v}'],
};

type Field = readonly [key: string, value: string];

function others(world: World): Field[] {
  const { random, faker } = world;
  const all: Field[] = [
    ['status', random.pick(['active', 'open', 'closed'])],
    ['count', String(random.between(1, 400))],
    ['plan', random.pick(['basic', 'pro', 'enterprise'])],
    ['created_at', '2026-03-02T10:22:41Z'],
    ['locale', world.locale.replace('_', '-')],
    ['note', faker.word.adjective()],
  ];
  return all.filter(() => random.chance(0.5)).slice(0, 4);
}

function json(fields: readonly Field[], random: Random, numeric: string): string {
  const spaced = random.chance(0.5);
  const body = fields.map(([key, value]) => {
    // A number may stand without quotes.
    const bare = key === numeric && /^[1-9]\d{0,14}$/u.test(plain(value)) && random.chance(0.3);
    return `"${key}":${spaced ? ' ' : ''}${bare ? value : `"${inJson(value)}"`}`;
  });
  const one = spaced ? `{\n  ${body.join(',\n  ')}\n}` : `{${body.join(',')}}`;
  return random.pick([one, one, `{"data":[${one}],"total":1}`, `[${one}]`]);
}

function csv(fields: readonly Field[], random: Random): string {
  const comma = random.pick([',', ',', ';', '\t']);
  const head = ['id', ...fields.map(([key]) => key)].join(comma);
  const row = ['17', ...fields.map(([, value]) => inCsv(value, comma))].join(comma);
  return `${head}\n${row}\n`;
}

const markdown = (fields: readonly Field[]) =>
  `| ${fields.map(([key]) => key).join(' | ')} |\n|${fields.map(() => '---|').join('')}\n| ${fields.map(([, value]) => value).join(' | ')} |\n`;

const shouted = (key: string) =>
  key
    .replace(/([a-z])([A-Z])/gu, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();
const quoted = (value: string) => (/[\s"#'$]/u.test(plain(value)) ? `"${value}"` : value);

const FIELD_SHAPES: Readonly<
  Record<string, (fields: readonly Field[], random: Random, key: string) => string>
> = {
  json,
  jsonToo: json,
  csv: (fields, random) => csv(fields, random),
  markdown: (fields) => markdown(fields),
  yaml: (fields, random) =>
    fields
      .map(
        ([key, value]) =>
          `${key}: ${random.chance(0.3) || /[:#]\s|^[@[{*&!|>'"%`]/u.test(plain(value)) ? `"${value}"` : value}\n`,
      )
      .join(''),
  env: (fields) => fields.map(([key, value]) => `${shouted(key)}=${quoted(value)}\n`).join(''),
  logfmt: (fields) =>
    `level=info ${fields.map(([key, value]) => `${key}=${quoted(value)}`).join(' ')} took=12ms`,
  query: (fields) =>
    `GET /v1/search?${fields.map(([key, value]) => `${key}=${inQuery(value)}`).join('&')} HTTP/1.1`,
  form: (fields) => fields.map(([key, value]) => `${key}=${inQuery(value)}`).join('&'),
  sql: (fields) =>
    `INSERT INTO t (${fields.map(([key]) => key).join(', ')}) VALUES (${fields.map(([, value]) => `'${value.replaceAll("'", "''")}'`).join(', ')});`,
  xml: (fields) => `<row>${fields.map(([key, value]) => `<${key}>${inXml(value)}</${key}>`).join('')}</row>`,
  python: (fields) =>
    `{${fields.map(([key, value]) => `'${key}': ${plain(value).includes("'") ? `"${value}"` : `'${value}'`}`).join(', ')}}`,
  code: (fields) =>
    `const row = {\n${fields.map(([key, value]) => `  ${/\W/u.test(key) ? `'${key}'` : key}: "${value}",\n`).join('')}};`,
  trace: (fields) =>
    `ValueError: bad input (${fields.map(([key, value]) => `${key}=${quoted(value)}`).join(', ')})\n    at parse (src/rows.ts:88:14)\n    at async run (src/main.ts:12:3)`,
};

export interface Made {
  readonly marked: string;
  readonly shape: string;
}

const marked = (kind: Kind, world: World) => {
  const value = kind.make(world);
  return isMarked(value) ? value : gold(kind.type, value);
};

const put = (template: string, value: string, word = '') =>
  template.replaceAll('{w}', () => word).replace('{v}', () => value);

function inSentence(kind: Kind, world: World): Made {
  const { random, locale } = world;
  const value = marked(kind, world);
  const own = kind.sentences ?? [];
  const language = languageOf(locale);
  const localWords = kind.local?.[language];
  const roll = random.below(10);
  if (kind.only === 'sentences') return { marked: put(random.pick(own), value), shape: 'own' };
  if (kind.tells === 'structure' && roll < 3) return { marked: put(random.pick(BARE), value), shape: 'bare' };
  if (own.length > 0 && roll < 5) return { marked: put(random.pick(own), value), shape: 'own' };
  const foreign = localWords !== undefined && random.chance(0.75);
  const word = random.pick(foreign ? localWords : kind.words);
  const template = random.pick(kind.worded ?? WITH_WORD[foreign ? language : 'en']);
  const tail = random.chance(0.15)
    ? ` ${random.pick(['Regards,', 'Thanks', 'cc'])} ${aside(world.faker.person.firstName())}`
    : '';
  return { marked: put(template, value, word) + tail, shape: 'worded' };
}

export function shaped(kind: Kind, world: World): Made {
  const { random } = world;
  if (kind.only === 'sentences' || random.chance(0.55)) return inSentence(kind, world);
  const shape = random.pick(Object.keys(FIELD_SHAPES));
  const key = random.pick(kind.keys);
  const fields = others(world);
  const at = random.between(0, fields.length);
  const all: Field[] = [...fields.slice(0, at), [key, marked(kind, world)], ...fields.slice(at)];
  // One column is no table.
  if (all.length === 1) all.push(['status', 'open']);
  return { marked: (FIELD_SHAPES[shape] ?? json)(all, random, key), shape };
}
