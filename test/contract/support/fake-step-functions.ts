// As much of Step Functions as Workflow uses: StartExecution and SendTaskSuccess, of a machine that only waits.
import { fakeServer, type Listening } from './servers.ts';

export interface FakeStepFunctions extends Listening {
  /** What each execution was started with, by its name. */
  readonly executions: Map<string, string>;
  /** The token that each execution waits with. */
  readonly tokens: Map<string, string>;
  /** How often each was woken. */
  readonly woken: Map<string, number>;
  /** What the wire carried, request by request. */
  readonly asked: { readonly action: string; readonly body: Record<string, string> }[];
  /** When set, every answer is that error. */
  failure: string | undefined;
}

interface Answer {
  readonly error?: string;
  readonly body?: object;
}

export async function startFakeStepFunctions(): Promise<FakeStepFunctions> {
  const executions: FakeStepFunctions['executions'] = new Map();
  const tokens: FakeStepFunctions['tokens'] = new Map();
  const woken: FakeStepFunctions['woken'] = new Map();
  const asked: FakeStepFunctions['asked'] = [];
  const used = new Set<string>();

  function startExecution({ name = '', input = '' }: Record<string, string>): Answer {
    if (executions.has(name)) return { error: 'ExecutionAlreadyExists' };
    executions.set(name, input);
    tokens.set(name, `token-of-${name}`);
    return { body: { executionArn: `arn:aws:states:::execution:approval:${name}`, startDate: 1 } };
  }

  function sendTaskSuccess({ taskToken = '' }: Record<string, string>): Answer {
    if (used.has(taskToken)) return { error: 'TaskTimedOut' };
    if (!taskToken.startsWith('token-of-')) return { error: 'InvalidToken' };
    const name = taskToken.slice('token-of-'.length);
    if (!executions.has(name)) return { error: 'TaskDoesNotExist' };
    used.add(taskToken);
    woken.set(name, (woken.get(name) ?? 0) + 1);
    return { body: {} };
  }

  const actions: Readonly<Record<string, (body: Record<string, string>) => Answer>> = {
    'AWSStepFunctions.StartExecution': startExecution,
    'AWSStepFunctions.SendTaskSuccess': sendTaskSuccess,
  };
  const server = await fakeServer((request, body, response) => {
    const action = String(request.headers['x-amz-target']);
    const said = JSON.parse(body.toString('utf8'));
    asked.push({ action, body: said });
    const { failure } = fake;
    const answer =
      failure !== undefined ? { error: failure } : (actions[action]?.(said) ?? { error: 'Unknown' });
    const failed = answer.error !== undefined;
    response.writeHead(failed ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(failed ? { __type: answer.error, message: 'arn of somebody' } : answer.body));
  });
  const fake: FakeStepFunctions = { ...server, executions, tokens, woken, asked, failure: undefined };
  return fake;
}
