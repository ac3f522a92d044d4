// Tokens of clouds, hosts and databases.
import { isHexBody } from './kit/bodies.ts';
import { matching, token } from './kit/tokens.ts';

const isMixed = (body: string): boolean => /\d/u.test(body) && /[A-Za-z]/u.test(body);

export const detectors = [
  token({
    type: 'DIGITALOCEAN_TOKEN',
    title: 'DigitalOcean: personal, OAuth and refresh tokens',
    shapes: [{ prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_', 'dos_v1_'], length: 64, kind: 'hex' }],
    beside: [{ words: ['digitalocean', 'digital ocean', 'do api', 'do access'], lengths: [64], kind: 'hex' }],
  }),
  token({
    type: 'HEROKU_KEY',
    title: 'Heroku: API keys',
    shapes: [{ prefixes: ['HRKU-'], length: 36, also: '_-' }],
    beside: [{ words: ['heroku'], lengths: [36], kind: 'uuid' }],
  }),
  token({
    type: 'FLYIO_TOKEN',
    title: 'Fly.io: access tokens',
    shapes: [
      { prefixes: ['fo1_'], length: 43, also: '_-' },
      { prefixes: ['fm1_', 'fm1a_', 'fm1r_', 'fm2_'], length: 100, least: 60, also: '_-+/=' },
    ],
  }),
  token({
    type: 'CLOUDFLARE_TOKEN',
    title: 'Cloudflare: API tokens, global keys, keys of its certificate authority',
    shapes: [{ prefixes: ['cfk_', 'cfut_', 'cfat_'], length: 48, least: 40, also: '_-' }],
    hooks: [matching('v1.0-', 'v1\\.0-[0-9a-f]{24}-[0-9a-f]{100,180}')],
    beside: [
      { words: ['cloudflare', 'cf api', 'cf token'], lengths: [40], kind: 'alnum', also: '_-' },
      { words: ['cloudflare', 'cf api', 'x auth key'], lengths: [37], kind: 'hex' },
    ],
  }),
  token({
    type: 'VERCEL_TOKEN',
    title: 'Vercel: access tokens',
    shapes: [{ prefixes: ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], length: 56, least: 24, begins: '_' }],
    beside: [{ words: ['vercel'], lengths: [24], kind: 'alnum' }],
  }),
  token({
    type: 'NETLIFY_TOKEN',
    title: 'Netlify: access tokens',
    shapes: [{ prefixes: ['nfp_'], length: 36, begins: '_' }],
    beside: [{ words: ['netlify'], lengths: [[40, 46]], kind: 'alnum', also: '_-=' }],
  }),
  token({
    type: 'RENDER_KEY',
    title: 'Render: API keys',
    shapes: [{ prefixes: ['rnd_'], length: 32, least: 28, begins: '_' }],
  }),
  token({
    type: 'SUPABASE_KEY',
    title: 'Supabase: access tokens and secret keys',
    shapes: [
      { prefixes: ['sbp_'], length: 40, least: 36, kind: 'hex', also: '_' },
      { prefixes: ['sb_secret_'], length: 31, also: '_-' },
    ],
  }),
  token({
    type: 'PLANETSCALE_TOKEN',
    title: 'PlanetScale: tokens and passwords',
    shapes: [
      { prefixes: ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_', 'pscale_api_'], length: 32, also: '_-.=' },
    ],
  }),
  token({
    type: 'NEON_KEY',
    title: 'Neon: API keys',
    shapes: [{ prefixes: ['napi_'], length: 60, least: 40, begins: '_' }],
  }),
  token({
    type: 'DATABRICKS_TOKEN',
    title: 'Databricks: access tokens',
    shapes: [
      {
        prefixes: ['dapi', 'dkea', 'dose'],
        length: 32,
        least: 32,
        kind: 'hex',
        also: '-',
        check: (body) => isHexBody(body.slice(0, 32)),
      },
    ],
  }),
  token({
    type: 'ALIBABA_KEY',
    title: 'Alibaba Cloud: access keys and their secrets',
    shapes: [
      {
        prefixes: ['LTAI'],
        length: 20,
        least: 12,
        begins: '',
        check: (body) => body.length <= 26 && isMixed(body),
      },
    ],
    beside: [
      {
        words: ['alibaba', 'aliyun', 'alibaba cloud', 'alicloud', 'access key'],
        lengths: [30],
        kind: 'alnum',
        check: (value) => /[a-z]/u.test(value) && /[A-Z]/u.test(value),
      },
    ],
  }),
  token({
    type: 'TENCENT_KEY',
    title: 'Tencent Cloud: ids of secrets and secrets',
    shapes: [{ prefixes: ['AKID'], length: 32, least: 32, begins: '', check: isMixed }],
    beside: [{ words: ['tencent', 'tencentcloud', 'qcloud'], lengths: [32, 36], kind: 'alnum' }],
  }),
  token({
    type: 'YANDEX_TOKEN',
    title: 'Yandex: API keys, OAuth, IAM and storage tokens',
    shapes: [
      { prefixes: ['AQVN'], length: 35, least: 30, also: '_-', begins: '' },
      { prefixes: ['y0_', 'y1_', 'y2_', 'y3_'], length: 55, least: 40, also: '_-', begins: '_-' },
      {
        prefixes: ['YCAJE', 'YCM', 'YCN', 'YCO', 'YCP'],
        length: 37,
        least: 20,
        also: '_-',
        begins: '_-',
        check: (body) => body.length < 42 && isMixed(body) && /[a-z]/u.test(body) && /[A-Z]/u.test(body),
      },
    ],
    hooks: [matching('t1.', 't1\\.[A-Z0-9a-z_-]{10,400}={0,2}\\.[A-Z0-9a-z_-]{86}={0,2}', { begins: true })],
  }),
  token({
    type: 'AIVEN_TOKEN',
    title: 'Aiven: passwords of services',
    shapes: [{ prefixes: ['AVNS_'], length: 19, least: 14, also: '_-' }],
  }),
  token({
    type: 'CLICKHOUSE_KEY',
    title: 'ClickHouse Cloud: secrets of API keys',
    shapes: [
      {
        prefixes: ['4b1d'],
        length: 38,
        least: 38,
        begins: '_-',
        check: (body) => body.length === 38 && !isHexBody(body),
      },
    ],
  }),
  token({
    type: 'MONGODB_SECRET',
    title: "MongoDB Atlas: service accounts' secrets and API keys",
    shapes: [{ prefixes: ['mdb_sa_sk_'], length: 40, also: '_-' }],
    beside: [{ words: ['mongodb atlas', 'atlas', 'mongodb'], lengths: [36], kind: 'uuid' }],
  }),
  token({
    type: 'CONFLUENT_KEY',
    title: 'Confluent: API keys and secrets',
    shapes: [{ prefixes: ['cflt'], length: 60, least: 56, also: '+/', begins: '' }],
    beside: [
      { words: ['confluent'], lengths: [64], kind: 'alnum', also: '+/' },
      { words: ['confluent'], lengths: [16], kind: 'alnum' },
    ],
  }),
  token({
    type: 'OPENSHIFT_TOKEN',
    title: 'OpenShift: tokens of users',
    shapes: [{ prefixes: ['sha256~'], length: 43, least: 40, also: '_-' }],
  }),
  token({
    type: 'KUBERNETES_TOKEN',
    title: 'Kubernetes: bootstrap tokens',
    hooks: [
      matching(
        'kubeadm',
        'kubeadm\\s[^\\n]{0,80}--token[ =](?<value>[a-z0-9]{6}\\.[a-z0-9]{16})(?![a-z0-9])',
      ),
      matching(
        'token',
        'token(?:s|\\\\?["\'])?\\s{0,3}[:=]\\s{0,3}\\\\?["\']?(?<value>[a-z0-9]{6}\\.[a-z0-9]{16})(?![a-z0-9.])',
        { exact: false },
      ),
      matching('--token', '--token[ =](?<value>[a-z0-9]{6}\\.[a-z0-9]{16})(?![a-z0-9.])'),
    ],
    check: 'its two parts where a token is given',
    example: `kubeadm join kubernetes.example.com:6443 --token «${'q7rk2w'}.${'n9zt4xb6vd1pm8hs'}»`,
  }),
];
