// What CDK apps import as `bailiwick`: the constructs, and what their props are made of.
export type { ArchiveProps } from './archive.ts';
export { Bailiwick, type BailiwickProps } from './bailiwick.ts';
export type { Broker } from './broker.ts';
export { type BrokeredConnection, BrokeredRole, type BrokeredRoleProps } from './brokered-role.ts';
export { ConfigRefused, checkedConfig, type DeployableConfig } from './checked-config.ts';
export type { Throttling } from './front-door.ts';
export type { FunctionName } from './functions.ts';
export { BailiwickStack, type BailiwickStackProps } from './stack.ts';
export type { NetworkProps } from './target-network.ts';
