// Stripe's keys. What begins with `pk_` is public and stays.
import { token } from './kit/tokens.ts';

export const detectors = [
  token({
    type: 'STRIPE_KEY',
    title: 'Stripe: secret and restricted keys, secrets of webhooks',
    shapes: [
      {
        prefixes: [
          'sk_live_',
          'sk_test_',
          'sk_prod_',
          'rk_live_',
          'rk_test_',
          'rk_prod_',
          'sk_org_live_',
          'sk_org_test_',
        ],
        length: 24,
        least: 10,
        also: '_',
        begins: '',
      },
      { prefixes: ['whsec_'], length: 32, also: '+/=' },
    ],
  }),
];
