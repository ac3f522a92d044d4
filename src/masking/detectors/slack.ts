// Slack's tokens.
import { matching, token } from './kit/tokens.ts';

const hasDigits = (body: string): boolean => /\d/u.test(body);

export const detectors = [
  token({
    type: 'SLACK_TOKEN',
    title: 'Slack: bot, user, app, refresh, configuration and session tokens',
    shapes: [
      {
        prefixes: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxo-', 'xoxs-', 'xoxe-', 'xoxc-', 'xapp-'],
        length: 40,
        least: 14,
        also: '-',
        check: hasDigits,
      },
      { prefixes: ['xoxe.xoxb-', 'xoxe.xoxp-'], length: 160, least: 30, also: '-', check: hasDigits },
    ],
    // The cookie that goes with a session's token, often percent-encoded.
    hooks: [matching('xoxd-', 'xoxd-(?:[A-Za-z0-9+/=_-]|%(?:2[BFbf]|3[Dd])){20,600}')],
  }),
];
