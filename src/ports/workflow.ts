// Runs what an approval waits for: `statemachines/approval.asl.json`, an execution for each approval.

/** Every method throws `Unavailable('workflow')` when the back end does not answer in time. */
export interface Workflow {
  /** However often it is told, an approval is worked at by one execution, named after it. */
  start(approval: string): Promise<void>;
  /** Lets the execution that waits with this token go on and look what was decided. One that no longer waits is left alone. */
  wake(token: string): Promise<void>;
}
