// Functions as Lambda runs them: their environment, events of API Gateway, and everything that they print.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { vi } from 'vitest';
import { ALL_ROUTES } from '../../src/api/index.ts';
import { packConfig } from '../../src/config/index.ts';
import { PUBLIC_URL } from '../support/api.ts';
import { configOf } from '../support/config.ts';
import { PARTS } from '../support/world.ts';

/** A directory with the packed config beside the function, and the variables that the stack sets. */
export function asDeployed(): { readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-'));
  writeFileSync(
    join(directory, 'config.json'),
    packConfig(configOf({ ...PARTS, broker: { publicUrl: PUBLIC_URL } })),
  );
  const variables = {
    LAMBDA_TASK_ROOT: directory,
    STATE_TABLE: 'state',
    EVENTS_TABLE: 'events',
    OBJECTS_BUCKET: 'objects',
    ARCHIVE_BUCKET: 'archive',
    SIGNING_KEYS: 'arn:aws:kms:eu-west-1:111122223333:key/signing',
    TOKEN_KEYS_SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keys',
    MASKING_KEYS_SECRET: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:masking',
    AWS_REGION: 'eu-west-1',
    // Where nobody listens: no test of a function may reach anything.
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    BROKER_NAME: 'bailiwick',
    MAKE_CALL_ROLE: 'arn:aws:iam::111122223333:role/make-call',
    SEALING_KEY: 'arn:aws:kms:eu-west-1:111122223333:key/sealing',
    WORKFLOW_ARN: 'arn:aws:states:eu-west-1:111122223333:stateMachine:approvals',
    POWERTOOLS_SERVICE_NAME: 'bailiwick',
    POWERTOOLS_METRICS_NAMESPACE: 'Bailiwick',
    POWERTOOLS_LOG_LEVEL: 'DEBUG',
    POWERTOOLS_TRACER_CAPTURE_RESPONSE: 'false',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return { directory };
}

export interface Given {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string[]>>;
}

/** As API Gateway hands a request to a function; `resource` is the template that matched. */
export function apiEvent(method: string, resource: string, given: Given = {}): APIGatewayProxyEvent {
  const { headers = {}, body, pathParameters = null, query = null } = given;
  const path = Object.entries(pathParameters ?? {}).reduce(
    (at, [name, value]) => at.replace(`{${name}}`, value).replace(`{${name}+}`, value),
    resource,
  );
  return {
    resource,
    path,
    httpMethod: method,
    headers: { ...headers },
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: query,
    pathParameters,
    stageVariables: null,
    requestContext: { requestId: 'req-of-the-gateway', identity: { sourceIp: '192.0.2.7' } },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEvent;
}

export const CONTEXT = {
  functionName: 'bailiwick',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:bailiwick',
  memoryLimitInMB: '512',
  awsRequestId: 'req-of-lambda',
  getRemainingTimeInMillis: () => 29_000,
} as unknown as Context;

export type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

export function bodyOf({ body }: APIGatewayProxyResult): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}

export interface Printed {
  text(): string;
  /** Every line that is JSON: log lines and metrics. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  /** The names of the metrics that were sent. */
  metrics(): readonly string[];
  log(): readonly Readonly<Record<string, unknown>>[];
}

/** Catches whatever is written to the two streams, by whomever, until the mocks are restored. */
export function capture(): Printed {
  let text = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => {
      text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...parts: unknown[]) => {
      text += `${parts.map(String).join(' ')}\n`;
    });
  }
  const lines = () =>
    text
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
  return {
    text: () => text,
    lines,
    log: () => lines().filter((line) => 'message' in line),
    metrics: () =>
      lines().flatMap((line) => {
        const { CloudWatchMetrics = [] } = (line['_aws'] ?? {}) as {
          CloudWatchMetrics?: { Metrics: { Name: string }[] }[];
        };
        return CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
      }),
  };
}

export const RESOURCE = Object.fromEntries(ALL_ROUTES.map(({ name, path }) => [name, path]));
