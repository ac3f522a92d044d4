// Prints what the deployed functions logged as errors, for whoever looks into a failed run: what is said again and again,
// once, with how often and when it was said.
import { everyLog } from './aws.ts';

const WORTH_A_LOOK = /"level":"(?:ERROR|CRITICAL)"|"errorType"|Task timed out/;
const MOST = 50;
const MOST_CHARACTERS = 300;
/** What differs from one time to the next. */
const OF_ONE_TIME = /"(?:timestamp|function_request_id|xray_trace_id|cold_start)":(?:"[^"]*"|\w+),?/g;
/** What the name of the log group says already. */
const OF_THE_FUNCTION = /"(?:function_\w+|service|sampling_rate)":(?:"[^"]*"|\w+),?/g;
const TIME = /"timestamp":"[^"T]*T([^".]*)/;

interface Said {
  times: number;
  readonly first: string;
  last: string;
}

const found = new Map<string, Said>();
for (const [group, lines] of await everyLog()) {
  for (const line of lines.filter((each) => WORTH_A_LOOK.test(each))) {
    const at = TIME.exec(line)?.[1] ?? '';
    const text = line.trimEnd().replaceAll(OF_ONE_TIME, '').replaceAll(OF_THE_FUNCTION, '');
    const what = `${group.split('/').at(-1)}: ${text.slice(0, MOST_CHARACTERS)}`;
    const before = found.get(what);
    if (before === undefined) found.set(what, { times: 1, first: at, last: at });
    else Object.assign(before, { times: before.times + 1, last: at });
  }
}
for (const [what, { times, first, last }] of [...found].slice(0, MOST)) {
  process.stdout.write(`${times} times, ${first} to ${last}: ${what}\n`);
}
process.stdout.write(`${found.size} different errors in the functions' logs\n`);
