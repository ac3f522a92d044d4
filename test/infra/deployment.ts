// The example deployment, synthesised once a test file, and words for what stands in its template.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import type { BailiwickProps } from '../../infra/bailiwick.ts';
import { checkedConfig } from '../../infra/checked-config.ts';
import { BailiwickStack } from '../../infra/stack.ts';

export const EXAMPLE = fileURLToPath(new URL('../../examples/deployed', import.meta.url));

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Deployment {
  readonly app: App;
  readonly stack: BailiwickStack;
  readonly template: Template;
  resources(type: string): Readonly<Record<string, Resource>>;
}

const made: string[] = [];

/** What it synthesises goes when the test file is done. */
export function newApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), 'bailiwick-synth-'));
  made.push(outdir);
  // Bundles have a test of their own; the template is the same without them.
  return new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
}

export async function deployment(props: Omit<BailiwickProps, 'config'> = {}): Promise<Deployment> {
  const app = newApp();
  const stack = new BailiwickStack(app, 'Bailiwick', { config: await checkedConfig(EXAMPLE), ...props });
  const template = Template.fromStack(stack);
  return {
    app,
    stack,
    template,
    resources: (type) => template.findResources(type) as Record<string, Resource>,
  };
}

afterAll(() => {
  for (const outdir of made.splice(0)) rmSync(outdir, { recursive: true, force: true });
});

/** The one resource of a type, or the one whose logical id holds a word. */
export function only(resources: Readonly<Record<string, Resource>>, word = ''): Resource {
  const found = Object.entries(resources).filter(([id]) => id.includes(word));
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} resources match ${word}`);
  return first[1];
}

/** What an intrinsic function refers to, in words: `GetAtt Table Arn` is `Table`, joins are joined. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if ('Ref' in value) return `<${String(value.Ref)}>`;
  if ('Fn::GetAtt' in value) return `<${String((value['Fn::GetAtt'] as unknown[])[0])}>`;
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(inWords).join(separator);
  }
  return JSON.stringify(value);
}
