/** The flavours of JSON lines, and of pairs. All are read the same way; a flavour names a file by the keys that only it has. */
import type { JsonFormat, LineFormat } from './lineFormat'

const json = 'json' as const

export const jsonFormats: readonly JsonFormat[] = [
  { kind: json, id: 'journald', name: 'journald (JSON)', keys: ['__REALTIME_TIMESTAMP'] },
  { kind: json, id: 'mongodb', name: 'MongoDB', keys: ['t:object', 's:string', 'c:string', 'ctx'] },
  { kind: json, id: 'otlp', name: 'OpenTelemetry logs (OTLP JSON)', keys: ['resourceLogs'] },
  {
    kind: json,
    id: 'otel-collector',
    name: 'OpenTelemetry collector (JSON)',
    keys: ['level:string', 'ts', 'msg', 'otelcol.component.id'],
  },
  { kind: json, id: 'serilog-json', name: 'Serilog (compact JSON)', keys: ['@t'] },
  { kind: json, id: 'bunyan', name: 'bunyan', keys: ['v:number', 'name:string', 'level:number', 'time:string'] },
  { kind: json, id: 'pino', name: 'pino', keys: ['level:number', 'time'] },
  { kind: json, id: 'ecs', name: 'Elastic Common Schema (JSON)', keys: ['@timestamp', 'ecs.version'] },
  { kind: json, id: 'ecs', name: 'Elastic Common Schema (JSON)', keys: ['@timestamp', 'log.level'] },
  { kind: json, id: 'logstash', name: 'Logstash (JSON)', keys: ['@timestamp', '@version'] },
  { kind: json, id: 'zap', name: 'zap (JSON)', keys: ['level:string', 'ts', 'msg'] },
  { kind: json, id: 'structlog', name: 'structlog (JSON)', keys: ['event:string', 'timestamp'] },
  { kind: json, id: 'gelf', name: 'Graylog (GELF)', keys: ['short_message', 'version'] },
]

/** What every line of JSON with a time, a level or a message is. */
export const anyJson: JsonFormat = { kind: json, id: 'json', name: 'JSON lines', keys: [] }

export const logfmt: LineFormat = { kind: 'logfmt', id: 'logfmt', name: 'logfmt' }
