// What people do who operate the broker: look at agents, tasks and strangers, contain and restore.
import {
  type AgentStanding,
  type ApprovalDependencies,
  agentStanding,
  type BrokerDependencies,
  changeAgent,
  listAgents,
  listRefusedTokens,
  listTasks,
  listUnknownAgents,
  readAgent,
  revokeTask,
} from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { parseQuery } from '../body.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { attestBody, listQuery, listRefusedQuery, listTasksQuery, reasonBody } from '../schemas.ts';
import { pageAnswer, pageRequest } from './page.ts';
import { viewStanding } from './tasks.ts';

type Dependencies = Omit<BrokerDependencies, 'sessions' | 'tokenKeys' | 'publicUrl'> &
  Pick<ApprovalDependencies, 'workflow'>;

function viewAgent({ agent, state, lastSeen, ...standing }: AgentStanding): object {
  const { id, owner, purpose, environment, capabilities, groups, maxTaskSeconds, digest, reviewBy } = agent;
  const { status = 'active', since, by, reason, attestation } = state ?? {};
  const { at, by: attester, reason: why, digest: attestedDigest } = attestation ?? {};
  return {
    ...{ id, owner, purpose, environment, capabilities, groups, maxTaskSeconds, digest },
    // What is undefined is left out of the answer.
    ...{ status, since, by, reason, lastSeen, openTasks: standing.openTasks, reviewBy },
    openTasksAtLeast: standing.openTasksAtLeast || undefined,
    review: reviewBy === undefined ? 'none' : standing.reviewOverdue ? 'overdue' : 'current',
    attested:
      attestation === undefined ? undefined : { at, by: attester, reason: why, digest: attestedDigest },
    changedSinceReview: standing.changedSinceReview,
    awaitingAttestation: standing.gained,
  };
}

function listAgentsEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.listAgents,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listQuery());
      if (query instanceof Refusal) return query;
      const page = await listAgents(dependencies, caller, pageRequest(query));
      return page instanceof Refusal ? page : pageAnswer('agents', page, viewAgent);
    },
  });
}

function readAgentEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readAgent,
    rules: dependencies.rules,
    run: async (caller, _, { parameters }) => {
      const standing = await readAgent(dependencies, caller, parameters['agent'] ?? '');
      return standing instanceof Refusal ? standing : { agent: viewAgent(standing) };
    },
  });
}

const CHANGES = {
  quarantine: ROUTES.quarantineAgent,
  disable: ROUTES.disableAgent,
  reinstate: ROUTES.reinstateAgent,
  attest: ROUTES.attestAgent,
} as const;

function changeAgentEndpoint(dependencies: Dependencies, name: keyof typeof CHANGES): Endpoint {
  return endpoint({
    route: CHANGES[name],
    rules: dependencies.rules,
    body: name === 'attest' ? attestBody : reasonBody,
    run: async (caller, body, { parameters }) => {
      const changed = await changeAgent(dependencies, caller, name, parameters['agent'] ?? '', body);
      if (changed instanceof Refusal) return changed;
      return { agent: viewAgent(await agentStanding(dependencies, changed.operator, changed.agent)) };
    },
  });
}

function revokeTaskEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.revokeTask,
    rules: dependencies.rules,
    body: reasonBody,
    run: async (caller, body, { parameters }) => {
      const ended = await revokeTask(dependencies, caller, parameters['task'] ?? '', body);
      if (ended instanceof Refusal) return ended;
      const { standing, revocation } = ended;
      return { task: viewStanding(standing, dependencies.clock.now()), revocation };
    },
  });
}

function listTasksEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.listTasks,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listTasksQuery());
      if (query instanceof Refusal) return query;
      const { agent, task } = query;
      const page = await listTasks(dependencies, caller, { ...pageRequest(query), agent, task });
      if (page instanceof Refusal) return page;
      const now = dependencies.clock.now();
      return pageAnswer('tasks', page, (standing) => viewStanding(standing, now));
    },
  });
}

function listUnknownAgentsEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.listUnknownAgents,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listQuery());
      if (query instanceof Refusal) return query;
      const page = await listUnknownAgents(dependencies, caller, pageRequest(query));
      return page instanceof Refusal ? page : pageAnswer('sightings', page, (one) => one);
    },
  });
}

function listRefusedTokensEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.listRefusedTokens,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listRefusedQuery());
      if (query instanceof Refusal) return query;
      const { hours } = query;
      const page = await listRefusedTokens(dependencies, caller, { ...pageRequest(query), hours });
      return page instanceof Refusal ? page : pageAnswer('refusedTokens', page, (one) => one);
    },
  });
}

export function operatorEndpoints(dependencies: Dependencies): readonly Endpoint[] {
  return [
    listAgentsEndpoint(dependencies),
    readAgentEndpoint(dependencies),
    ...(['quarantine', 'disable', 'reinstate', 'attest'] as const).map((name) =>
      changeAgentEndpoint(dependencies, name),
    ),
    revokeTaskEndpoint(dependencies),
    listTasksEndpoint(dependencies),
    listUnknownAgentsEndpoint(dependencies),
    listRefusedTokensEndpoint(dependencies),
  ];
}
