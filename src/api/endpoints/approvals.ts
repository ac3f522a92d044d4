// What people decide by REST: the approvals that wait for them, and their decisions.
import { type Approval, missing, statusOfApproval } from '../../approvals/index.ts';
import { decideAsOperator, listApprovals, type Rules, readApprovalAsOperator } from '../../broker/index.ts';
import { Refusal } from '../../shared/errors.ts';
import { parseQuery } from '../body.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { ROUTES } from '../routes.ts';
import { decisionBody, listQuery } from '../schemas.ts';
import { pageAnswer, pageRequest } from './page.ts';

type Dependencies = Parameters<typeof decideAsOperator>[0];

function viewApproval(approval: Approval, now: Date, { config }: Pick<Rules, 'config'>): object {
  const { id, call, task, agent, target, kind, effect, needed, requester, card } = approval;
  const { requestLine, createdAt, expiresAt, votes, end } = approval;
  // Nobody need have written down that it expired.
  const status = statusOfApproval(approval, now);
  return {
    ...{ id, call, task, agent, target, kind, effect, status, requestLine, requester, needed },
    ...(status === 'pending' ? { missing: missing(needed, votes, config.broker.humans) } : {}),
    ...{ createdAt, expiresAt, end, card },
    decisions: votes.map(({ by, name, decision, reason, at, channel }) => ({
      ...{ by, name, decision, reason, at, channel },
    })),
  };
}

function listEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.listApprovals,
    rules: dependencies.rules,
    run: async (caller, _, request) => {
      const query = parseQuery(request, listQuery());
      const page = await listApprovals(
        dependencies,
        caller,
        query instanceof Refusal ? query : pageRequest(query),
      );
      if (page instanceof Refusal) return page;
      const rules = await dependencies.rules();
      return pageAnswer('approvals', page, (one) => viewApproval(one, dependencies.clock.now(), rules));
    },
  });
}

function readEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.readApproval,
    rules: dependencies.rules,
    run: async (caller, _, { parameters }) => {
      const approval = await readApprovalAsOperator(dependencies, caller, parameters['approval'] ?? '');
      return approval instanceof Refusal
        ? approval
        : { approval: viewApproval(approval, dependencies.clock.now(), await dependencies.rules()) };
    },
  });
}

function decideEndpoint(dependencies: Dependencies): Endpoint {
  return endpoint({
    route: ROUTES.decideApproval,
    rules: dependencies.rules,
    body: decisionBody,
    run: async (caller, body, { parameters }) => {
      const decided = await decideAsOperator(dependencies, caller, parameters['approval'] ?? '', body);
      if (decided instanceof Refusal) return decided;
      return {
        approval: viewApproval(decided.approval, dependencies.clock.now(), await dependencies.rules()),
      };
    },
  });
}

export function approvalEndpoints(dependencies: Dependencies): readonly Endpoint[] {
  return [listEndpoint(dependencies), readEndpoint(dependencies), decideEndpoint(dependencies)];
}
