// What a state machine may say: all else is refused when it is loaded, because it would mean something else here.
import { describe, expect, it } from 'vitest';
import { loadMachine } from '../../../../src/adapters/embedded/workflow/language.ts';
import { ASK, CALL, CATCH_ALL, machineOf, TASK } from './machines.ts';

const RETRY = { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 };
const RULE = { Variable: '$.look.status', StringEquals: 'approved', Next: 'Done' };
const CHOICE = { Type: 'Choice', Choices: [RULE], Default: 'Done' };
const WAIT = { Type: 'Wait', Seconds: 30, Next: 'Done' };

describe('taken', () => {
  it.each([
    ['a task', TASK],
    ['a task that waits for a callback', ASK],
    ['a timeout from the data', { ...TASK, TimeoutSeconds: undefined, TimeoutSecondsPath: '$.look.seconds' }],
    ['retries and catches', { ...TASK, Retry: [RETRY], Catch: [CATCH_ALL] }],
    ['a longest delay', { ...TASK, Retry: [{ ...RETRY, MaxDelaySeconds: 2 }] }],
    [
      'errors by their names',
      { ...TASK, Retry: [{ ...RETRY, ErrorEquals: ['Unavailable', 'States.Timeout'] }] },
    ],
    ['a choice', CHOICE],
    [
      'what is there, and what it is',
      { ...CHOICE, Choices: [{ And: [{ Variable: '$.a', IsPresent: true }], Next: 'Done' }] },
    ],
    ['a wait', WAIT],
    ['a wait from the data', { Type: 'Wait', SecondsPath: '$.look.pause', Next: 'Done' }],
  ])('%s', (_, first) => {
    expect(() => loadMachine(JSON.parse(JSON.stringify(machineOf(first))))).not.toThrow();
  });
});

const payload = (Payload: object) => ({ ...TASK, Parameters: { FunctionName: '${StepsFunction}', Payload } });
const choice = (rule: object) => ({ ...CHOICE, Choices: [rule] });

describe('refused', () => {
  it.each<readonly [string, object]>([
    ['a type it does not know', { ...TASK, Type: 'Parallel' }],
    ['a resource it does not know', { ...TASK, Resource: 'arn:aws:states:::sqs:sendMessage' }],
    ['a function it does not know', { ...TASK, Parameters: { ...TASK.Parameters, FunctionName: 'steps' } }],
    ['JSONata', { ...TASK, QueryLanguage: 'JSONata' }],
    ['a heartbeat', { ...ASK, HeartbeatSeconds: 60 }],
    ['an output path', { ...TASK, OutputPath: '$.look' }],
    ['an input path', { ...TASK, InputPath: '$.look' }],
    ['variables', { ...TASK, Assign: { 'x.$': '$.look' } }],
    ['an end that is no state', { ...TASK, Next: undefined, End: true }],
    ['no timeout', { ...TASK, TimeoutSeconds: undefined }],
    ['two timeouts', { ...TASK, TimeoutSecondsPath: '$.look.seconds' }],
    ['a timeout of nothing', { ...TASK, TimeoutSeconds: 0 }],
    ['half a second', { ...TASK, TimeoutSeconds: 0.5 }],
    ['a whole answer', { ...TASK, ResultSelector: undefined }],
    ['an answer in the place of everything', { ...TASK, ResultPath: '$' }],
    ['a selection that goes nowhere', { ...TASK, ResultPath: null }],
    ['a selection from beside the answer', { ...TASK, ResultSelector: { 'status.$': '$.StatusCode' } }],
    ['a selection that selects nothing', { ...TASK, ResultSelector: { status: 'approved' } }],
    ['what a callback tells', { ...ASK, ResultSelector: TASK.ResultSelector, ResultPath: '$.look' }],
    ['a callback without a token', { ...ASK, Parameters: TASK.Parameters }],
    ['a token without a callback', { ...TASK, Parameters: ASK.Parameters }],
    ['a function of the language', payload({ 'approval.$': "States.Format('{}', $.approval)" })],
    ['another part of the context', payload({ 'approval.$': '$$.Execution.Name' })],
    ['everything', payload({ 'approval.$': '$' })],
    ['an item of a list', payload({ 'approval.$': '$.approvals[0]' })],
    ['a field twice', payload({ step: 'look', 'step.$': '$.step' })],
    ['a number', payload({ step: 1 })],
    ['a jitter', { ...TASK, Retry: [{ ...RETRY, JitterStrategy: 'FULL' }] }],
    ['a retry without a bound', { ...TASK, Retry: [{ ...RETRY, MaxAttempts: undefined }] }],
    ['a rate below one', { ...TASK, Retry: [{ ...RETRY, BackoffRate: 0.5 }] }],
    [
      'a longest delay below the first',
      { ...TASK, Retry: [{ ...RETRY, IntervalSeconds: 5, MaxDelaySeconds: 5 }] },
    ],
    ['a retry after that for all', { ...TASK, Retry: [RETRY, { ...RETRY, ErrorEquals: ['Unavailable'] }] }],
    ['all and another', { ...TASK, Catch: [{ ...CATCH_ALL, ErrorEquals: ['States.ALL', 'Unavailable'] }] }],
    ['no error', { ...TASK, Catch: [{ ...CATCH_ALL, ErrorEquals: [] }] }],
    [
      'an error that never happens here',
      { ...TASK, Catch: [{ ...CATCH_ALL, ErrorEquals: ['States.Permissions'] }] },
    ],
    ['an error that is kept', { ...TASK, Catch: [{ ...CATCH_ALL, ResultPath: '$.error' }] }],
    ['an error in the place of everything', { ...TASK, Catch: [{ ...CATCH_ALL, ResultPath: undefined }] }],
    ['a comparison it does not know', choice({ Variable: '$.look.seconds', NumericEquals: 1, Next: 'Done' })],
    ['a rule of two comparisons', choice({ ...RULE, IsPresent: true })],
    ['a negation', choice({ Not: RULE, Next: 'Done' })],
    ['a way out within a condition', choice({ And: [RULE], Next: 'Done' })],
    ['a choice without a default', { ...CHOICE, Default: undefined }],
    ['a choice of nothing', { ...CHOICE, Choices: [] }],
    ['a wait until a moment', { Type: 'Wait', Timestamp: '2026-03-02T12:00:00Z', Next: 'Done' }],
    ['two waits', { ...WAIT, SecondsPath: '$.look.pause' }],
    ['a state that is not there', { ...WAIT, Next: 'Nowhere' }],
    ['a state that only an object has', { ...WAIT, Next: 'toString' }],
  ])('%s', (_, first) => {
    const definition = JSON.parse(JSON.stringify(machineOf(first)));
    expect(() => loadMachine(definition)).toThrow(expect.objectContaining({ name: 'MachineRefused' }));
  });

  it.each<readonly [string, object]>([
    ['a timeout of the whole', { ...machineOf(TASK), TimeoutSeconds: 60 }],
    ['another language', { ...machineOf(TASK), QueryLanguage: 'JSONata' }],
    ['a start that is not there', { ...machineOf(TASK), StartAt: 'Nowhere' }],
    ['a state that nothing leads to', machineOf(TASK, { Alone: WAIT })],
    ['nothing', {}],
  ])('%s', (_, definition) => {
    expect(() => loadMachine(definition)).toThrow(expect.objectContaining({ name: 'MachineRefused' }));
  });

  it('names every fault, and where it is', () => {
    const definition = machineOf({ ...TASK, HeartbeatSeconds: 60, Resource: `${CALL}.sync` });
    expect(() => loadMachine(definition)).toThrow(
      /States\.First\.Resource: .*\n(.*\n)*States\.First: .*HeartbeatSeconds/,
    );
  });
});
