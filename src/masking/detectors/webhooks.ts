// Addresses that are secrets themselves: whoever knows one may post there.
import type { Detector } from '../detector.ts';
import { isAlnum } from '../scan/alphabet.ts';
import type { Scan } from '../scan/scan.ts';

interface Webhook {
  readonly type: string;
  readonly title: string;
  /** The part of the address by which it is come upon. */
  readonly hosts: readonly string[];
  /** What follows it. */
  readonly path: string;
  readonly example: string;
}

/** `https://` and what stands before the anchor in the host's name; slashes may be escaped. */
const BEFORE = /(?:https?:\\?\/\\?\/)?(?:[a-z0-9-]{1,40}\.){0,4}$/iu;
const LONGEST_BEFORE = 120;

/** What any of that is made of, so that the pattern is tried where it may match and nowhere else. */
const OF_BEFORE = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) if (isAlnum(code)) OF_BEFORE[code] = 1;
for (const mark of '-.:/\\') OF_BEFORE[mark.charCodeAt(0)] = 1;

function startOfAddress(text: string, at: number): number {
  const least = Math.max(0, at - LONGEST_BEFORE);
  let from = at;
  while (from > least) {
    const code = text.charCodeAt(from - 1);
    if (code < 128 && OF_BEFORE[code] === 0) break;
    from -= 1;
  }
  return at - (BEFORE.exec(text.slice(from, at))?.[0].length ?? 0);
}

function webhook({ type, title, hosts, path, example }: Webhook): Detector {
  const pattern = new RegExp(path.replaceAll('/', '\\\\?/'), 'iuy');
  return {
    type,
    kind: 'secret',
    title,
    example: `«${example}»`,
    check: 'its host and its path',
    tells: 'structure',
    rank: 9,
    anchors: hosts.map((text) => ({ text })),
    find(scan: Scan, at: number, to: number) {
      pattern.lastIndex = to;
      if (!pattern.test(scan.text)) return;
      const end = pattern.lastIndex;
      scan.add(startOfAddress(scan.text, at), end);
    },
  };
}

const UUID = '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}';

export const detectors = [
  webhook({
    type: 'SLACK_WEBHOOK',
    title: 'Slack: addresses of incoming webhooks, workflows and triggers',
    hosts: ['hooks.slack.com', 'hooks.slack-gov.com'],
    path: '/(?:services|workflows|triggers)/(?=[\\w/\\\\+-]*\\d)[A-Z0-9](?:[\\w+-]|/){18,150}',
    example: 'https://hooks.slack.com/services/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',
  }),
  webhook({
    type: 'DISCORD_WEBHOOK',
    title: 'Discord: addresses of webhooks',
    hosts: ['discord.com', 'discordapp.com'],
    path: '/api/(?:v\\d{1,2}/)?webhooks/\\d{15,22}/[\\w-]{40,100}',
    example: `https://discord.com/api/webhooks/123456789012345678/${'q7Rk2Wn9Zt4Xb6Vd'.repeat(4)}1Pm8`,
  }),
  webhook({
    type: 'TEAMS_WEBHOOK',
    title: 'Microsoft Teams: addresses of webhooks',
    hosts: ['webhook.office.com', 'outlook.office.com'],
    path: `/webhook(?:b2)?/${UUID}@${UUID}/\\w{4,30}/[0-9a-f]{32}(?:/${UUID}(?:/[\\w-]{1,80})?)?`,
    example:
      'https://shop.webhook.office.com/webhookb2/7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635@7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8636/IncomingWebhook/7c1f0a9e4b2d86357c1f0a9e4b2d8635/7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8637',
  }),
  webhook({
    type: 'ZAPIER_WEBHOOK',
    title: 'Zapier: addresses of webhooks',
    hosts: ['hooks.zapier.com'],
    path: '/hooks/(?:catch|standard)/(?:hook/)?\\d{3,12}/[\\w-]{5,60}/?',
    example: 'https://hooks.zapier.com/hooks/catch/1234567/q7rk2wn/',
  }),
  webhook({
    type: 'WEBHOOK_URL',
    title: 'Addresses of webhooks of Google Chat, IFTTT, Make and Power Automate',
    hosts: ['chat.googleapis.com', 'maker.ifttt.com', 'logic.azure.com', 'make.com'],
    path: '(?:/v1/spaces/[\\w-]{4,40}/messages\\?[^\\s"\'<>]{20,300}|/trigger/[\\w-]{1,80}/(?:json/)?with/key/[\\w-]{10,60}|(?::443)?/workflows/[0-9a-f]{32}/triggers/[^\\s"\'<>]{20,400}|/[a-z0-9]{28,36}(?![a-z0-9]))',
    example: 'https://maker.ifttt.com/trigger/door_opened/with/key/q7Rk2Wn9Zt4Xb6Vd1Pm8Hs',
  }),
];
