// POST /v1/tasks/{task}/credentials
import { type BrokerDependencies, issueCredentials } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { credentialsBody } from '../schemas.ts';

export function issueCredentialsEndpoint(dependencies: Omit<BrokerDependencies, 'keySets'>): Endpoint {
  return endpoint({
    route: ROUTES.issueCredentials,
    body: credentialsBody,
    run: async (caller, body, { parameters }) => {
      const wanted = 'capabilities' in body ? body.capabilities : [body];
      const issued = await issueCredentials(dependencies, caller, parameters['task'] ?? '', wanted);
      if (issued instanceof Refusal) return issued;
      const { session, expiration, call } = issued;
      return {
        credentials: {
          accessKeyId: session.accessKeyId,
          // The one place where they are opened: this answer, to the holder of the task.
          secretAccessKey: session.secretAccessKey.open(),
          sessionToken: session.sessionToken.open(),
          expiration: expiration.toISOString(),
        },
        call,
      };
    },
  });
}
