// The audit: which events there are and how they are written.
export {
  type AuditEvent,
  EVENT_TYPES,
  type EventBody,
  type EventType,
  type RequestFacts,
  type TaskFacts,
} from './model.ts';
export { agentStream, BROKER_STREAM, storedEvent } from './write.ts';
