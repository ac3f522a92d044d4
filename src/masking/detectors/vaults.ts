// Tokens of what keeps secrets, and of private networks.
import { endOfRun, isHexBody, kindsOf, startOfToken } from './kit/bodies.ts';
import { isRandom } from './kit/randomness.ts';
import { matching, token } from './kit/tokens.ts';

const isMixed = (body: string): boolean => {
  const { digits, lower, upper } = kindsOf(body);
  return digits > 0 && lower > 0 && upper > 0;
};

export const detectors = [
  token({
    type: 'VAULT_TOKEN',
    title: 'HashiCorp Vault: service, batch and recovery tokens',
    shapes: [
      { prefixes: ['hvs.', 'hvb.', 'hvr.'], length: 90, least: 20, also: '_-' },
      // What versions before 1.10 gave out.
      {
        prefixes: ['s.'],
        length: 24,
        least: 24,
        begins: '_-./$',
        check: (body) => body.length === 24 && isMixed(body) && isRandom(body),
      },
    ],
    hooks: [matching('b.AAAAAQ', 'b\\.AAAAAQ[\\w-]{60,400}', { begins: true })],
    beside: [{ words: ['vault', 'consul', 'nomad', 'consul http'], lengths: [36], kind: 'uuid' }],
  }),
  token({
    type: 'TERRAFORM_TOKEN',
    title: 'Terraform Cloud: API tokens',
    hooks: [
      {
        anchors: [{ text: '.atlasv1.', exact: true }],
        find(scan, at, to) {
          const start = startOfToken(scan.text, at, '', at - 20);
          const end = endOfRun(scan.text, to, '_=-', to + 200);
          if (at - start >= 10 && end - to >= 40) scan.add(start, end);
        },
      },
    ],
    check: 'the mark `.atlasv1.` and the length of what surrounds it',
    example: `«q7Rk2Wn9Zt4Xb6.${'atlas'}v1.${'q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0Gy'.repeat(3).slice(0, 67)}»`,
  }),
  token({
    type: 'DOPPLER_TOKEN',
    title: 'Doppler: tokens of people, services, accounts, the command line, SCIM and audit',
    shapes: [
      {
        prefixes: ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.said.', 'dp.scim.', 'dp.audit.'],
        length: 43,
        least: 36,
        also: '_.-',
        begins: '.',
      },
    ],
  }),
  token({
    type: 'ONEPASSWORD_SECRET',
    title: '1Password: tokens of service accounts, secret keys',
    shapes: [{ prefixes: ['ops_eyJ'], length: 250, least: 40, also: '_-+/=' }],
    hooks: [
      matching(
        'A3-',
        'A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}',
        { begins: true },
      ),
    ],
  }),
  token({
    type: 'BITWARDEN_TOKEN',
    title: 'Bitwarden: tokens of Secrets Manager',
    hooks: [
      matching(
        '0.',
        '0\\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==',
        { begins: true, has: [10, '-'] },
      ),
    ],
    check: 'its version, its id, and the lengths of its two secrets',
    example: `«${'0'}.7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635.q7Rk2Wn9Zt4Xb6Vd1Pm8Hs3Jc5Lf0G:q7Rk2Wn9Zt4Xb6Vd1Pm8Hs==»`,
  }),
  token({
    type: 'AGE_KEY',
    title: 'age: secret keys',
    shapes: [{ prefixes: ['AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-PQ-1'], length: 58, kind: 'upper' }],
  }),
  token({
    type: 'TAILSCALE_KEY',
    title: 'Tailscale: keys of devices, the API, clients and webhooks',
    shapes: [{ prefixes: ['tskey-'], length: 40, least: 12, also: '-', check: (body) => /\d/u.test(body) }],
  }),
  token({
    type: 'DEFINED_NETWORKING_KEY',
    title: 'Defined Networking: API keys',
    shapes: [{ prefixes: ['dnkey-'], length: 79, least: 40, kind: 'upper', also: '-_' }],
  }),
  token({
    type: 'OKTA_TOKEN',
    title: 'Okta: API tokens',
    hooks: [matching('SSWS', 'SSWS[ +](?<value>00[\\w-]{38,42})')],
    beside: [
      {
        words: ['okta'],
        lengths: [[40, 42]],
        kind: 'alnum',
        also: '_-',
        check: (value) => value.startsWith('00') || value.length === 40,
      },
    ],
  }),
  token({
    type: 'MERAKI_KEY',
    title: 'Cisco Meraki: API keys',
    beside: [{ words: ['meraki', 'x cisco meraki'], lengths: [40], kind: 'hex', check: isHexBody }],
  }),
];
