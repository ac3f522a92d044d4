// Keys of services that watch: metrics, logs, errors, events.
import { endOfRun, isHexBody, startOfToken } from './kit/bodies.ts';
import { matching, token } from './kit/tokens.ts';

export const detectors = [
  token({
    type: 'GRAFANA_TOKEN',
    title: 'Grafana: API keys, tokens of service accounts and access policies',
    shapes: [
      { prefixes: ['glsa_'], length: 41, also: '_' },
      { prefixes: ['glc_'], length: 60, least: 32, also: '+/=_-' },
      // `{"k":"` and `{"r":"` in base64: how the keys of before begin.
      { prefixes: ['eyJrIjoi', 'eyJyIjoi'], length: 80, least: 40, also: '+/=_-' },
    ],
  }),
  token({
    type: 'DATADOG_KEY',
    title: 'Datadog: API and application keys',
    shapes: [{ prefixes: ['ddapp_'], length: 34 }],
    beside: [
      { words: ['datadog', 'dd', 'ddog'], lengths: [32, 40], kind: 'hex' },
      { words: ['datadog'], lengths: [40], kind: 'alnum' },
    ],
  }),
  token({
    type: 'NEWRELIC_KEY',
    title: 'New Relic: user, browser, insert, query and licence keys',
    shapes: [
      { prefixes: ['NRAK-', 'NRII-', 'NRIQ-', 'NRRA-', 'NRAA-'], length: 27, least: 24, also: '_-' },
      { prefixes: ['NRJS-'], length: 19, least: 16, kind: 'hex' },
    ],
    hooks: [
      {
        anchors: [{ text: 'NRAL', exact: true }],
        find(scan, at, to) {
          const start = startOfToken(scan.text, at, '', at - 40);
          const end = endOfRun(scan.text, to, '', to + 4);
          if (at - start >= 32 && end === to && /^[0-9a-z]{32,36}$/u.test(scan.text.slice(start, at)))
            scan.add(start, end);
        },
      },
    ],
    beside: [
      { words: ['new relic', 'newrelic'], lengths: [64], kind: 'hex' },
      { words: ['new relic', 'newrelic'], lengths: [32, 40, 47], kind: 'alnum' },
    ],
    names: ['xinsertkey', 'xquerykey'],
  }),
  token({
    type: 'SENTRY_TOKEN',
    title: 'Sentry: tokens of organisations and people',
    shapes: [
      { prefixes: ['sntrys_'], length: 150, least: 40, also: '+/=_-' },
      { prefixes: ['sntryu_', 'sntryi_'], length: 64, least: 40, kind: 'hex' },
    ],
    beside: [{ words: ['sentry'], lengths: [64], kind: 'hex' }],
  }),
  token({
    type: 'DYNATRACE_TOKEN',
    title: 'Dynatrace: API tokens',
    shapes: [
      {
        prefixes: ['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s03.', 'dt0s08.', 'dt0a01.', 'dt0s16.'],
        length: 89,
        least: 24,
        kind: 'upper',
        also: '.',
      },
    ],
  }),
  token({
    type: 'HONEYCOMB_KEY',
    title: 'Honeycomb: API keys',
    shapes: [{ prefixes: ['hcaik_', 'hcxik_', 'hcaek_'], length: 58, least: 40, also: '_' }],
    beside: [{ words: ['honeycomb', 'x honeycomb team'], lengths: [22, 32], kind: 'alnum' }],
  }),
  token({
    type: 'SUMOLOGIC_KEY',
    title: 'Sumo Logic: ids and keys of access',
    beside: [
      { words: ['sumo', 'sumologic', 'sumo logic'], lengths: [64], kind: 'alnum' },
      {
        words: ['sumo', 'sumologic', 'sumo logic'],
        lengths: [14],
        kind: 'alnum',
        check: (value) => value.startsWith('su'),
      },
    ],
  }),
  token({
    type: 'SPLUNK_TOKEN',
    title: 'Splunk: tokens of event collectors',
    hooks: [
      matching(
        'Authorization',
        'Authorization["\']?\\s{0,2}[:,=]\\s{0,2}["\']?Splunk (?<value>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})',
        { exact: false },
      ),
    ],
    beside: [{ words: ['splunk', 'hec', 'splunk hec'], lengths: [36], kind: 'uuid' }],
    example: 'splunk_hec_token = "«7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635»"',
  }),
  token({
    type: 'PAGERDUTY_KEY',
    title: 'PagerDuty: API and integration keys',
    beside: [
      { words: ['pagerduty', 'pager duty'], lengths: [20], kind: 'alnum', also: '_+-' },
      { words: ['pagerduty', 'pager duty'], lengths: [32], kind: 'alnum' },
    ],
  }),
  token({
    type: 'ROLLBAR_TOKEN',
    title: 'Rollbar: access tokens',
    beside: [{ words: ['rollbar'], lengths: [32], kind: 'hex' }],
  }),
  token({
    type: 'OPSGENIE_KEY',
    title: 'Opsgenie: API keys',
    hooks: [
      matching('GenieKey', 'GenieKey (?<value>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})', {
        exact: false,
      }),
    ],
    beside: [{ words: ['opsgenie'], lengths: [36], kind: 'uuid' }],
    example: 'Authorization: GenieKey «7c1f0a9e-4b2d-4635-9c1f-0a9e4b2d8635»',
  }),
  token({
    type: 'ANALYTICS_KEY',
    title: 'Amplitude, Mixpanel, Segment, Bugsnag, Logz.io, Airbrake, Beamer: keys',
    beside: [
      {
        words: ['amplitude', 'mixpanel', 'bugsnag', 'airbrake', 'logz', 'logzio'],
        lengths: [32],
        kind: 'hex',
      },
      {
        words: ['segment', 'logzio', 'loggly'],
        lengths: [32],
        kind: 'alnum',
        check: (value) => /[A-Z]/u.test(value) && !isHexBody(value),
      },
      { words: ['loggly'], lengths: [36], kind: 'uuid' },
      {
        words: ['beamer'],
        lengths: [46],
        kind: 'alnum',
        also: '_=-',
        check: (value) => value.startsWith('b_'),
      },
    ],
    example: `amplitude_api_key = "«${'7c1f0a9e4b2d8635'.repeat(2)}»"`,
  }),
];
