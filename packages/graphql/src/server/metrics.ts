// What Prometheus asks of the server. One registry a handler, so that two servers in one process do not mix.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { metricsText } from './process-metrics.ts';

/** The server's own measures; `text` is Prometheus' exposition format. */
export interface Metrics {
  readonly requests: Counter<'route' | 'status'>;
  readonly seconds: Histogram<'route'>;
  readonly errors: Counter<'code'>;
  readonly underWay: Gauge;
  readonly work: Histogram<'kind' | 'outcome'>;
  readonly bundleBytes: Gauge;
  readonly contentType: string;
  text(): Promise<string>;
}

/** A fresh set of measures. `defaults` adds the process's own (memory, event loop lag, garbage collection). */
export function createMetrics(defaults: boolean): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (defaults) collectDefaultMetrics({ register: registry });
  return {
    requests: new Counter({
      name: 'btfq_requests_total',
      help: 'HTTP requests answered',
      labelNames: ['route', 'status'],
      registers,
    }),
    seconds: new Histogram({
      name: 'btfq_request_seconds',
      help: 'Time to answer a request',
      labelNames: ['route'],
      buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
      registers,
    }),
    errors: new Counter({
      name: 'btfq_graphql_errors_total',
      help: 'GraphQL errors answered, by code',
      labelNames: ['code'],
      registers,
    }),
    underWay: new Gauge({ name: 'btfq_requests_under_way', help: 'Requests being answered', registers }),
    work: new Histogram({
      name: 'btfq_work_seconds',
      help: 'Time of questions about uploaded objects',
      labelNames: ['kind', 'outcome'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60],
      registers,
    }),
    bundleBytes: new Gauge({ name: 'btfq_bundle_cache_bytes', help: 'Size of the bundle cache', registers }),
    contentType: registry.contentType,
    text: metricsText(registry),
  };
}
