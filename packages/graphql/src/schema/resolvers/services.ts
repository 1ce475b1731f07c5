// From GraphQL's context to the services of this operation.

import type { Context, Services } from '../context.ts';

/** Finds the services of an operation; made by `createResolvers` for one schema. */
export type ServicesOf = (context: Context) => Services;

/** Services from the context where the server put them; else one set for each context object. */
export function servicesFrom(make: (() => Services) | undefined): ServicesOf {
  const made = new WeakMap<object, Services>();
  return (context) => {
    if (context?.btfq !== undefined) return context.btfq;
    if (make === undefined) throw new TypeError('the context has no btfq services: see createServices');
    if (typeof context !== 'object' || context === null) return make(); // works, but gathers nothing
    let services = made.get(context);
    if (services === undefined) made.set(context, (services = make()));
    return services;
  };
}
