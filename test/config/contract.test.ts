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

test.each(['embedded', 'deployed'] as const)('%s, all of it is accepted as it is written', async (mode) => {
  expect(Object.keys(FILES)).toHaveLength(6);
  const loaded = await loadConfig(directoryOf(FILES), { mode });
  expect(loaded).toMatchObject({
    warnings: [
      {
        file: 'targets/orders-db.yaml',
        line: 3,
        problem: expect.stringContaining('`postgres` do not work yet'),
      },
    ],
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
      targets: {
        reports: { capabilities: { read: { effect: 'read', impacts: [] } } },
        'tickets-api': {
          connection: {
            baseUrl: 'https://tickets.internal/api',
            private: ['10.0.0.0/8'],
            timeoutSeconds: 25,
          },
          secret: 'prod/tickets-api',
          inject: [{ header: 'Authorization', value: 'Bearer ${secret.token}' }],
          cookies: 'keep',
          capabilities: {
            read: {
              exportAbove: { bytes: 1_000_000 },
              routes: [{ route: 'GET /tickets' }, { route: 'GET /tickets/{id}' }],
            },
            reply: { impacts: ['public'], routes: [{ route: 'POST /tickets/{id}/replies' }] },
          },
        },
      },
      groups: ['operators', 'orders-owners', 'security', 'support', 'support-leads'],
    },
  });
});
