// Between API Gateway's events and the broker's own requests and responses.
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { ApiRequest, ApiResponse } from '../../src/api/index.ts';

function headersOf(event: APIGatewayProxyEvent): ApiRequest['headers'] {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values !== undefined) headers[name.toLowerCase()] = values.join(', ');
  }
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] ??= value;
  }
  return headers;
}

function queryOf(event: APIGatewayProxyEvent): ApiRequest['query'] {
  return Object.entries(event.multiValueQueryStringParameters ?? {}).flatMap(([name, values]) =>
    (values ?? []).map((value) => [name, value] as const),
  );
}

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEvent, most: number): Uint8Array | undefined {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  return bytes.length > most ? undefined : bytes;
}

function headerLinesOf(event: APIGatewayProxyEvent): ApiRequest['headerLines'] {
  return Object.entries(event.multiValueHeaders ?? {}).flatMap(([name, values]) =>
    (values ?? []).map((value) => [name, value] as const),
  );
}

/** What a route's `{path+}` stands for: cut out of the path itself, which is as it was sent. The parameter need not be. */
const BELOW_TARGET = /\/v1\/tasks\/[^/]+\/http\/[^/]+\/(.*)$/su;

function parametersOf({ path, pathParameters }: APIGatewayProxyEvent): Record<string, string> {
  const given = Object.entries(pathParameters ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return Object.fromEntries(
    given.map(([name, value]) => [name, name === 'path' ? (BELOW_TARGET.exec(path)?.[1] ?? value) : value]),
  );
}

export function apiRequest(event: APIGatewayProxyEvent, mostBodyBytes: number): ApiRequest {
  const { requestContext, httpMethod, path } = event;
  return {
    method: httpMethod,
    path,
    parameters: parametersOf(event),
    query: queryOf(event),
    headers: headersOf(event),
    headerLines: headerLinesOf(event),
    body: bodyOf(event, mostBodyBytes),
    // From the request's context only: a header can say anything.
    sourceAddress: requestContext.identity?.sourceIp,
    requestId: requestContext.requestId,
  };
}

export function proxyResult({ status, headers, body }: ApiResponse): APIGatewayProxyResult {
  const lines = Object.entries(headers);
  const single = lines.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
  const several = lines.flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, [...value]]]));
  return {
    statusCode: status,
    headers: Object.fromEntries(single),
    ...(several.length === 0 ? {} : { multiValueHeaders: Object.fromEntries(several) }),
    // Bytes travel through Lambda as base64; text does not need to.
    ...(typeof body === 'string'
      ? { body }
      : { body: Buffer.from(body).toString('base64'), isBase64Encoded: true }),
  };
}
