// Between API Gateway's events and the broker's own requests and responses.
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { type ApiRequest, type ApiResponse, MAX_BODY_BYTES } from '../../src/api/index.ts';

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

function bodyOf({ body, isBase64Encoded }: APIGatewayProxyEvent): Uint8Array | undefined {
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  return bytes.length > MAX_BODY_BYTES ? undefined : bytes;
}

export function apiRequest(event: APIGatewayProxyEvent): ApiRequest {
  const { requestContext, httpMethod, pathParameters } = event;
  return {
    method: httpMethod,
    parameters: Object.fromEntries(
      Object.entries(pathParameters ?? {}).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    ),
    query: queryOf(event),
    headers: headersOf(event),
    body: bodyOf(event),
    // From the request's context only: a header can say anything.
    sourceAddress: requestContext.identity?.sourceIp,
    requestId: requestContext.requestId,
  };
}

export function proxyResult({ status, headers, body }: ApiResponse): APIGatewayProxyResult {
  return { statusCode: status, headers: { ...headers }, body };
}
