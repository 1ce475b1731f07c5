// Structured logs: one JSON object a line.

/** What is logged. Values are plain JSON. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: string;
  readonly [field: string]: string | number | boolean | undefined;
}
/** Takes one entry; must not throw. */
export type Log = (entry: LogEntry) => void;

/** A log that writes lines of JSON with a time. */
export function jsonLog(write: (line: string) => void): Log {
  return (entry) => write(`${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`);
}
