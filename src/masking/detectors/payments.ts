// Keys of services that take payments and sell.
import { isHexBody } from './kit/bodies.ts';
import { isRandom } from './kit/randomness.ts';
import { matching, token } from './kit/tokens.ts';

const isMixed = (body: string): boolean => /\d/u.test(body) && /[A-Za-z]/u.test(body);
const LIVE = ['live_', 'test_'];

export const detectors = [
  token({
    type: 'SHOPIFY_TOKEN',
    title: "Shopify: access tokens, apps' passwords and secrets",
    shapes: [
      {
        prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shptka_', 'shpit_', 'shpua_'],
        length: 32,
        least: 28,
        kind: 'hex',
      },
    ],
  }),
  token({
    type: 'SQUARE_TOKEN',
    title: 'Square: access tokens and secrets',
    shapes: [
      { prefixes: ['sq0atp-', 'sq0csp-', 'sq0cgp-'], length: 22, also: '_-' },
      {
        prefixes: ['EAAA'],
        length: 60,
        least: 54,
        also: '_+=-',
        begins: '+/',
        check: (body) => body.length <= 70 && isMixed(body),
      },
    ],
  }),
  token({
    type: 'BRAINTREE_TOKEN',
    title: 'PayPal and Braintree: access tokens and secrets',
    shapes: [
      {
        prefixes: ['access_token$production$', 'access_token$sandbox$'],
        length: 49,
        least: 24,
        kind: 'lower',
        also: '$',
      },
    ],
    beside: [{ words: ['paypal'], lengths: [80], kind: 'alnum', also: '_-' }],
  }),
  token({
    type: 'PLAID_KEY',
    title: 'Plaid: access tokens, ids of clients, secrets',
    hooks: [
      matching(
        'access-',
        'access-(?:sandbox|development|production)-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}',
      ),
    ],
    beside: [{ words: ['plaid'], lengths: [30, 24], kind: 'alnum' }],
    example: `«${'access-production'}-7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635»`,
  }),
  token({
    type: 'RAZORPAY_KEY',
    title: 'Razorpay: keys',
    shapes: [{ prefixes: ['rzp_live_', 'rzp_test_'], length: 14, least: 12 }],
  }),
  token({
    type: 'FLUTTERWAVE_KEY',
    title: 'Flutterwave: secret, public and encryption keys',
    shapes: [
      {
        prefixes: ['FLWSECK_TEST-', 'FLWSECK-', 'FLWPUBK_TEST-', 'FLWPUBK-'],
        length: 34,
        least: 24,
        kind: 'lower',
        also: '-',
      },
      { prefixes: ['FLWSECK_TEST'], length: 12, least: 12, kind: 'lower' },
    ],
  }),
  token({
    type: 'GOCARDLESS_TOKEN',
    title: 'GoCardless: access tokens',
    shapes: [
      {
        prefixes: LIVE,
        length: 40,
        least: 40,
        also: '_=-',
        begins: '_-.',
        check: (body) => /[A-Z]/u.test(body) && /\d/u.test(body) && isRandom(body),
      },
    ],
    beside: [
      {
        words: ['gocardless'],
        lengths: [45],
        kind: 'alnum',
        also: '_=-',
        check: (value) => value.startsWith('live_'),
      },
    ],
  }),
  token({
    type: 'LOB_KEY',
    title: 'Lob: API keys',
    shapes: [
      {
        prefixes: LIVE,
        length: 35,
        least: 35,
        kind: 'hex',
        begins: '_-.',
        check: (body) => body.length === 35 && isHexBody(body),
      },
      {
        prefixes: ['live_pub_', 'test_pub_'],
        length: 31,
        least: 31,
        kind: 'hex',
        begins: '_-.',
        check: isHexBody,
      },
    ],
  }),
  token({
    type: 'MOLLIE_KEY',
    title: 'Mollie: API keys',
    shapes: [
      {
        prefixes: LIVE,
        length: 30,
        least: 30,
        begins: '_-.',
        check: (body) => body.length === 30 && isMixed(body) && /[A-Z]/u.test(body) && /[a-z]/u.test(body),
      },
    ],
  }),
  token({
    type: 'SHIPPO_TOKEN',
    title: 'Shippo: API tokens',
    shapes: [{ prefixes: ['shippo_live_', 'shippo_test_'], length: 40, kind: 'hex' }],
  }),
  token({
    type: 'EASYPOST_KEY',
    title: 'EasyPost: API keys',
    shapes: [{ prefixes: ['EZAK', 'EZTK'], length: 54, least: 40 }],
  }),
  token({
    type: 'DUFFEL_TOKEN',
    title: 'Duffel: access tokens',
    shapes: [{ prefixes: ['duffel_live_', 'duffel_test_'], length: 43, also: '_=-' }],
  }),
  token({
    type: 'PAYMENT_SERVICE_KEY',
    title: 'Xendit, Paddle, Mercado Pago, Midtrans, SumUp: keys',
    shapes: [
      { prefixes: ['xnd_production_', 'xnd_development_'], length: 48, least: 30 },
      { prefixes: ['pdl_live_apikey_', 'pdl_sdbx_apikey_'], length: 50, least: 30, also: '_' },
      { prefixes: ['SB-Mid-server-', 'Mid-server-'], length: 24, least: 16, also: '_-' },
      { prefixes: ['sup_sk_'], length: 32, least: 24 },
    ],
    hooks: [matching('APP_USR-', 'APP_USR-\\d{10,20}-\\d{4,8}-[0-9a-f]{32}-\\d{4,12}')],
  }),
  token({
    type: 'FINICITY_KEY',
    title: 'Finicity: API tokens and secrets',
    beside: [
      { words: ['finicity'], lengths: [32], kind: 'hex' },
      { words: ['finicity'], lengths: [20], kind: 'alnum' },
    ],
  }),
  token({
    type: 'EXCHANGE_KEY',
    title: 'Binance, Bittrex, Coinbase, Kraken, KuCoin: keys',
    beside: [
      { words: ['bittrex'], lengths: [32], kind: 'alnum' },
      { words: ['binance'], lengths: [64], kind: 'alnum' },
      { words: ['coinbase'], lengths: [64], kind: 'alnum', also: '_-' },
      { words: ['kraken'], lengths: [[80, 90]], kind: 'alnum', also: '+/=_-' },
      { words: ['kucoin'], lengths: [24], kind: 'hex' },
      { words: ['kucoin'], lengths: [36], kind: 'uuid' },
    ],
  }),
];
