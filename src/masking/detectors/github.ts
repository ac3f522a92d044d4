// GitHub's tokens.
import { prefixed } from './kit/prefixed.ts';

const classic = prefixed({
  type: 'GITHUB_TOKEN',
  title: 'GitHub: personal, OAuth, user, server and refresh tokens',
  prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
  exampleBody: 'a1B2'.repeat(9),
  body: { least: 20, also: '_' },
});

export const detectors = [classic];
