// @btfq/graphql/process-metrics: measures of a server that is several processes of node:cluster: each process has its own, and whichever is asked for them asks the
// primary process, which adds up those of all.

import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';

/** Measures of all processes in Prometheus' format; for the primary process. */
export function metricsOfProcesses(): Promise<string> {
  return (registryOfAll ??= new AggregatorRegistry()).clusterMetrics();
}

let registryOfAll: AggregatorRegistry<'text/plain; version=0.0.4; charset=utf-8'> | undefined;
let asked = 0;

/** The text of a registry: of all processes where this is one of several and the primary answers. */
export function metricsText(registry: Registry): () => Promise<string> {
  if (!cluster.isWorker) return () => registry.metrics();
  AggregatorRegistry.setRegistries(registry);
  registryOfAll ??= new AggregatorRegistry(); // answers the primary when it asks
  return async () => (await askPrimary()) ?? (await registry.metrics());
}

/** Undefined where the primary does not answer in time. */
function askPrimary(): Promise<string | undefined> {
  const id = ++asked;
  return new Promise((resolve) => {
    const done = (text: string | undefined) => {
      clearTimeout(timer);
      process.off('message', listen);
      resolve(text);
    };
    const timer = setTimeout(() => done(undefined), 6_000);
    const listen = (message: unknown) => {
      const said = message as { kind?: unknown; id?: unknown; text?: string };
      if (said.kind === 'metrics-of-all' && said.id === id) done(said.text);
    };
    process.on('message', listen);
    process.send?.({ kind: 'metrics-of-all', id });
  });
}
