// The REST API: a resource for every route, a function behind each, and problem documents for what never reaches one.
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ROUTES } from '../src/api/index.ts';
import type { Route } from '../src/api/routes.ts';
import type { Code } from '../src/shared/codes.ts';
import { acknowledge } from './acknowledge.ts';
import { DESIGNS, FUNCTION_NAMES, type FunctionName } from './functions.ts';

const STAGE = 'live';

/** Answers what no route takes: 404 for the path, 405 for the method. Last in the table, so that it sees every path. */
const CATCH_ALL: FunctionName = 'front';

export interface Throttling {
  /** Requests a second, over a longer time. */
  readonly steady: number;
  readonly burst: number;
}

export interface FrontDoorProps {
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
  readonly throttling: Throttling;
  readonly logRetention: RetentionDays;
  readonly resourcePolicy: PolicyDocument | undefined;
  readonly ownsAccountRole: boolean;
}

export class FrontDoor extends Construct {
  readonly api: RestApi;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.api = new RestApi(this, 'Api', {
      restApiName: Stack.of(this).stackName,
      description: 'Bailiwick',
      endpointTypes: [EndpointType.REGIONAL],
      // Bodies reach the functions as the bytes that were sent: as text, what is not UTF-8 would be quietly mended.
      binaryMediaTypes: ['*/*'],
      cloudWatchRole: props.ownsAccountRole,
      ...(props.resourcePolicy === undefined ? {} : { policy: props.resourcePolicy }),
      deployOptions: {
        stageName: STAGE,
        // Its segments would hold whole URLs, and below a target the path is not masked. The functions trace themselves.
        tracingEnabled: false,
        // Execution logs would hold bodies, and bodies hold credentials.
        dataTraceEnabled: false,
        metricsEnabled: true,
        throttlingRateLimit: props.throttling.steady,
        throttlingBurstLimit: props.throttling.burst,
        accessLogDestination: new LogGroupLogDestination(accessLog),
        accessLogFormat: ACCESS_LOG,
      },
    });
    this.routes(props.functions);
    this.gatewayResponses();
    this.acknowledgements(props.ownsAccountRole);
  }

  private routes(functions: Readonly<Record<FunctionName, IFunction>>): void {
    // Those that take every method themselves.
    const taken = new Set<IResource>();
    for (const name of FUNCTION_NAMES) {
      // `front` answers on every resource, so one permission for the whole API says the same as one for each.
      const integration = new LambdaIntegration(
        functions[name],
        name === CATCH_ALL ? { scopePermissionToMethod: false } : { allowTestInvoke: false },
      );
      for (const route of DESIGNS[name].routes) {
        const { method, path, isPage }: Route = ROUTES[route];
        const resource = this.api.root.resourceForPath(path);
        resource.addMethod(method, integration);
        if (isPage === true) resource.addMethod('HEAD', integration);
        if (method === 'ANY') taken.add(resource);
      }
      if (name !== CATCH_ALL) continue;
      this.api.root.addResource('{proxy+}');
      const others = resourcesUnder(this.api.root).filter((resource) => !taken.has(resource));
      for (const resource of others) resource.addMethod('ANY', integration);
    }
  }

  private gatewayResponses(): void {
    for (const [id, problem] of Object.entries(PROBLEMS)) {
      this.api.addGatewayResponse(id, {
        type: problem.type,
        statusCode: String(problem.status),
        responseHeaders: {
          'content-type': "'application/problem+json'",
          'cache-control': "'no-store'",
          ...(problem.status === 429 ? { 'retry-after': "'1'" } : {}),
        },
        templates: { 'application/json': body(problem) },
      });
    }
  }

  private acknowledgements(ownsAccountRole: boolean): void {
    const atTheBroker =
      'Callers prove themselves with OIDC tokens and task tokens, which the functions verify.';
    const writesLogs =
      'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';
    if (ownsAccountRole) {
      acknowledge(this.api, {
        [`IAM4[Policy::${writesLogs}]`]:
          'What AWS documents for the role that writes API Gateway’s logs, one per account and region.',
      });
    }
    acknowledge(this.api, {
      APIG2: 'The functions check every request against the schemas that /openapi.json is made from.',
      APIG3: 'A web ACL costs by the month and is the operator’s to choose; the API takes one as it is.',
      APIG4: atTheBroker,
      APIG6: 'Execution logs would hold bodies, and bodies hold credentials; access logs hold none.',
      COG4: atTheBroker,
    });
  }
}

/** Neither the path nor its query: a path can hold what a caller sent by mistake. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTime(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextResourcePath(),
    status: AccessLogField.contextStatus(),
    ip: AccessLogField.contextIdentitySourceIp(),
    milliseconds: AccessLogField.contextResponseLatency(),
  }),
);

interface GatewayProblem {
  readonly type: ResponseType;
  readonly status: number;
  readonly title: string;
  readonly code: Code;
  readonly detail: string;
}

const PROBLEMS: Readonly<Record<string, GatewayProblem>> = {
  NotFound: {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 404,
    title: 'Not Found',
    code: 'not_found',
    detail: 'There is nothing here.',
  },
  TooLarge: {
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    title: 'Content Too Large',
    code: 'request_too_large',
    detail: 'The request is larger than this API takes.',
  },
  Throttled: {
    type: ResponseType.THROTTLED,
    status: 429,
    title: 'Too Many Requests',
    code: 'rate_limited',
    detail: 'Too many requests at once. Wait a second and try again.',
  },
  // A function that runs as often as it may at once: API Gateway can't tell that from Lambda not being there.
  Full: {
    type: ResponseType.INTEGRATION_FAILURE,
    status: 429,
    title: 'Too Many Requests',
    code: 'rate_limited',
    detail:
      'Too many requests like this one at once, or the broker could not be reached. Wait a second, and look what became of a write before you repeat it.',
  },
  UnsupportedMediaType: {
    type: ResponseType.UNSUPPORTED_MEDIA_TYPE,
    status: 415,
    title: 'Unsupported Media Type',
    code: 'unsupported_media_type',
    detail: 'Send application/json.',
  },
  KeptOut: {
    type: ResponseType.ACCESS_DENIED,
    status: 403,
    title: 'Forbidden',
    code: 'not_permitted',
    detail: 'This API does not take requests from where you are.',
  },
  Filtered: {
    type: ResponseType.WAF_FILTERED,
    status: 403,
    title: 'Forbidden',
    code: 'not_permitted',
    detail: 'A filter in front of this API refused the request.',
  },
  TooSlow: {
    type: ResponseType.INTEGRATION_TIMEOUT,
    status: 504,
    title: 'Gateway Timeout',
    code: 'call_timeout',
    detail: 'The broker did not answer in time. Look at what became of the request before you repeat it.',
  },
  Other4xx: {
    type: ResponseType.DEFAULT_4XX,
    status: 400,
    title: 'Bad Request',
    code: 'malformed_request',
    detail: 'The request cannot be read.',
  },
  Other5xx: {
    type: ResponseType.DEFAULT_5XX,
    status: 500,
    title: 'Internal Server Error',
    code: 'internal',
    detail: 'Something went wrong. The request id leads to what.',
  },
};

function body({ status, title, code, detail }: GatewayProblem): string {
  return JSON.stringify({
    type: 'about:blank',
    title,
    status,
    code,
    detail,
    requestId: '$context.requestId',
  });
}

function resourcesUnder(root: IResource): IResource[] {
  const children = root.node.children.filter(isResource);
  return [root, ...children.flatMap(resourcesUnder)];
}

function isResource(construct: unknown): construct is IResource {
  return construct instanceof Object && 'resourceForPath' in construct;
}
