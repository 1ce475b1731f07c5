// A schema whose every field counts against its operation's budget: an answer stops between two fields when it grows past
// its limits, when its time is over and when its client is gone.

import { defaultFieldResolver, type GraphQLSchema, isLeafType, getNamedType, isObjectType } from 'graphql';
import type { Context } from '../../schema/context.ts';

/** Bytes of a value's JSON, near enough: what is escaped is counted once the answer is made. */
function weightOf(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length + 3;
    case 'number':
    case 'bigint':
      return 8;
    case 'object':
      return Array.isArray(value) ? value.reduce((sum: number, one) => sum + weightOf(one), 2) : 5;
    default:
      return 6;
  }
}

/** Puts a budget's count around every resolver of `schema`, which is changed and given back. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = field.resolve ?? defaultFieldResolver;
      const leaf = isLeafType(getNamedType(field.type));
      field.resolve = (source, args, context: Context, info) => {
        const budget = context.btfq?.budget;
        budget?.step(String(info.path.key).length);
        const value: unknown = resolve(source, args, context, info);
        if (!leaf || budget === undefined) return value;
        if (!(value instanceof Promise)) {
          budget.weigh(weightOf(value));
          return value;
        }
        return value.then((made: unknown) => {
          budget.weigh(weightOf(made));
          return made;
        });
      };
    }
  }
  return schema;
}
