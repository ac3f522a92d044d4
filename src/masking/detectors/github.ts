// GitHub's tokens.
import { token } from './kit/tokens.ts';

export const detectors = [
  token({
    type: 'GITHUB_TOKEN',
    title: 'GitHub: personal, OAuth, user, server and refresh tokens',
    shapes: [
      { prefixes: ['ghp_', 'gho_', 'ghu_', 'ghr_'], length: 36, also: '_' },
      // An installation's token may carry a JWT.
      { prefixes: ['ghs_'], length: 36, also: '_.-' },
      { prefixes: ['github_pat_'], length: 82, least: 22, also: '_' },
    ],
    beside: [{ words: ['github', 'gh'], lengths: [40], kind: 'hex' }],
  }),
];
