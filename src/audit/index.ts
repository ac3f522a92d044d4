// The audit: which events there are and how they are written.
export {
  EVENT_TYPES,
  type EventBody,
  type RecordedBody,
  type RecordedMessage,
  type RequestFacts,
  type TaskFacts,
} from './model.ts';
export { agentStream, BROKER_STREAM, storedEvent, tokenStream } from './write.ts';
