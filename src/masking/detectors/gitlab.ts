// GitLab's tokens: each kind with its own prefix, before which an instance may set one more.
import { matching, token } from './kit/tokens.ts';

export const detectors = [
  token({
    type: 'GITLAB_TOKEN',
    title: 'GitLab: access, deploy, runner, job, trigger, feed, agent and session tokens',
    shapes: [
      {
        prefixes: [
          ...[
            'glpat-',
            'gldt-',
            'glrt-',
            'glrtr-',
            'glcbt-',
            'glptt-',
            'glft-',
            'glimt-',
            'glagent-',
            'gloas-',
          ],
          ...['glsoat-', 'glffct-', 'glwt-'],
        ],
        length: 20,
        also: '_-.',
      },
      { prefixes: ['GR1348941'], length: 20, also: '_-' },
    ],
    hooks: [
      matching('_gitlab_session', '_gitlab_session["\'\\s]{0,3}[=:,]["\'\\s]{0,3}(?<value>[0-9a-f]{32})'),
    ],
    beside: [{ words: ['gitlab'], lengths: [20], kind: 'alnum', also: '_-' }],
  }),
];
