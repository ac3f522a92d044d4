// Prints what the deployed functions logged as warnings and errors, for whoever looks into a failed run.
import { everyLog } from './aws.ts';

const WORTH_A_LOOK = /"level":"(?:WARN|ERROR|CRITICAL)"|errorType|Task timed out/;

for (const [group, lines] of await everyLog()) {
  for (const line of lines) {
    if (WORTH_A_LOOK.test(line)) process.stdout.write(`${group.split('/').at(-1)}: ${line.trimEnd()}\n`);
  }
}
