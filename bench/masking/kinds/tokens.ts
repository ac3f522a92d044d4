// Tokens with a published form: by type, how each is made. Pieces and random letters, so that nothing here is a token.
import { aside, gold } from '../marked.ts';
import { ALNUM, BASE64, DIGITS, HEX, LOWER, type Random, UPPER, WORDISH } from '../random.ts';

type Make = (random: Random) => string;

const BASE32 = `${UPPER}234567`;
const LOWNUM = LOWER + DIGITS;
const UPNUM = UPPER + DIGITS;
const base64url = (text: string) => Buffer.from(text).toString('base64url');
const uuid: Make = (random) => [8, 4, 4, 4, 12].map((length) => random.from(HEX, length)).join('-');

/** A prefix, and so many of an alphabet. */
const after =
  (prefix: string, alphabet: string, length: number, most = length): Make =>
  (random) =>
    prefix + random.from(alphabet, random.between(length, most));
const oneOf =
  (...makes: readonly Make[]): Make =>
  (random) =>
    random.pick(makes)(random);

/** The provider, and its tokens. */
export const TOKENS: Readonly<Record<string, Make>> = {
  AWS_ACCESS_KEY: oneOf(after('AKIA', BASE32, 16), after('ASIA', BASE32, 16)),
  AWS_BEDROCK: after('ABSK', BASE64, 109, 128),
  GOOGLE_API_KEY: after('AIza', WORDISH, 35),
  GOOGLE_OAUTH: oneOf(
    after('GOCSPX-', WORDISH, 28),
    after('ya29.', WORDISH, 120, 180),
    after('ya29.a0', WORDISH, 60, 200),
  ),
  AZURE_CLIENT_SECRET: (random) =>
    `${random.from(ALNUM, 3)}${random.digits(1)}Q~${random.from(`${ALNUM}-_.~`, 30)}${random.from(ALNUM, 1)}`,
  AZURE_DEVOPS: (random) => `${random.from(ALNUM, 76)}AZDO${random.from(ALNUM, 4)}`,
  AZURE_STORAGE_KEY: (random) =>
    `${aside('AccountKey=')}${gold('AZURE_STORAGE_KEY', `${random.from(BASE64, 86)}==`)}`,
  GITHUB: oneOf(
    after('ghp_', ALNUM, 36),
    after('gho_', ALNUM, 36),
    after('ghs_', ALNUM, 36),
    after('ghu_', ALNUM, 36),
    after('ghr_', ALNUM, 36, 76),
    (random) => `github_pat_${random.from(ALNUM, 22)}_${random.from(ALNUM, 59)}`,
  ),
  GITLAB: oneOf(
    after('glpat-', WORDISH, 20),
    after('gldt-', WORDISH, 20),
    after('glrt-', WORDISH, 20),
    after('glptt-', HEX, 40),
    after('glsoat-', WORDISH, 20),
    after('glimt-', WORDISH, 25),
    (random) => `glcbt-${random.from(LOWNUM, 2)}_${random.from(WORDISH, 20)}`,
  ),
  SLACK: oneOf(
    (random) => `xoxb-${random.digits(12)}-${random.digits(13)}-${random.from(ALNUM, 24)}`,
    (random) => `xoxp-${random.digits(12)}-${random.digits(12)}-${random.digits(13)}-${random.from(HEX, 32)}`,
    (random) => `xapp-1-A${random.from(UPNUM, 10)}-${random.digits(13)}-${random.from(HEX, 64)}`,
    (random) =>
      `https://hooks.slack.com/services/T${random.from(UPNUM, 10)}/B${random.from(UPNUM, 10)}/${random.from(ALNUM, 24)}`,
    (random) => `xoxe.xoxp-1-${random.from(ALNUM, 163)}`,
  ),
  STRIPE: oneOf(
    after('sk_live_', ALNUM, 24),
    after('sk_live_51', ALNUM, 97),
    after('sk_test_', ALNUM, 24, 99),
    after('rk_live_', ALNUM, 24, 99),
    after('whsec_', ALNUM, 32),
  ),
  TWILIO: after('SK', HEX, 32),
  SENDGRID: (random) => `SG.${random.from(WORDISH, 22)}.${random.from(WORDISH, 43)}`,
  NPM: after('npm_', ALNUM, 36),
  PYPI: after('pypi-AgEIcHlwaS5vcmc', WORDISH, 90, 150),
  OPENAI: oneOf(
    (random) => `sk-${random.from(ALNUM, 20)}T3BlbkFJ${random.from(ALNUM, 20)}`,
    (random) => `sk-proj-${random.from(WORDISH, 74)}T3BlbkFJ${random.from(WORDISH, 74)}`,
    (random) => `sk-svcacct-${random.from(WORDISH, 58)}T3BlbkFJ${random.from(WORDISH, 58)}`,
  ),
  ANTHROPIC: oneOf(
    (random) => `sk-ant-api03-${random.from(WORDISH, 93)}AA`,
    (random) => `sk-ant-admin01-${random.from(WORDISH, 93)}AA`,
    (random) => `sk-ant-oat01-${random.from(WORDISH, 93)}AA`,
  ),
  GRAFANA: oneOf(
    (random) => `glsa_${random.from(ALNUM, 32)}_${random.from(HEX, 8)}`,
    (random) => `glc_${base64url(`{"o":"${random.digits(6)}","n":"stack","k":"${random.from(ALNUM, 24)}"}`)}`,
    (random) => base64url(`{"k":"${random.from(ALNUM, 32)}","n":"ci","id":1}`),
  ),
  HUGGINGFACE: oneOf(after('hf_', LOWER + UPPER, 34), after('api_org_', LOWER + UPPER, 34)),
  SHOPIFY: oneOf(...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((prefix) => after(prefix, HEX, 32))),
  SQUARE: oneOf(after('sq0atp-', WORDISH, 22), after('sq0csp-', WORDISH, 43), after('EAAA', WORDISH, 60)),
  TELEGRAM: (random) =>
    `${random.digits(1).replace('0', '6')}${random.digits(9)}:AA${random.from(WORDISH, 33)}`,
  DIGITALOCEAN: oneOf(...['dop_v1_', 'doo_v1_', 'dor_v1_'].map((prefix) => after(prefix, HEX, 64))),
  VAULT: oneOf(
    after('hvs.', WORDISH, 90, 120),
    after('hvb.', WORDISH, 138, 200),
    after('hvs.CAES', WORDISH, 90),
  ),
  TERRAFORM: (random) => `${random.from(ALNUM, 14)}.atlasv1.${random.from(WORDISH, 67)}`,
  DATABRICKS: oneOf(
    after('dapi', HEX, 32),
    (random) => `dapi${random.from(HEX, 32)}-${random.pick(['2', '3'])}`,
  ),
  MAILGUN: oneOf(
    after('key-', HEX, 32),
    (random) => `${random.from(HEX, 32)}-${random.from(HEX, 8)}-${random.from(HEX, 8)}`,
  ),
  NOTION: oneOf(after('secret_', ALNUM, 43), after('ntn_', ALNUM, 46)),
  LINEAR: oneOf(after('lin_api_', ALNUM, 40), after('lin_oauth_', HEX, 64)),
  PLANETSCALE: oneOf(
    ...['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'].map((prefix) => after(prefix, WORDISH, 43)),
  ),
  DOPPLER: oneOf(after('dp.pt.', ALNUM, 43), (random) => `dp.st.prd.${random.from(ALNUM, 43)}`),
  FLY_IO: (random) =>
    `${aside('FlyV1 ')}${gold('FLY_IO', `fm2_${random.from(BASE64, random.between(100, 160))}`)}`,
  POSTMAN: (random) => `PMAK-${random.from(HEX, 24)}-${random.from(HEX, 34)}`,
  NEW_RELIC: oneOf(after('NRAK-', UPNUM, 27), after('NRJS-', HEX, 19), after('NRII-', WORDISH, 32)),
  SENTRY: oneOf(
    after('sntryu_', HEX, 64),
    (random) =>
      `sntrys_${base64url(`{"iat":${random.digits(10)},"url":"https://sentry.io","org":"acme"}`)}_${random.from(BASE64, 43)}`,
  ),
  DISCORD: (random) =>
    `${Buffer.from(`${random.between(1, 9)}${random.digits(17)}`).toString('base64url')}.${random.from(WORDISH, 6)}.${random.from(WORDISH, 38)}`,
  FIGMA: after('figd_', WORDISH, 40),
  AIRTABLE: (random) => `pat${random.from(ALNUM, 14)}.${random.from(HEX, 64)}`,
  ATLASSIAN: oneOf(
    after('ATATT3xFfGF0', WORDISH, 180, 190),
    after('ATCTT3xFfGN0', WORDISH, 180, 190),
    after('ATBB', ALNUM, 32),
  ),
  CIRCLECI: (random) => `CCIPAT_${random.from(ALNUM, 22)}_${random.from(HEX, 40)}`,
  CONTENTFUL: after('CFPAT-', WORDISH, 43),
  DYNATRACE: (random) => `dt0c01.${random.from(BASE32, 24)}.${random.from(BASE32, 64)}`,
  EASYPOST: oneOf(after('EZAK', ALNUM, 54), after('EZTK', ALNUM, 54)),
  HEROKU: after('HRKU-AA', WORDISH, 58),
  HUBSPOT: (random) => `pat-${random.pick(['na1', 'eu1'])}-${uuid(random)}`,
  LAUNCHDARKLY: (random) => `${random.pick(['api', 'sdk'])}-${uuid(random)}`,
  MAILCHIMP: (random) => `${random.from(HEX, 32)}-us${random.between(1, 21)}`,
  NETLIFY: after('nfp_', ALNUM, 36),
  OPENROUTER: after('sk-or-v1-', HEX, 64),
  PERPLEXITY: after('pplx-', ALNUM, 48),
  GROQ: after('gsk_', ALNUM, 52),
  REPLICATE: after('r8_', ALNUM, 37),
  XAI: after('xai-', ALNUM, 80),
  PREFECT: after('pnu_', ALNUM, 36),
  PULUMI: after('pul-', HEX, 40),
  README: after('rdme_', LOWNUM, 70),
  RUBYGEMS: after('rubygems_', HEX, 48),
  CRATES_IO: after('cio', ALNUM, 32),
  DOCKER_HUB: oneOf(after('dckr_pat_', WORDISH, 27), after('dckr_oat_', WORDISH, 32)),
  NUGET: after('oy2', LOWNUM, 43),
  BREVO: (random) => `xkeysib-${random.from(HEX, 64)}-${random.from(ALNUM, 16)}`,
  SHIPPO: oneOf(after('shippo_live_', HEX, 40), after('shippo_test_', HEX, 40)),
  SUPABASE: after('sbp_', HEX, 40),
  TAILSCALE: (random) => `tskey-auth-${random.from(ALNUM, 12)}CNTRL-${random.from(ALNUM, 32)}`,
  TYPEFORM: after('tfp_', WORDISH, 59),
  ALIBABA: after('LTAI', ALNUM, 20),
  TENCENT: after('AKID', ALNUM, 32),
  AGE: after('AGE-SECRET-KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58),
  CLOJARS: after('CLOJARS_', HEX, 60),
  DUFFEL: after('duffel_live_', WORDISH, 43),
  SOURCEGRAPH: (random) => `sgp_${random.from(HEX, 16)}_${random.from(HEX, 40)}`,
  LANGSMITH: (random) => `lsv2_pt_${random.from(HEX, 32)}_${random.from(HEX, 10)}`,
  LANGFUSE: (random) => `sk-lf-${uuid(random)}`,
  ONEPASSWORD: (random) =>
    `ops_${base64url(`{"signInAddress":"my.1password.com","userAuth":{"method":"SRPg-4096"},"x":"${random.from(ALNUM, 180)}"}`)}`,
  FACEBOOK: (random) => `EAA${random.from(UPPER, 1)}${random.from(ALNUM, random.between(120, 180))}`,
  DROPBOX: after('sl.', WORDISH, 135, 140),
  ARTIFACTORY: oneOf(after('AKCp', ALNUM, 69), (random) =>
    base64url(`reftkn:01:${random.digits(10)}:${random.from(ALNUM, 27)}`),
  ),
  FLUTTERWAVE: (random) => `FLWSECK_TEST-${random.from(HEX, 32)}-X`,
  FRAMEIO: after('fio-u-', WORDISH, 64),
  INFRACOST: after('ico-', ALNUM, 32),
  ADAFRUIT: after('aio_', ALNUM, 28),
  SCALINGO: after('tk-us-', WORDISH, 48),
  SETTLEMINT: after('sm_pat_', ALNUM, 16),
  BUILDKITE: after('bkua_', HEX, 40),
  BAILIWICK: (random) =>
    `bwt_${base64url(`{"t":"task_${random.from(LOWNUM, 20)}","a":"support"}`)}.${random.from(WORDISH, 43)}${random.from(HEX, 8)}`,
  YANDEX: after('AQVN', WORDISH, 35),
};
