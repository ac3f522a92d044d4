// Events in the words of OCSF 1.8.0, for tools that know no others.
export { ocsfRecord, ocsfText } from './record.ts';
