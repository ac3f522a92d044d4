// `cdk synth` runs infra/app.ts: a good config synthesises without an account, a broken one is refused with its faults.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLE } from './deployment.ts';

const APP = fileURLToPath(new URL('../../infra/app.ts', import.meta.url));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailiwick-app-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** As the CDK's command runs it, without any AWS credentials or account. */
function synth(context: Readonly<Record<string, unknown>>): {
  code: number | null;
  errors: string;
  outdir: string;
} {
  const outdir = join(directory, 'cdk.out');
  const { PATH, HOME } = process.env;
  const CDK_CONTEXT_JSON = JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context });
  const { status, stderr } = spawnSync(process.execPath, [APP], {
    cwd: directory,
    env: { PATH, HOME, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, errors: stderr, outdir };
}

function brokenConfig(edit: (config: string) => void): string {
  const config = join(directory, 'config');
  cpSync(EXAMPLE, config, { recursive: true });
  edit(config);
  return config;
}

describe('infra/app.ts', () => {
  it('synthesises the example without an account', () => {
    const { code, errors, outdir } = synth({ config: EXAMPLE, stackName: 'Trial' });
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(existsSync(join(outdir, 'Trial.template.json'))).toBe(true);
    const manifest = JSON.parse(readFileSync(join(outdir, 'manifest.json'), 'utf8'));
    expect(manifest.artifacts.Trial.environment).toBe('aws://unknown-account/unknown-region');
  });

  it('says what is missing when no config is named', () => {
    const { code, errors, outdir } = synth({});
    expect(code).toBe(2);
    expect(errors).toMatch(/^say which config to deploy: .*-c config=DIR.*\n$/);
    expect(
      existsSync(outdir) ? readdirSync(outdir).filter((name) => name.endsWith('.template.json')) : [],
    ).toEqual([]);
  });

  it('names every fault of a broken config, and synthesises nothing', () => {
    const config = brokenConfig((where) => {
      const agent = join(where, 'agents', 'report-builder.yaml');
      writeFileSync(agent, readFileSync(agent, 'utf8').replace('reports:read', 'reports:write'));
      const broker = join(where, 'broker.yaml');
      writeFileSync(broker, readFileSync(broker, 'utf8').replace(/^publicUrl:.*$/m, ''));
    });
    const { code, errors, outdir } = synth({ config });
    expect(code).toBe(2);
    expect(errors).toMatch(/^agents\/report-builder\.yaml:\d+: .+/m);
    expect(errors).toMatch(/^broker\.yaml:\d+: .*publicUrl.*/m);
    expect(errors).not.toContain('    at ');
    expect(existsSync(join(outdir, 'Bailiwick.template.json'))).toBe(false);
  });

  it('refuses the demo issuer, which exists only embedded', () => {
    const config = brokenConfig((where) => {
      const broker = join(where, 'broker.yaml');
      const text = readFileSync(broker, 'utf8');
      writeFileSync(
        broker,
        text.replace(/^issuers:$/m, 'issuers:\n  - { issuer: demo, audience: bailiwick }'),
      );
    });
    const { code, errors } = synth({ config });
    expect(code).toBe(2);
    expect(errors).toMatch(/^broker\.yaml:\d+: .*demo/m);
  });

  it('locks the archive, and makes keys, as the context says', () => {
    const locked = { archiveLockMode: 'COMPLIANCE', archiveLockDays: '400', archiveExpireAfterDays: 500 };
    const { code, errors, outdir } = synth({ config: EXAMPLE, signingKeyGenerations: '2', ...locked });
    expect([errors, code]).toEqual(['', 0]);
    const template = readFileSync(join(outdir, 'Bailiwick.template.json'), 'utf8');
    expect(template).toMatch(/"DefaultRetention": \{\s+"Days": 400,\s+"Mode": "COMPLIANCE"/);
    expect(template).toMatch(/"ExpirationInDays": 500/);
    expect(template.match(/"SIGN_VERIFY"/g)).toHaveLength(2);
  });

  it.each([
    [{ archiveLockMode: 'compliance' }, 'archiveLockMode takes GOVERNANCE or COMPLIANCE, not compliance'],
    [{ archiveLockDays: '0' }, 'archive.lockDays is a whole number from 1'],
  ])('refuses an archive with %j', (context, said) => {
    const { code, errors } = synth({ config: EXAMPLE, ...context });
    expect(code).toBe(2);
    expect(errors).toContain(said);
    expect(errors).not.toContain('    at ');
  });

  it('refuses a context value that it does not know', () => {
    const { code, errors } = synth({ config: EXAMPLE, reservedConcurrency: 'lots' });
    expect(code).toBe(2);
    expect(errors).toBe('the context key reservedConcurrency takes none, not lots\n');
  });

  it('refuses a name that a broker cannot have', () => {
    const { code, errors } = synth({ config: EXAMPLE, name: 'Not/a name' });
    expect(code).toBe(2);
    expect(errors).toBe(
      'a broker\'s name has 2 to 40 small letters, digits and hyphens, unlike "Not/a name"\n',
    );
  });
});
