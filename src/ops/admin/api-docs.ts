import { type Route, commonErrors, errorTable, routes, sessionErrors } from '@aerie/protocol';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

/** The OpenAPI document, printed from the route table, so it cannot say anything else than what is served. */
export function openApiDocument(version: string): OpenAPIObject {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, row] of Object.entries(routes) as [string, Route][]) {
    const path = row.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operation(name, row) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Aerie',
      version,
      description: 'Ciphertext in, ciphertext out. What the octets mean is in protocol/SPEC.md.',
    },
    paths: paths as OpenAPIObject['paths'],
    components: { securitySchemes: { session: { type: 'http', scheme: 'bearer' } } },
  };
}

function operation(name: string, row: Route): unknown {
  const access =
    row.access === 'public'
      ? 'Anybody.'
      : `Devices: ${row.access.devices.join(', ')}${row.access.owner ? '; owners only' : ''}.`;
  return {
    operationId: name,
    summary: row.summary,
    description: access,
    security: row.access === 'public' ? [] : [{ session: [] }],
    parameters: [...parametersOf('path', row.params), ...parametersOf('query', row.query)],
    ...(row.body && { requestBody: { required: true, content: contentOf(row.body) } }),
    responses: {
      [row.status]: { description: 'Done', ...(row.reply !== 'nothing' && { content: contentOf(row.reply) }) },
      ...problemsOf(row),
    },
  };
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): unknown =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' });

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined): unknown[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, unknown>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, shape]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: shape,
  }));
}

const contentOf = (body: z.ZodType | 'octets') =>
  body === 'octets'
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: schemaOf(body, 'input') } };

function problemsOf(row: Route): Record<string, unknown> {
  const codes = [...row.errors, ...commonErrors, ...(row.access === 'public' ? [] : sessionErrors)];
  const statuses = [...new Set(codes.map((code) => errorTable[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const own = codes.filter((code) => errorTable[code].status === status);
      return [
        status,
        {
          description: own.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('; '),
          content: { 'application/problem+json': {} },
        },
      ];
    }),
  );
}
