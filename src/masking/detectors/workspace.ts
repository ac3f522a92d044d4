// Tokens of services that people work in: issues, documents, design, tables, customers.
import type { Scan } from '../scan/scan.ts';
import { endOfRun, isHexBody, isPlaceholder, startOfToken } from './kit/bodies.ts';
import { isRandom } from './kit/randomness.ts';
import { matching, token } from './kit/tokens.ts';

const UUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';

/** Eleven characters, ten times `A`, and 43 more. */
function findLongLived(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const end = endOfRun(text, to, '_=-', to + 45);
  const start = startOfToken(text, at, '', at - 14);
  if (end - to < 43 || end - to > 44 || at - start < 11 || at - start > 12) return;
  if (!isPlaceholder(text.slice(to, end)) && isRandom(text.slice(to, end))) scan.add(start, end);
}

export const detectors = [
  token({
    type: 'ATLASSIAN_TOKEN',
    title: 'Atlassian: API tokens',
    shapes: [{ prefixes: ['ATATT3', 'ATCTT3', 'ATSTT3'], length: 186, least: 40, also: '_=-' }],
    beside: [{ words: ['atlassian', 'jira', 'confluence'], lengths: [24], kind: 'alnum' }],
  }),
  token({
    type: 'BITBUCKET_TOKEN',
    title: "Bitbucket: apps' passwords, access tokens, clients' ids and secrets",
    shapes: [
      { prefixes: ['ATBB'], length: 32, least: 28, begins: '' },
      { prefixes: ['BBDC-'], length: 44, least: 36, also: '+/' },
    ],
    beside: [
      { words: ['bitbucket', 'bit bucket'], lengths: [32], kind: 'alnum' },
      { words: ['bitbucket', 'bit bucket'], lengths: [64], kind: 'alnum', also: '=_-' },
    ],
  }),
  token({
    type: 'LINEAR_KEY',
    title: 'Linear: API keys, OAuth tokens, secrets',
    shapes: [{ prefixes: ['lin_api_', 'lin_oauth_', 'lin_wh_'], length: 40 }],
    beside: [{ words: ['linear'], lengths: [32], kind: 'hex' }],
  }),
  token({
    type: 'NOTION_TOKEN',
    title: 'Notion: tokens of integrations',
    shapes: [
      { prefixes: ['ntn_'], length: 46, least: 32, begins: '_' },
      {
        prefixes: ['secret_'],
        length: 43,
        least: 43,
        begins: '_-',
        check: (body) => body.length === 43 && /\d/u.test(body),
      },
    ],
  }),
  token({
    type: 'ASANA_TOKEN',
    title: "Asana: access tokens, clients' ids and secrets",
    hooks: [
      matching(
        'asana',
        'asana[\\s\\S]{0,60}?(?<value>(?<![\\w/])[0-2]/\\d{10,20}(?:/\\d{10,20})?:[0-9a-f]{32})',
        { exact: false },
      ),
    ],
    beside: [
      { words: ['asana'], lengths: [32], kind: 'alnum' },
      { words: ['asana'], lengths: [16], kind: 'digits' },
    ],
  }),
  token({
    type: 'CLICKUP_TOKEN',
    title: 'ClickUp: personal tokens',
    hooks: [matching('pk_', 'pk_\\d{4,12}_[A-Z0-9]{32}', { begins: true })],
    check: 'its prefix, a number and 32 capitals and digits',
    example: `«${'pk'}_12345678_Q7RK2WN9ZT4XB6VD1PM8HS3JC5LF0GYQ»`,
  }),
  token({
    type: 'TRELLO_TOKEN',
    title: 'Trello: keys and tokens',
    shapes: [
      {
        prefixes: ['ATTA'],
        length: 72,
        least: 64,
        kind: 'hex',
        check: (body) => isHexBody(body.slice(0, 64)),
      },
    ],
    beside: [
      { words: ['trello'], lengths: [32, 64], kind: 'hex' },
      { words: ['trello'], lengths: [32], kind: 'alnum', also: '_-' },
    ],
  }),
  token({
    type: 'FIGMA_TOKEN',
    title: 'Figma: access tokens',
    shapes: [{ prefixes: ['figd_', 'figo_', 'figu_', 'figoh_', 'figor_'], length: 40, also: '_-' }],
    beside: [{ words: ['figma', 'x figma'], lengths: [[42, 46]], kind: 'alnum', also: '_-' }],
  }),
  token({
    type: 'AIRTABLE_TOKEN',
    title: 'Airtable: personal tokens and API keys',
    hooks: [matching('pat', 'pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}')],
    beside: [{ words: ['airtable'], lengths: [17], kind: 'alnum' }],
    check: 'its prefix and the lengths of its two parts, or beside its name',
    example: `«${'pa'}tq7Rk2Wn9Zt4Xb6.${'7c1f0a9e4b2d8635'.repeat(4)}»`,
  }),
  token({
    type: 'HUBSPOT_KEY',
    title: 'HubSpot: tokens of private apps, API keys',
    hooks: [matching('pat-', `pat-(?:na|eu|ap)\\d-${UUID}`)],
    beside: [{ words: ['hubspot', 'hapikey'], lengths: [36], kind: 'uuid' }],
    example: `«${'pat'}-na1-7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635»`,
  }),
  token({
    type: 'SALESFORCE_TOKEN',
    title: 'Salesforce: access tokens and refresh tokens',
    hooks: [
      matching('00D', '00D[A-Za-z0-9]{12,15}(?:!|%21)[A-Za-z0-9._]{60,200}[A-Za-z0-9_]', { begins: true }),
      matching('5Aep', '5Aep[A-Za-z0-9._]{60,120}[A-Za-z0-9_]', { begins: true }),
      matching('3MVG9', '3MVG9[A-Za-z0-9._]{60,100}[A-Za-z0-9_]', { begins: true }),
    ],
    check: "an organisation's id, a `!`, and the length of what follows",
    example: `«${'00D'}q7Rk2Wn9Zt4Xb6!${'q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gy'.repeat(4).slice(0, 96)}»`,
  }),
  token({
    type: 'CONTENTFUL_TOKEN',
    title: 'Contentful: tokens',
    shapes: [{ prefixes: ['CFPAT-'], length: 43, also: '_-' }],
    beside: [{ words: ['contentful'], lengths: [43], kind: 'alnum', also: '=_-' }],
  }),
  token({
    type: 'TYPEFORM_TOKEN',
    title: 'Typeform: access tokens',
    shapes: [{ prefixes: ['tfp_'], length: 59, also: '_.=-' }],
  }),
  token({
    type: 'FRAMEIO_TOKEN',
    title: 'Frame.io: API tokens',
    shapes: [{ prefixes: ['fio-u-'], length: 64, also: '_=-' }],
  }),
  token({
    type: 'DROPBOX_TOKEN',
    title: 'Dropbox: tokens and secrets',
    shapes: [{ prefixes: ['sl.'], length: 135, least: 100, also: '_=.-', begins: '_-.' }],
    hooks: [{ anchors: [{ text: 'AAAAAAAAAA', exact: true }], find: findLongLived }],
    beside: [{ words: ['dropbox'], lengths: [15], kind: 'alnum' }],
  }),
  token({
    type: 'ADOBE_SECRET',
    title: "Adobe: clients' ids and secrets",
    shapes: [{ prefixes: ['p8e-', 'p8e_'], length: 32, least: 30, also: '_-', begins: '-_' }],
    beside: [{ words: ['adobe'], lengths: [32], kind: 'hex' }],
  }),
  token({
    type: 'ADAFRUIT_KEY',
    title: 'Adafruit IO: keys',
    shapes: [{ prefixes: ['aio_'], length: 28, least: 26, begins: '_' }],
    beside: [{ words: ['adafruit'], lengths: [32], kind: 'alnum', also: '_-' }],
  }),
  token({
    type: 'MAPBOX_TOKEN',
    title: 'Mapbox: access tokens',
    shapes: [
      { prefixes: ['pk.eyJ', 'sk.eyJ', 'tk.eyJ'], length: 80, least: 40, also: '_.-', begins: '' },
      {
        prefixes: ['pk.', 'sk.'],
        length: 83,
        least: 83,
        kind: 'lower',
        also: '.',
        begins: '_-.',
        check: (body) => /^[a-z0-9]{60}\.[a-z0-9]{22}$/iu.test(body),
      },
    ],
  }),
];
