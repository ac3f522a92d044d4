// CDK apps of three lines, as somebody writes them who has just installed the package.

const LINES = (load: (what: string, from: string) => string) => `
${load('{ App, Stack, aws_iam as iam }', 'aws-cdk-lib')}
${load('{ Bailiwick, BrokeredRole }', 'bailiwick')}
const stack = new Stack(new App(), 'Stack');
const broker = new Bailiwick(stack, 'Broker', { config: 'config-deployed' });
const statements = [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/*'] })];
new BrokeredRole(stack, 'Reports', { broker, statements, signs: true });
`;

export const ESM_APP = LINES((what, from) => `import ${what} from '${from}';`);

export const COMMONJS_APP = LINES(
  (what, from) => `const ${what.replace(' as ', ': ')} = require('${from}');`,
);

/** For the compiler only: it fails where the package's types say nothing, or say something else. */
export const TYPED_APP = `${ESM_APP}
import { BailiwickStack, type BailiwickProps, checkedConfig } from 'bailiwick/infra';
const props: BailiwickProps = { config: await checkedConfig('config-deployed'), memorySize: 1024 };
const { bailiwick } = new BailiwickStack(new App(), 'Other', props);
export const arns: readonly string[] = [bailiwick.issuerRoleArn, broker.revokerRoleArn, broker.callerRoleArn];
// @ts-expect-error A config is a directory, or one that was checked.
export const unchecked: BailiwickProps = { config: {} };
// @ts-expect-error There is no such prop.
export const unknown: BailiwickProps = { ...props, memory: 1024 };
`;
