// Secrets on their way out: refused where the rules say so, named by kind, whatever form they come in.
import { describe, expect, it } from 'vitest';
import { egressProblem } from '../../src/broker/egress.ts';
import { createMasking } from '../../src/broker/index.ts';
import type { MaskingSettings } from '../../src/masking/index.ts';
import type { Json } from '../../src/shared/json.ts';
import { awsTarget, configOf } from '../support/config.ts';

const TOKEN = ['ghp', 'cAnArYcAnArYcAnArYcAnArY0123451zmOxl'].join('_');
const KEYS = { current: { id: 'k1', key: Buffer.alloc(32, 1) } };
const REFUSE = { requests: { secrets: 'refuse' } } as const;
const ALLOW = { requests: { secrets: 'allow' } } as const;

function problemOf(content: Json, target: MaskingSettings | undefined, broker?: MaskingSettings) {
  const config = configOf({
    targets: [awsTarget('there', target === undefined ? {} : { masking: target })],
    broker: broker === undefined ? {} : { masking: broker },
  });
  return egressProblem(createMasking(config, KEYS), [{ target: 'there', content }]);
}

describe('a secret', () => {
  it.each<[string, Json]>([
    ['by itself', TOKEN],
    ['among words', { body: `Use ${TOKEN}, please.` }],
    ['deep down', { a: [{ b: { c: [TOKEN] } }] }],
    ['as a name', { [TOKEN]: 1 }],
    ['in JSON within a text', { body: JSON.stringify({ token: TOKEN }) }],
  ])('is refused %s', (_, content) => {
    const refused = problemOf(content, REFUSE);
    expect(refused).toMatchObject({ code: 'secret_egress' });
    expect(refused?.detail).toContain('GITHUB_TOKEN');
    expect(refused?.detail).not.toContain(TOKEN);
  });

  it('goes where no rule says otherwise', () => {
    expect(problemOf({ a: TOKEN }, undefined)).toBeUndefined();
    expect(problemOf({ a: TOKEN }, ALLOW, REFUSE)).toBeUndefined();
  });

  it('goes nowhere by a rule for every target', () => {
    expect(problemOf({ a: TOKEN }, undefined, REFUSE)).toMatchObject({ code: 'secret_egress' });
    expect(problemOf({ a: TOKEN }, REFUSE, ALLOW)).toMatchObject({ code: 'secret_egress' });
  });

  it('of a kind that the rules keep is none', () => {
    expect(problemOf({ a: TOKEN }, { ...REFUSE, detectors: { GITHUB_TOKEN: 'keep' } })).toBeUndefined();
  });
});

it('lets go what is sensitive and no secret', () => {
  expect(problemOf({ to: 'canary.bird@example.net', card: '4242 4242 4242 4242' }, REFUSE)).toBeUndefined();
});
