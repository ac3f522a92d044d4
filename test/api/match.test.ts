// Which route a method and a path mean: exactly one, or the right refusal.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_ROUTES, matchRoute } from '../../src/api/index.ts';
import { Refusal } from '../../src/shared/errors.ts';

function found(method: string, path: string): unknown {
  const matched = matchRoute(method, path);
  if (!(matched instanceof Refusal)) return [matched.route.name, matched.parameters];
  return matched.code === 'method_not_allowed' ? [matched.code, matched.extras.allow] : matched.code;
}

describe('matchRoute', () => {
  it.each<[string, string, unknown]>([
    ['POST', '/v1/tasks', ['openTask', {}]],
    ['GET', '/v1/tasks/task_1', ['readTask', { task: 'task_1' }]],
    ['POST', '/v1/tasks/task_1/finish', ['finishTask', { task: 'task_1' }]],
    ['POST', '/v1/tasks/task_1/credentials', ['issueCredentials', { task: 'task_1' }]],
    ['GET', '/v1/tasks/task_1/events', ['readTaskEvents', { task: 'task_1' }]],
    ['GET', '/healthz', ['health', {}]],
    ['GET', '/openapi.json', ['openApi', {}]],
    ['GET', '/.well-known/oauth-protected-resource', ['protectedResource', {}]],
    // A parameter is one segment, decoded once.
    ['GET', '/v1/tasks/a%2Fb', ['readTask', { task: 'a/b' }]],
    ['GET', '/v1/tasks/a%252Fb', ['readTask', { task: 'a%2Fb' }]],
    ['GET', '/v1/tasks/..', ['readTask', { task: '..' }]],
    ['GET', '/v1/tasks/%00', ['readTask', { task: '\0' }]],
    ['GET', '/v1/tasks/{task}', ['readTask', { task: '{task}' }]],
    ['GET', '/v1/tasks/a/b', 'not_found'],
    // What goes on to a target is its own business, as it was sent.
    ['GET', '/v1/tasks/t/http/api', ['callTargetRoot', { task: 't', target: 'api' }]],
    ['GET', '/v1/tasks/t/http/api/', ['callTarget', { task: 't', target: 'api', path: '' }]],
    [
      'PATCH',
      '/v1/tasks/t/http/api/a/%2F/../b//',
      ['callTarget', { task: 't', target: 'api', path: 'a/%2F/../b//' }],
    ],
    ['GET', '/v1/tasks/t/http//x', 'not_found'],
    ['GET', '/v1/tasks//http/api/x', 'not_found'],
    ['GET', '/v1/tasks/t/http', 'not_found'],
    ['GET', '/v1/tasks/t/http/', 'not_found'],
    ['GET', '/v1/tasks/', 'not_found'],
    ['POST', '/v1/tasks/', 'not_found'],
    ['POST', '/v1/tasks//finish', 'not_found'],
    ['GET', '//v1/tasks/x', 'not_found'],
    ['GET', '/v1/tasks/x/', 'not_found'],
    ['GET', '/V1/tasks/x', 'not_found'],
    ['GET', '/v1%2Ftasks/x', 'not_found'],
    ['GET', '/healthz/', 'not_found'],
    ['GET', '/health%7A', 'not_found'],
    ['GET', '', 'not_found'],
    ['GET', 'v1/tasks/x', 'not_found'],
    ['GET', '/v1/tasks/%', 'malformed_request'],
    ['GET', '/v1/tasks/%E0%A4%A', 'malformed_request'],
    ['GET', '/v1/tasks/%ff', 'malformed_request'],
    ['GET', '/v1/tasks', ['listTasks', {}]],
    ['PUT', '/v1/tasks', ['method_not_allowed', ['POST', 'GET']]],
    ['DELETE', '/v1/tasks/x', ['method_not_allowed', ['GET']]],
    ['HEAD', '/healthz', ['method_not_allowed', ['GET']]],
    ['get', '/healthz', ['method_not_allowed', ['GET']]],
    ['GET', '/v1/tasks/x/finish', ['method_not_allowed', ['POST']]],
    ['', '/healthz', ['method_not_allowed', ['GET']]],
  ])('%s %s', (method, path, expected) => {
    expect(found(method, path)).toEqual(expected);
  });

  it('finds every route by its own template, and gives back what was put in', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ALL_ROUTES), fc.string({ minLength: 1 }), (route, value) => {
        fc.pre(value.isWellFormed());
        const names = [...route.path.matchAll(/\{([a-z]+)\}/g)].map(([, name = '']) => name);
        // The rest of a path is given back as it was sent.
        const rest = '//%2E%2F;/%/x';
        const path = route.path.replaceAll(/\{[a-z]+\}/g, encodeURIComponent(value)).replace('{path+}', rest);
        const parameters = Object.fromEntries(names.map((name) => [name, value]));
        const whole = route.path.endsWith('{path+}') ? { ...parameters, path: rest } : parameters;
        expect(found(route.method === 'ANY' ? 'LINK' : route.method, path)).toEqual([route.name, whole]);
      }),
    );
  });

  it('has an answer for any path', () => {
    const segment = fc.oneof(fc.constantFrom('v1', 'tasks', 'finish', '%', '..', ''), fc.string());
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(segment).map((parts) => `/${parts.join('/')}`),
        (method, path) => {
          expect(() => matchRoute(method, path)).not.toThrow();
        },
      ),
    );
  });
});
