// A log that keeps what it was told.
import type { Log, LogFields, LogMessage } from '../../../../src/ports/log.ts';

export interface KeptLog extends Log {
  readonly lines: readonly {
    readonly level: string;
    readonly message: LogMessage;
    readonly fields: LogFields;
  }[];
}

export function keptLog(): KeptLog {
  const lines: { level: string; message: LogMessage; fields: LogFields }[] = [];
  const keep = (level: string) => (message: LogMessage, fields: LogFields) => {
    lines.push({ level, message, fields });
  };
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
