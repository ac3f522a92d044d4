// As much of Secrets Manager as Secrets uses: GetSecretValue.
import { fakeServer, type Listening } from './servers.ts';

export interface FakeSecretsManager extends Listening {
  /** What each name answers: its text, an error's name, or nothing. */
  readonly held: Map<string, { readonly text: string } | { readonly error: string }>;
  /** The names asked for, in order. */
  readonly asked: string[];
}

export async function startFakeSecretsManager(
  held: Readonly<Record<string, unknown>>,
): Promise<FakeSecretsManager> {
  const entries: FakeSecretsManager['held'] = new Map();
  for (const [name, fields] of Object.entries(held)) entries.set(name, { text: JSON.stringify(fields) });
  const asked: string[] = [];
  const server = await fakeServer((request, body, response) => {
    const name: string = JSON.parse(body.toString('utf8')).SecretId;
    asked.push(name);
    const known = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    const found = known
      ? (entries.get(name) ?? { error: 'ResourceNotFoundException' })
      : { error: 'Unknown' };
    const failed = 'error' in found;
    response.writeHead(failed ? (found.error === 'InternalServiceError' ? 500 : 400) : 200, {
      'content-type': 'application/x-amz-json-1.1',
    });
    response.end(
      JSON.stringify(
        failed ? { __type: found.error, message: 'no' } : { Name: name, SecretString: found.text },
      ),
    );
  });
  return { ...server, held: entries, asked };
}
