// Prints what the deployed functions logged as errors, for whoever looks into a failed run.
import { everyLog } from './aws.ts';

const WORTH_A_LOOK = /"level":"(?:ERROR|CRITICAL)"|"errorType"|Task timed out/;
const MOST = 50;

const found = [...(await everyLog())].flatMap(([group, lines]) =>
  lines
    .filter((line) => WORTH_A_LOOK.test(line))
    .map((line) => `${group.split('/').at(-1)}: ${line.trimEnd()}`),
);
for (const line of found.slice(0, MOST)) process.stdout.write(`${line}\n`);
process.stdout.write(`${found.length} errors in the functions' logs\n`);
