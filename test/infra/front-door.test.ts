// The API answers the contract's routes, sends everything else to `front`, and speaks problem documents throughout.
import { beforeAll, describe, expect, it } from 'vitest';
import { DESIGNS, FUNCTION_NAMES, logicalName } from '../../infra/functions.ts';
import { ALL_ROUTES } from '../../src/api/index.ts';
import { STATUS_OF_CODE } from '../../src/shared/codes.ts';
import { type Deployment, deployment, inWords, only, type Resource } from './deployment.ts';

let example: Deployment;
beforeAll(async () => {
  example = await deployment();
});

const ROUTES = {
  'POST /v1/tasks': 'OpenTask',
  'POST /v1/token': 'OpenTask',
  'GET /v1/tasks': 'Operate',
  'GET /v1/tasks/{task}': 'Tasks',
  'POST /v1/tasks/{task}/finish': 'Tasks',
  'POST /v1/tasks/{task}/delegations': 'Tasks',
  'POST /v1/tasks/{task}/credentials': 'IssueCredentials',
  'ANY /v1/tasks/{task}/http/{target}': 'MakeCall',
  'ANY /v1/tasks/{task}/http/{target}/{path+}': 'MakeCall',
  'POST /v1/tasks/{task}/revoke': 'Operate',
  'GET /v1/tasks/{task}/events': 'ReadEvents',
  'GET /v1/audit/events': 'ReadEvents',
  'GET /v1/agents': 'Operate',
  'GET /v1/agents/{agent}': 'Operate',
  'POST /v1/agents/{agent}/quarantine': 'Operate',
  'POST /v1/agents/{agent}/disable': 'Operate',
  'POST /v1/agents/{agent}/reinstate': 'Operate',
  'POST /v1/agents/{agent}/attest': 'Operate',
  'GET /v1/calls/{call}': 'ReadCalls',
  'GET /v1/calls/{call}/response': 'ReadCalls',
  'GET /v1/approvals': 'DecideApproval',
  'GET /v1/approvals/{approval}': 'DecideApproval',
  'POST /v1/approvals/{approval}/decision': 'DecideApproval',
  'POST /v1/slack/interactions': 'DecideApproval',
  'GET /approve/{approval}': 'DecideApproval',
  'HEAD /approve/{approval}': 'DecideApproval',
  'POST /approve/{approval}': 'DecideApproval',
  'GET /approve/{approval}/login': 'DecideApproval',
  'GET /approve/login/callback': 'DecideApproval',
  'POST /approve/{approval}/operation': 'RevealOperation',
  'GET /v1/sightings': 'Operate',
  'GET /v1/refused-tokens': 'Operate',
  'GET /healthz': 'Front',
  'GET /openapi.json': 'Front',
  'GET /.well-known/oauth-protected-resource': 'Front',
  'ANY /': 'Front',
  'ANY /{proxy+}': 'Front',
  'ANY /.well-known': 'Front',
  'ANY /.well-known/oauth-protected-resource': 'Front',
  'ANY /approve': 'Front',
  'ANY /approve/login': 'Front',
  'ANY /approve/login/callback': 'Front',
  'ANY /approve/{approval}': 'Front',
  'ANY /approve/{approval}/login': 'Front',
  'ANY /approve/{approval}/operation': 'Front',
  'ANY /healthz': 'Front',
  'ANY /openapi.json': 'Front',
  'ANY /v1': 'Front',
  'ANY /v1/agents': 'Front',
  'ANY /v1/agents/{agent}': 'Front',
  'ANY /v1/agents/{agent}/attest': 'Front',
  'ANY /v1/agents/{agent}/disable': 'Front',
  'ANY /v1/agents/{agent}/quarantine': 'Front',
  'ANY /v1/agents/{agent}/reinstate': 'Front',
  'ANY /v1/approvals': 'Front',
  'ANY /v1/approvals/{approval}': 'Front',
  'ANY /v1/approvals/{approval}/decision': 'Front',
  'ANY /v1/calls': 'Front',
  'ANY /v1/calls/{call}': 'Front',
  'ANY /v1/calls/{call}/response': 'Front',
  'ANY /v1/slack': 'Front',
  'ANY /v1/slack/interactions': 'Front',
  'ANY /v1/audit': 'Front',
  'ANY /v1/audit/events': 'Front',
  'ANY /v1/refused-tokens': 'Front',
  'ANY /v1/sightings': 'Front',
  'ANY /v1/tasks': 'Front',
  'ANY /v1/tasks/{task}': 'Front',
  'ANY /v1/tasks/{task}/credentials': 'Front',
  'ANY /v1/tasks/{task}/delegations': 'Front',
  'ANY /v1/tasks/{task}/events': 'Front',
  'ANY /v1/tasks/{task}/finish': 'Front',
  'ANY /v1/tasks/{task}/http': 'Front',
  'ANY /v1/tasks/{task}/revoke': 'Front',
  'ANY /v1/token': 'Front',
};

function pathOf(id: string, resources: Readonly<Record<string, Resource>>): string {
  const resource = resources[id];
  if (resource === undefined) return '';
  const parent = inWords(resource.Properties['ParentId']).slice(1, -1);
  return `${pathOf(parent, resources)}/${String(resource.Properties['PathPart'])}`;
}

function methods(of: Deployment): Record<string, string> {
  const resources = of.resources('AWS::ApiGateway::Resource');
  const entries = Object.values(of.resources('AWS::ApiGateway::Method')).map(({ Properties }) => {
    const path = pathOf(inWords(Properties['ResourceId']).slice(1, -1), resources) || '/';
    const { Uri } = Properties['Integration'] as { Uri: unknown };
    const target = /<Bailiwick(\w+)Function\w{8}>/.exec(inWords(Uri))?.[1] ?? '';
    return [`${String(Properties['HttpMethod'])} ${path}`, target];
  });
  return Object.fromEntries(entries);
}

describe('the API', () => {
  it('answers these routes, each from its function', () => {
    expect(methods(example)).toEqual(ROUTES);
  });

  it('answers every route of the contract, from one function', () => {
    const served = FUNCTION_NAMES.flatMap((name) => DESIGNS[name].routes);
    expect([...served].sort()).toEqual(ALL_ROUTES.map(({ name }) => name).sort());
  });

  it('hands every request whole to its function', () => {
    for (const { Properties } of Object.values(example.resources('AWS::ApiGateway::Method'))) {
      expect(Properties['Integration']).toMatchObject({ Type: 'AWS_PROXY' });
    }
  });

  it('reaches neither what works in the background nor the steps of the workflow', () => {
    const targets = new Set(Object.values(methods(example)));
    const unreached = FUNCTION_NAMES.map(logicalName).filter((name) => !targets.has(name));
    expect(unreached.sort()).toEqual([
      'ArchiveEvents',
      'AskApprovers',
      'ExecuteCall',
      'Reconcile',
      'RevokeSessions',
      'RotateKeys',
      'SignDigest',
    ]);
    const permitted = Object.keys(example.resources('AWS::Lambda::Permission'));
    expect(permitted.filter((id) => /AskApprovers|ExecuteCall/.test(id))).toEqual([]);
    const callers = Object.entries(example.resources('AWS::Lambda::Permission'))
      .filter(([id]) => /Reconcile|RotateKeys/.test(id))
      .map(([, { Properties }]) => Properties['Principal']);
    expect(callers.sort()).toEqual(['events.amazonaws.com', 'secretsmanager.amazonaws.com']);
  });

  it('is regional, throttled, not traced by itself, and logs neither bodies nor paths nor queries', () => {
    expect(only(example.resources('AWS::ApiGateway::RestApi')).Properties).toMatchObject({
      EndpointConfiguration: { Types: ['REGIONAL'] },
      BinaryMediaTypes: ['*/*'],
    });
    const stage = only(example.resources('AWS::ApiGateway::Stage')).Properties;
    expect(stage).toMatchObject({
      StageName: 'live',
      TracingEnabled: false,
      MethodSettings: [
        { DataTraceEnabled: false, ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200, ResourcePath: '/*' },
      ],
    });
    expect(stage['MethodSettings']).not.toMatchObject([{ LoggingLevel: expect.anything() }]);
    const { Format } = stage['AccessLogSetting'] as { Format: string };
    expect(Object.values(JSON.parse(Format)).sort()).toEqual([
      '$context.httpMethod',
      '$context.identity.sourceIp',
      '$context.requestId',
      '$context.requestTime',
      '$context.resourcePath',
      '$context.responseLatency',
      '$context.status',
    ]);
  });

  it('takes throttling, and leaves the account alone, where told to', async () => {
    const other = await deployment({ throttling: { steady: 5, burst: 7 }, ownsAccountRole: false });
    expect(only(other.resources('AWS::ApiGateway::Stage')).Properties).toMatchObject({
      MethodSettings: [{ ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 }],
    });
    other.template.resourceCountIs('AWS::ApiGateway::Account', 0);
  });
});

const PROBLEMS = {
  ACCESS_DENIED: 'not_permitted',
  DEFAULT_4XX: 'malformed_request',
  DEFAULT_5XX: 'internal',
  INTEGRATION_FAILURE: 'rate_limited',
  INTEGRATION_TIMEOUT: 'call_timeout',
  MISSING_AUTHENTICATION_TOKEN: 'not_found',
  REQUEST_TOO_LARGE: 'request_too_large',
  THROTTLED: 'rate_limited',
  UNSUPPORTED_MEDIA_TYPE: 'unsupported_media_type',
  WAF_FILTERED: 'not_permitted',
} as const;

describe('what never reaches a function', () => {
  it('is answered with a problem document under the status of its code', () => {
    const responses = Object.values(example.resources('AWS::ApiGateway::GatewayResponse'));
    expect(responses.map(({ Properties }) => Properties['ResponseType']).sort()).toEqual(
      Object.keys(PROBLEMS),
    );
    for (const { Properties } of responses) {
      const code = PROBLEMS[Properties['ResponseType'] as keyof typeof PROBLEMS];
      expect(Properties).toMatchObject({
        StatusCode: String(STATUS_OF_CODE[code]),
        ResponseParameters: { 'gatewayresponse.header.content-type': "'application/problem+json'" },
      });
      const { 'gatewayresponse.header.retry-after': again } = Properties['ResponseParameters'] as Record<
        string,
        string
      >;
      expect(again).toBe(code === 'rate_limited' ? "'1'" : undefined);
      const { 'application/json': template } = Properties['ResponseTemplates'] as Record<string, string>;
      expect(JSON.parse(template ?? '')).toEqual({
        type: 'about:blank',
        title: expect.stringMatching(/\w/),
        status: STATUS_OF_CODE[code],
        code,
        detail: expect.stringMatching(/\.$/),
        requestId: '$context.requestId',
      });
    }
  });
});
