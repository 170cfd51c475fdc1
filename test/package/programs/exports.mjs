const found = {};
for (const name of process.argv.slice(2)) {
  const exported = await import(name, name.endsWith('.json') ? { with: { type: 'json' } } : undefined);
  found[name] = Object.keys(name.endsWith('.json') ? exported.default : exported);
}
process.stdout.write(`${JSON.stringify(found)}\n`);
