// Small state machines for tests, built of one that may be changed where a test wants it different.
export type Changed = Readonly<Record<string, unknown>>;

export const CALL = 'arn:aws:states:::lambda:invoke';

/** Asks once, and keeps the status. */
export const TASK = {
  Type: 'Task',
  Resource: CALL,
  Parameters: { FunctionName: '${StepsFunction}', Payload: { step: 'look', 'approval.$': '$.approval' } },
  TimeoutSeconds: 30,
  ResultSelector: { 'status.$': '$.Payload.status' },
  ResultPath: '$.look',
  Next: 'Done',
} as const;

/** Waits for a callback. */
export const ASK = {
  Type: 'Task',
  Resource: `${CALL}.waitForTaskToken`,
  Parameters: { FunctionName: '${StepsFunction}', Payload: { step: 'ask', 'token.$': '$$.Task.Token' } },
  TimeoutSeconds: 60,
  ResultPath: null,
  Next: 'Done',
} as const;

export const CATCH_ALL = { ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Caught' };

/** `First`, then `Done`; what is caught ends in `Caught`. */
export function machineOf(first: object, more: Changed = {}): object {
  const text = JSON.stringify([first, more]);
  const States = {
    First: first,
    ...more,
    ...(text.includes('"Done"') ? { Done: { Type: 'Succeed' } } : {}),
    ...(text.includes('"Caught"')
      ? { Caught: { Type: 'Fail', Error: 'Caught', Cause: 'It was caught.' } }
      : {}),
  };
  return { StartAt: 'First', States };
}
