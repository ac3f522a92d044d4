// A process of the benchmark: the client, the same for every path. It keeps its connections, and looks at every answer.
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type Job, NUMBER, type Outcome } from './job.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const MOST_MILLISECONDS = 30_000;

function ask(url: string, headers: Job['headers'], agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { agent, headers, timeout: MOST_MILLISECONDS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in time')));
    request.on('error', reject);
    request.end();
  });
}

let number = 0;

async function run({ url, headers, concurrency, milliseconds, expected }: Job): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const took: number[] = [];
  const calls: string[] = [];
  const problems: string[] = [];
  let [firstBody, good] = ['', 0];
  const one = async (measured: boolean) => {
    number += 1;
    const mine = String(number);
    const began = performance.now();
    const answer = await ask(url + mine, headers, agent).catch((error: unknown) => String(error));
    const ended = performance.now();
    if (typeof answer === 'string') return void problems.push(answer);
    const { 'bailiwick-call': call } = answer.headers;
    if (typeof call === 'string') calls.push(call);
    if (answer.status !== 200) return void problems.push(`${answer.status}: ${answer.body.slice(0, 500)}`);
    if (firstBody === '') firstBody = answer.body.replaceAll(`ticket-${mine}`, `ticket-${NUMBER}`);
    if (expected !== undefined && answer.body !== expected.replace(NUMBER, mine)) {
      return void problems.push(`another body than expected: ${answer.body.slice(0, 500)}`);
    }
    good += 1;
    if (measured) took.push(ended - began);
  };
  // First each connects.
  await Promise.all(Array.from({ length: concurrency }, () => one(false)));
  const began = performance.now();
  const lane = async () => {
    while (performance.now() - began < milliseconds && problems.length === 0) await one(true);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  const [problem] = problems;
  return {
    ...{ good, bad: problems.length, seconds, calls, firstBody },
    ...(problem === undefined ? {} : { problem }),
    took: Float64Array.from(took),
  };
}

process.on('message', (job: Job) => {
  void run(job).then((outcome) => process.send?.(outcome));
});
process.once('disconnect', () => process.exit());
