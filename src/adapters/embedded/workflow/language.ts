// As much of the Amazon States Language as is understood here. Whatever else a file says is refused when it is loaded.
import { z } from 'zod';

/** What stands for a function in the file until it is deployed, and who that is here. */
const FUNCTIONS = { '${StepsFunction}': 'steps', '${ExecuteFunction}': 'execute' } as const;
export type FunctionName = (typeof FUNCTIONS)[keyof typeof FUNCTIONS];

const CALL = 'arn:aws:states:::lambda:invoke';
const CALL_AND_WAIT = `${CALL}.waitForTaskToken`;
export const TOKEN_PATH = '$$.Task.Token';

const MOST_SECONDS = 99_999_999;
const seconds = z.int().min(1).max(MOST_SECONDS);
const state = z.string().min(1);
const Comment = z.string().optional();
const path = z.string().regex(/^\$(\.[A-Za-z_]\w*)+$/, 'must be a path like $.look.status');
const answerPath = z.string().regex(/^\$\.Payload(\.[A-Za-z_]\w*)+$/, 'must be a path like $.Payload.status');
const place = z.string().regex(/^\$\.[A-Za-z_]\w*$/, 'must be null, or a place like $.look');

function once(template: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(template).map((name) => name.replace(/\.\$$/, ''));
  return new Set(names).size === names.length;
}

const payload = z
  .record(z.string().regex(/^[A-Za-z_]\w*(\.\$)?$/), z.string())
  .refine(once, 'names a field twice')
  .superRefine((template, context) => {
    for (const [name, value] of Object.entries(template)) {
      if (!name.endsWith('.$') || value === TOKEN_PATH || path.safeParse(value).success) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `must be a path like $.approval, or ${TOKEN_PATH}`,
      });
    }
  });

const KNOWN_ERRORS = ['States.ALL', 'States.Timeout', 'States.TaskFailed'];
const error = z
  .string()
  .refine(
    (name) => !name.startsWith('States.') || KNOWN_ERRORS.includes(name),
    'is an error that never happens here',
  );
const errors = z.array(error).min(1);

/** As the service has it, so that what it would refuse is refused here, too. */
function allStandsLast(handlers: readonly { readonly ErrorEquals: readonly string[] }[]): boolean {
  return handlers.every(
    ({ ErrorEquals }, at) =>
      !ErrorEquals.includes('States.ALL') || (ErrorEquals.length === 1 && at === handlers.length - 1),
  );
}
const LAST = 'States.ALL must stand alone and last';

const retrier = z
  .strictObject({
    ErrorEquals: errors,
    IntervalSeconds: seconds,
    BackoffRate: z.number().min(1),
    MaxAttempts: z.int().min(0).max(MOST_SECONDS),
    MaxDelaySeconds: seconds.optional(),
  })
  .refine(
    ({ IntervalSeconds, MaxDelaySeconds }) =>
      MaxDelaySeconds === undefined || MaxDelaySeconds > IntervalSeconds,
    'MaxDelaySeconds must be more than IntervalSeconds',
  );
export type Retrier = z.infer<typeof retrier>;

/** What an error says is not kept: causes quote what the step was about. */
const catcher = z.strictObject({ ErrorEquals: errors, ResultPath: z.null(), Next: state });

const task = z
  .strictObject({
    Type: z.literal('Task'),
    Comment,
    Resource: z.enum([CALL, CALL_AND_WAIT]),
    Parameters: z.strictObject({
      FunctionName: z.enum(['${StepsFunction}', '${ExecuteFunction}']),
      Payload: payload,
    }),
    TimeoutSeconds: seconds.optional(),
    TimeoutSecondsPath: path.optional(),
    Retry: z.array(retrier).refine(allStandsLast, LAST).default([]),
    Catch: z.array(catcher).refine(allStandsLast, LAST).default([]),
    ResultSelector: z.record(z.string().regex(/^[A-Za-z_]\w*\.\$$/), answerPath).optional(),
    ResultPath: place.nullable(),
    Next: state,
  })
  .refine(
    (read) => (read.TimeoutSeconds === undefined) !== (read.TimeoutSecondsPath === undefined),
    'must have TimeoutSeconds or TimeoutSecondsPath',
  )
  .refine(
    (read) => (read.ResultSelector === undefined) === (read.ResultPath === null),
    'must select of the result what it keeps, or have a ResultPath of null',
  )
  .refine(
    (read) => read.Resource !== CALL_AND_WAIT || read.ResultPath === null,
    'must have a ResultPath of null: whoever sends the callback tells nothing',
  )
  .refine(
    (read) =>
      Object.values(read.Parameters.Payload).includes(TOKEN_PATH) === (read.Resource === CALL_AND_WAIT),
    'must hand on a token where it waits for a callback, and only there',
  );
export type Task = z.infer<typeof task>;

const condition = z.union([
  z.strictObject({ Variable: path, StringEquals: z.string() }),
  z.strictObject({ Variable: path, IsPresent: z.boolean() }),
]);
export type Condition = z.infer<typeof condition>;

const rule = z.union([
  z.strictObject({ And: z.array(condition).min(1), Next: state }),
  z.strictObject({ Variable: path, StringEquals: z.string(), Next: state }),
  z.strictObject({ Variable: path, IsPresent: z.boolean(), Next: state }),
]);

const choice = z.strictObject({
  Type: z.literal('Choice'),
  Comment,
  Choices: z.array(rule).min(1),
  Default: state,
});
export type Choice = z.infer<typeof choice>;

const wait = z.union([
  z.strictObject({ Type: z.literal('Wait'), Comment, Seconds: seconds, Next: state }),
  z.strictObject({ Type: z.literal('Wait'), Comment, SecondsPath: path, Next: state }),
]);
export type Wait = z.infer<typeof wait>;

const succeed = z.strictObject({ Type: z.literal('Succeed'), Comment });
const fail = z.strictObject({ Type: z.literal('Fail'), Comment, Error: z.string(), Cause: z.string() });

/** By its type first, so that a fault is named where it is. */
const anyState = z
  .looseObject({ Type: z.enum(['Task', 'Choice', 'Wait', 'Succeed', 'Fail']) })
  .transform((read, context) => {
    const schemas = { Task: task, Choice: choice, Wait: wait, Succeed: succeed, Fail: fail } as const;
    const parsed = schemas[read.Type].safeParse(read);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: [...issue.path], message: issue.message });
    }
    return z.NEVER;
  });
export type State = z.infer<typeof anyState>;

const machine = z.strictObject({ Comment, StartAt: state, States: z.record(state, anyState) });
export type Machine = z.infer<typeof machine>;

class MachineRefused extends Error {
  override readonly name = 'MachineRefused';
}

function nextOf(read: State): readonly string[] {
  switch (read.Type) {
    case 'Task':
      return [read.Next, ...read.Catch.map(({ Next }) => Next)];
    case 'Choice':
      return [...read.Choices.map(({ Next }) => Next), read.Default];
    case 'Wait':
      return [read.Next];
    default:
      return [];
  }
}

function faultsOf({ StartAt, States }: Machine): readonly string[] {
  const reached = new Set([StartAt]);
  // A set that grows while it is walked is walked to its end.
  for (const name of reached) {
    const found = States[name];
    for (const next of found === undefined ? [] : nextOf(found)) reached.add(next);
  }
  return [
    ...[...reached].filter((name) => !Object.hasOwn(States, name)).map((name) => `there is no state ${name}`),
    ...Object.keys(States)
      .filter((name) => !reached.has(name))
      .map((name) => `nothing leads to ${name}`),
  ];
}

/** Throws `MachineRefused`, with every fault in its message. */
export function loadMachine(definition: unknown): Machine {
  const parsed = machine.safeParse(definition);
  const faults = parsed.success
    ? faultsOf(parsed.data)
    : parsed.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`);
  if (!parsed.success || faults.length > 0) {
    throw new MachineRefused(`the state machine can't be run here:\n${faults.join('\n')}`);
  }
  return parsed.data;
}

export function functionOf({ Parameters }: Task): FunctionName {
  return FUNCTIONS[Parameters.FunctionName];
}

export function waitsForCallback({ Resource }: Task): boolean {
  return Resource === CALL_AND_WAIT;
}
