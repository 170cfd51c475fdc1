const found = {};
for (const name of process.argv.slice(2)) {
  try {
    found[name] = Object.keys(require(name));
  } catch (error) {
    found[name] = error.code;
  }
}
process.stdout.write(`${JSON.stringify(found)}\n`);
