import { toJsonSchema } from '@valibot/to-json-schema';

import type { Route } from './route.js';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

/**
 * The description of the routes, OpenAPI 3.1. Who may use one stands in `x-countersign-role`.
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function openApiOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    if (route.isDescribed === false) continue;
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const operations = (paths[path] ??= {});
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Countersign collector', version: '1' },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
  };
}

function operationOf(route: Route): object {
  const { summary, role, body } = route;
  return {
    summary,
    ...(role !== undefined && { security: [{ bearer: [] }], 'x-countersign-role': role }),
    parameters: [...pathParameters(route), ...queryParameters(route)],
    ...(body !== undefined && {
      requestBody: { description: body, required: true, content: { 'application/json': { schema: {} } } },
    }),
    responses: {
      200: { description: 'Done.' },
      ...(route.query !== undefined && { 400: { description: 'The query string is wrong; error says how.' } }),
      ...(role !== undefined && {
        401: { description: 'There is no token, or it is not valid.' },
        403: { description: `The role ${role} is needed.` },
      }),
    },
  };
}

function pathParameters({ path }: Route): Parameter[] {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: Route): Parameter[] {
  if (query === undefined) return [];
  // As it is written, and not as it is read: numbers and times are texts there.
  const { properties = {}, required = [] } = toJsonSchema(query, { typeMode: 'input', errorMode: 'ignore' });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as { description?: string };
    const is = { name, in: 'query' as const, required: required.includes(name), schema: rest };
    return description === undefined ? is : { ...is, description };
  });
}
