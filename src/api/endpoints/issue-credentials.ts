// POST /v1/tasks/{task}/credentials
import type * as z from 'zod/mini';
import { isAwaiting, issueCredentials, type WantedCapability } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { Answered } from '../http.ts';
import { ROUTES } from '../routes.ts';
import { credentialsBody } from '../schemas.ts';
import { awaitingResponse } from './awaiting.ts';

type Body = z.output<ReturnType<typeof credentialsBody>>;

function wantedCredentials(body: Body | Refusal): readonly WantedCapability[] | Refusal {
  if (body instanceof Refusal) return body;
  return 'capabilities' in body ? body.capabilities : [body];
}

export function issueCredentialsEndpoint(dependencies: Parameters<typeof issueCredentials>[0]): Endpoint {
  return endpoint({
    route: ROUTES.issueCredentials,
    rules: dependencies.rules,
    body: credentialsBody,
    run: async (caller, body, { parameters }) => {
      const issued = await issueCredentials(
        dependencies,
        caller,
        parameters['task'] ?? '',
        wantedCredentials(body),
      );
      if (issued instanceof Refusal) return issued;
      if (isAwaiting(issued)) return new Answered(await awaitingResponse(dependencies.publicUrl, issued));
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
