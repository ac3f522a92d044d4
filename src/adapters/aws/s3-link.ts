// A link to an object of S3: the request that the client would send, signed and unsent.
import { GetObjectCommand, type GetObjectCommandInput, type S3Client } from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';

type HttpRequest = Parameters<SignatureV4['presign']>[0];

export interface Wanted extends GetObjectCommandInput {
  readonly seconds: number;
  readonly now: Date;
}

/** With the endpoint and the kind of path that the client goes by. It is stopped before anything is sent. */
async function requestOf(client: S3Client, input: GetObjectCommandInput): Promise<HttpRequest> {
  const command = new GetObjectCommand(input);
  let built: HttpRequest | undefined;
  command.middlewareStack.add(
    () => async (args) => {
      built = args.request as HttpRequest;
      return { response: undefined, output: { $metadata: {} } };
    },
    { name: 'neverSend', step: 'build', priority: 'low' },
  );
  await client.send(command);
  if (built === undefined) throw new Error('the client built no request');
  return built;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function urlOf({ protocol, hostname, port, path, query = {} }: HttpRequest): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(String(value))}`);
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}?${pairs.join('&')}`;
}

/** The signature covers the host, the path and the query; whoever follows it sends no header that counts. */
export async function presignedUrl(client: S3Client, { seconds, now, ...input }: Wanted): Promise<string> {
  const { credentials, region, sha256 } = client.config;
  const request = await requestOf(client, input);
  const { hostname, port } = request;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const signer = new SignatureV4({ service: 's3', region, credentials, sha256, uriEscapePath: false });
  const headers = { host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
  return urlOf(await signer.presign({ ...request, headers }, { signingDate: now, expiresIn: seconds }));
}
