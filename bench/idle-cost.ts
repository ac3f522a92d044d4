// What a deployment costs a day while nobody uses it: what is in its template, at list prices.
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { checkedConfig } from '../infra/checked-config.ts';
import { BailiwickStack } from '../infra/stack.ts';
import { type Report, rounded } from './table.ts';

const DAYS_A_MONTH = 30;
const MINUTES_A_DAY = 1440;
const HOURS_A_DAY = 24;

/** US dollars in us-east-1, on demand, without free tiers, as listed in November 2026: check yours. */
const A_MONTH: Readonly<Record<string, number>> = {
  'AWS::KMS::Key': 1,
  'AWS::SecretsManager::Secret': 0.4,
  'AWS::CloudWatch::Alarm': 0.1,
  'AWS::CloudWatch::Dashboard': 3,
  // Lambda reads a table's stream for nothing, and what its filter leaves out starts no function.
  'AWS::Lambda::EventSourceMapping': 0,
};
const A_MILLION = {
  ...{ lambdaRequests: 0.2, dynamoReads: 0.125, dynamoWrites: 0.625, traces: 5 },
  ...{ objectPuts: 5, objectReads: 0.4, signatures: 15 },
};
const LAMBDA_GB_SECOND = 0.0000133334;

/**
 * One pass of the reconciler that finds nothing: its progress read and written, and asked the eight partitions of what
 * may have been left hanging and the eight of roles that were asked for.
 */
const PASS = { reads: 9, writes: 1, gigabyteSeconds: 0.5 * 0.2 };

/**
 * One hour that is signed, in which nothing happened but the digest before it: the state that says who is at it, and the
 * partitions of two days read; the digest, its index and its own event put, each object of the hour before read.
 */
const SIGNED_HOUR = {
  ...{ reads: 40, writes: 3, objectPuts: 3, objectReads: 12, signatures: 3, runs: 2 },
  gigabyteSeconds: 2 * 2 + 1 * 0.5,
};

function hourDollars(): number {
  const { reads, writes, objectPuts, objectReads, signatures, runs, gigabyteSeconds } = SIGNED_HOUR;
  const million =
    runs * (A_MILLION.lambdaRequests + A_MILLION.traces) +
    reads * A_MILLION.dynamoReads +
    writes * A_MILLION.dynamoWrites +
    objectPuts * A_MILLION.objectPuts +
    objectReads * A_MILLION.objectReads +
    signatures * A_MILLION.signatures;
  return million / 1_000_000 + gigabyteSeconds * LAMBDA_GB_SECOND;
}

async function resourceTypes(): Promise<readonly string[]> {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new BailiwickStack(app, 'Bailiwick', { config: await checkedConfig('examples/deployed') });
  const { Resources } = Template.fromStack(stack).toJSON() as {
    Resources: Readonly<Record<string, { readonly Type: string }>>;
  };
  return Object.values(Resources).map(({ Type }) => Type);
}

export async function idleCost(): Promise<Report> {
  const types = await resourceTypes();
  const standing = Object.entries(A_MONTH).map(([type, price]) => {
    const count = types.filter((one) => one === type).length;
    return { what: type, count, dollars: (count * price) / DAYS_A_MONTH };
  });
  const { reads, writes, gigabyteSeconds } = PASS;
  const million =
    A_MILLION.lambdaRequests +
    A_MILLION.traces +
    reads * A_MILLION.dynamoReads +
    writes * A_MILLION.dynamoWrites;
  const passes = {
    what: 'passes of the reconciler',
    count: MINUTES_A_DAY,
    dollars: MINUTES_A_DAY * (million / 1_000_000 + gigabyteSeconds * LAMBDA_GB_SECOND),
  };
  const signed = { what: 'hours signed', count: HOURS_A_DAY, dollars: HOURS_A_DAY * hourDollars() };
  const rows = [...standing, passes, signed];
  const sum = rows.reduce((total, { dollars }) => total + dollars, 0);
  return {
    name: 'idle-cost',
    rows: [...rows, { what: 'a day', count: 1, dollars: sum }].map(({ what, count, dollars }) => ({
      what,
      count,
      'dollars a day': rounded(dollars),
    })),
  };
}
