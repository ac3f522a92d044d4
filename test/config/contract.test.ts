// The contract's own example files, copied word for word, are accepted as they are written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/loading/index.ts';
import { CASES, directoryOf } from './support.ts';

const BLOCK = /^```(?:yaml|cedar)\n((?:#|\/\/) ([\w/.-]+).*?)^```/gms;
const FILES: Readonly<Record<string, string>> = Object.fromEntries(
  [...readFileSync(join(CASES, 'contract.md'), 'utf8').matchAll(BLOCK)].map(([, text = '', file = '']) => [
    file.replace(/:$/, ''),
    text,
  ]),
);
const WORKING = [
  'broker.yaml',
  'agents/support-summarizer.yaml',
  'targets/reports.yaml',
  'policies/default.cedar',
];

function workingFiles(): Record<string, string> {
  const files = Object.fromEntries(Object.entries(FILES).filter(([file]) => WORKING.includes(file)));
  const agent = 'agents/support-summarizer.yaml';
  return { ...files, [agent]: (files[agent] ?? '').replace('"tickets-api:read", "orders-db:read", ', '') };
}

test.each(['embedded', 'deployed'] as const)('%s, all but the kinds to come is in order', async (mode) => {
  expect(Object.keys(FILES).sort()).toEqual(
    [...WORKING, 'targets/orders-db.yaml', 'targets/tickets-api.yaml'].sort(),
  );
  expect(await loadConfig(directoryOf(FILES), { mode })).toMatchObject({
    faults: [
      {
        file: 'targets/orders-db.yaml',
        line: 3,
        problem: expect.stringContaining('`postgres` do not work yet'),
      },
      {
        file: 'targets/tickets-api.yaml',
        line: 3,
        problem: expect.stringContaining('`http` do not work yet'),
      },
    ],
    warnings: [],
  });
});

test.each(['embedded', 'deployed'] as const)('%s, it loads without the kinds to come', async (mode) => {
  const loaded = await loadConfig(directoryOf(workingFiles()), { mode });
  expect(loaded).toMatchObject({
    warnings: [],
    config: {
      broker: {
        publicUrl: 'https://bailiwick.example.com',
        timeZone: 'Europe/Amsterdam',
        humans: { claims: { hd: 'example.com' }, people: [{ id: 'dana@example.com', slack: 'U024BE7LH' }] },
        approvals: { escalateTo: ['security'], requireLogin: true },
        notify: { email: { from: 'broker@example.com' }, slack: { secret: 'slack-app', channel: 'C123' } },
      },
      agents: {
        'support-summarizer': {
          identities: [{ claims: { repository_id: '1296269', ref: 'refs/heads/main' } }],
          maxTaskSeconds: 3600,
          reviewBy: '2027-05-01',
        },
      },
      targets: { reports: { capabilities: { read: { effect: 'read', impacts: [] } } } },
      groups: ['operators', 'orders-owners', 'security', 'support'],
    },
  });
});
