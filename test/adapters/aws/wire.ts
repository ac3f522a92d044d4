// Looks at what a client sends, and meddles with what it is told.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const WRITES = ['PutItemCommand', 'UpdateItemCommand'];

type Attempt = () => Promise<unknown>;

/** Sees every attempt, SDK retries included; it may answer in the back end's place, or lose the answer. */
export function onAttempt(
  client: DynamoDBClient,
  meddle: (command: string, attempt: Attempt, input: unknown) => Promise<unknown>,
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const attempt = () => next(args);
      const answer = await meddle(String(context.commandName), attempt, args.input);
      return answer as Awaited<ReturnType<typeof next>>;
    },
    // Inside the retries, outside the parser of answers.
    { step: 'deserialize', priority: 'high' },
  );
}

/** The names of the commands sent from now on, one for each attempt. */
export function commandsOf(client: DynamoDBClient): string[] {
  const commands: string[] = [];
  onAttempt(client, (command, attempt) => {
    commands.push(command);
    return attempt();
  });
  return commands;
}

/** The first write reaches the back end, its answer never arrives. */
export function loseFirstAnswer(client: DynamoDBClient): void {
  let lost = false;
  onAttempt(client, async (command, attempt) => {
    const answer = await attempt();
    if (!WRITES.includes(command) || lost) return answer;
    lost = true;
    throw Object.assign(new Error('the answer was lost'), { name: 'TimeoutError' });
  });
}
