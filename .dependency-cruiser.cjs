// The direction of imports is the architecture (docs/architecture.md). A layer may import only what stands to its left:
//   errors <- wire, sql, identity, threads <- matching, catalogue, guardrails, masking, audit <- policy <- session <- driver <- proxy <- config <- adapters, cli
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${name} may import only: ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: from },
  to: {
    path: '^(src|adapters)/',
    pathNot: [
      from,
      '^src/(errors|message-of|options|deadline|bearer-token|printable|webhook-signature)\\.ts$',
      ...allowed.map((a) => `^src/${a}/`),
    ],
  },
});
const only = (name, module, owners) => ({
  name,
  severity: 'error',
  comment: `only ${owners} may import ${module}`,
  from: { path: '^(src|adapters)/', pathNot: owners },
  to: { path: `node_modules/${module}/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'errors-import-nothing',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: { path: '^(src|adapters)/' },
    },
    layer('wire', '^src/wire/', []),
    layer('sql', '^src/sql/', []),
    layer('identity', '^src/identity/', []),
    layer('catalogue', '^src/catalogue/', ['sql']),
    layer('matching', '^src/matching/', ['sql', 'identity']),
    layer('guardrails', '^src/guardrails/', ['sql', 'identity', 'matching']),
    layer('approval', '^src/approval/', ['identity', 'sql']),
    layer('masking', '^src/masking/', ['wire', 'sql', 'identity', 'matching']),
    layer('policy', '^src/policy/', ['matching', 'guardrails', 'masking']),
    layer('threads', '^src/threads/', []),
    layer('audit', '^src/audit/', ['identity', 'sql', 'threads']),
    layer('transports', '^src/transports/', ['audit']),
    layer('collector', '^src/collector/', ['audit', 'identity', 'approval', 'threads', 'transports']),
    layer('session', '^src/session/', [
      ...['wire', 'sql', 'identity', 'matching', 'catalogue', 'guardrails', 'approval', 'masking', 'policy', 'audit'],
    ]),
    layer('driver', '^src/driver/', ['catalogue', 'session', 'wire']),
    layer('proxy', '^src/proxy/', [
      ...['wire', 'sql', 'identity', 'guardrails', 'masking', 'audit', 'session', 'driver'],
    ]),
    layer('config', '^src/config/', ['session', 'proxy']),
    {
      name: 'only-the-cli-imports-adapters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^adapters/' },
    },
    {
      name: 'wire-has-no-sockets',
      severity: 'error',
      from: { path: '^src/(wire|session)/' },
      to: { path: '^(node:)?(net|tls|http|https|dgram)$', dependencyTypes: ['core'] },
    },
    only('jose-in-identity-only', 'jose', '^src/identity/'),
    only('parsers-in-sql-only', '(node-sql-parser|@guanmingchiu/sqlparser-ts)', '^src/sql/'),
    only('mysql2-in-its-adapter-and-the-proxy-only', 'mysql2', '^(adapters/mysql2|src/proxy)/'),
    only('knex-in-its-adapter-only', 'knex', '^adapters/knex/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
