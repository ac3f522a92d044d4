// The second door of this room: what an agent could do at most. Asked on people's machines only, never by a function.
export {
  type NotAws,
  type Reach,
  type ReachedAction,
  type ReachedCapability,
  type ReachedStatement,
  type ReachedTarget,
  reachOf,
} from './reach.ts';
