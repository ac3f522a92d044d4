// Keys of providers that give theirs no form: a length and an alphabet, counted only in a value's place beside the provider's name.
import type { Scan } from '../scan/scan.ts';
import { beginsToken, endOfRun, isHexBody } from './kit/bodies.ts';
import type { Beside } from './kit/named-values.ts';
import { matching, token } from './kit/tokens.ts';

const BASE64URL = '_=-';

/** A provider's label and title, its words, and its values. */
function named(type: string, title: string, words: readonly string[], ...values: Omit<Beside, 'words'>[]) {
  return token({ type, title, beside: values.map((value) => ({ words, ...value })) });
}

const hex = (...lengths: Beside['lengths'][number][]): Omit<Beside, 'words'> => ({ lengths, kind: 'hex' });
const alnum = (also: string, ...lengths: Beside['lengths'][number][]): Omit<Beside, 'words'> => ({
  lengths,
  kind: 'alnum',
  also,
});
const uuid: Omit<Beside, 'words'> = { lengths: [36], kind: 'uuid' };

const isMixedCase = (value: string): boolean => /[a-z]/u.test(value) && /[A-Z]/u.test(value);

/** `123456_…_mmk`: six characters, 29, and the mark that ends it. */
function findMaxmind(scan: Scan, at: number, to: number): void {
  const { text } = scan;
  const start = at - 36;
  if (start < 0 || !/^[A-Za-z0-9]{6}_[A-Za-z0-9]{29}$/u.test(text.slice(start, at))) return;
  if (beginsToken(text, start) && endOfRun(text, to, '', to + 1) === to) scan.add(start, to);
}

export const detectors = [
  named('ALGOLIA_KEY', 'Algolia: API keys', ['algolia'], alnum('', 32)),
  named('ASSEMBLYAI_KEY', 'AssemblyAI: API keys', ['assemblyai', 'assembly ai'], hex(32)),
  named('AUTH0_SECRET', "Auth0: clients' ids and secrets", ['auth0'], alnum('_-', 64, 32)),
  named(
    'BLOCKCHAIN_API_KEY',
    'Infura, Alchemy, Etherscan: API keys',
    ['infura', 'alchemy', 'etherscan', 'bscscan'],
    hex(32, 64),
    alnum('_-', 32, 34),
  ),
  named('COHERE_KEY', 'Cohere: API keys', ['cohere', 'co api'], alnum('', 40)),
  named('DEEPGRAM_KEY', 'Deepgram: API keys', ['deepgram'], hex(40)),
  named(
    'ETHEREUM_KEY',
    'Ethereum: private keys by name',
    ['ethereum', 'eth private', 'wallet private', 'deployer private', 'metamask'],
    {
      ...hex(64, 66),
      check: (value) => value.length === 64,
    },
  ),
  named('ETSY_TOKEN', 'Etsy: access tokens', ['etsy'], alnum('', 24)),
  named('FASTLY_TOKEN', 'Fastly: API tokens', ['fastly'], alnum(BASE64URL, 32)),
  named('FINNHUB_TOKEN', 'Finnhub: API tokens', ['finnhub'], alnum('', 20)),
  named('FLICKR_KEY', 'Flickr: keys', ['flickr'], hex(32, 16), alnum('', 32)),
  named('FRESHBOOKS_TOKEN', 'FreshBooks: access tokens', ['freshbooks'], hex(64), alnum('', 64)),
  named('FRESHDESK_KEY', 'Freshdesk: API keys', ['freshdesk'], alnum('', 20)),
  named('HETZNER_TOKEN', 'Hetzner: API tokens', ['hetzner', 'hcloud'], alnum('', 64)),
  named('IBM_CLOUD_KEY', 'IBM Cloud: API keys', ['ibm cloud', 'ibmcloud', 'ibm', 'bluemix'], alnum('_-', 44)),
  named(
    'LINKEDIN_SECRET',
    "LinkedIn: clients' ids and secrets",
    ['linkedin', 'linked in'],
    alnum('', 14, 16),
  ),
  named('LINODE_TOKEN', 'Linode: access tokens', ['linode'], hex(64)),
  named('LOOKER_SECRET', "Looker: clients' ids and secrets", ['looker'], alnum('', 20, 24)),
  named('MISTRAL_KEY', 'Mistral: API keys', ['mistral', 'codestral'], alnum('', 32)),
  named(
    'NYTIMES_KEY',
    'New York Times: API keys',
    ['nytimes', 'new york times', 'newyorktimes'],
    alnum(BASE64URL, 32),
  ),
  named(
    'OPENWEATHER_KEY',
    'OpenWeather: API keys',
    ['openweather', 'openweathermap', 'open weather'],
    hex(32),
  ),
  named('PRIVATEAI_KEY', 'Private AI: API keys', ['privateai', 'private ai'], alnum('', 32)),
  named('RAPIDAPI_KEY', 'RapidAPI: keys', ['rapidapi', 'x rapidapi'], alnum('_-', 50)),
  named('SERPAPI_KEY', 'SerpApi: keys', ['serpapi', 'serp api'], hex(64)),
  named('SQUARESPACE_TOKEN', 'Squarespace: access tokens', ['squarespace'], uuid),
  named('TODOIST_TOKEN', 'Todoist: API tokens', ['todoist'], hex(40)),
  named('TWITCH_TOKEN', "Twitch: tokens and clients' secrets", ['twitch'], alnum('', 30)),
  named('ZENDESK_KEY', 'Zendesk: secrets and tokens', ['zendesk'], alnum('', 40)),
  token({
    type: 'TWITTER_KEY',
    title: 'X, formerly Twitter: keys, tokens, bearer tokens',
    shapes: [{ prefixes: ['AAAAAAAAAAAAAAAAAAAAA'], length: 85, least: 60, also: '%', begins: '+/' }],
    beside: [
      { words: ['twitter'], lengths: [25, 45, 50], kind: 'alnum' },
      {
        words: ['twitter'],
        lengths: [[50, 65]],
        kind: 'alnum',
        also: '-',
        check: (value) => /^\d{8,25}-[A-Za-z0-9]{20,45}$/u.test(value),
      },
    ],
  }),
  token({
    type: 'FACEBOOK_TOKEN',
    title: "Facebook, Instagram and WhatsApp: access tokens, apps' secrets",
    shapes: [
      {
        prefixes: ['EAA', 'IGQ'],
        length: 100,
        least: 72,
        begins: '+/',
        check: (body) => /\d/u.test(body) && isMixedCase(body),
      },
    ],
    hooks: [
      matching('facebook', 'facebook[^[]{0,60}?(?<value>(?<!\\d)\\d{15,17}(?:\\||%7C)[\\w-]{27,40})', {
        exact: false,
      }),
      matching('access_token=', 'access_token=(?<value>\\d{15,17}(?:\\||%7C)[\\w-]{27,40})'),
    ],
    beside: [{ words: ['facebook', 'instagram', 'fb', 'meta app'], lengths: [32], kind: 'hex' }],
  }),
  token({
    type: 'MAXMIND_KEY',
    title: 'MaxMind: licence keys',
    hooks: [{ anchors: [{ text: '_mmk', exact: true }], find: findMaxmind }],
    beside: [{ words: ['maxmind', 'geoip'], lengths: [16], kind: 'alnum' }],
    example: `«q7Rk2W_n9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gyq7Rk_${'mm'}k»`,
  }),
  token({
    type: 'CLOUDINARY_SECRET',
    rank: 9,
    title: "Cloudinary: keys and secrets in an environment's address",
    hooks: [
      matching('cloudinary://', 'cloudinary://(?<value>\\d{8,20}:[\\w-]{20,40})(?=@)', { exact: false }),
    ],
    beside: [{ words: ['cloudinary'], lengths: [27], kind: 'alnum', also: '_-' }],
    example: `cloudinary://«${'123456789012345'}:${'q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5L'}»@shop`,
  }),
  token({
    type: 'VULTR_KEY',
    title: 'Vultr: API keys',
    beside: [{ words: ['vultr'], lengths: [36], kind: 'alnum', check: (value) => !isHexBody(value) }],
  }),
];
