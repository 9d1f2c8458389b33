// Loads one plugin in a process of its own and sends a sketch of what it exports: its data, with a mark where a function is. What
// a plugin does while it is loaded (ends the process, prints, never comes back) then harms nobody. It imports nothing of joblet, so
// that it starts fast.
const FUNCTION = '[function]';
const MAX_VALUES = 20_000;
const MAX_TEXT = 10_000;

const send = process.send.bind(process);
const exit = process.exit.bind(process);

process.once('message', async ({ url, facts }) => {
  let report;
  try {
    const module = await import(url);
    const plugin = module.default ?? module.plugin;
    report = plugin === undefined ? { kind: 'no-export' } : { kind: 'sketch', sketch: sketchPlugin(plugin, facts) };
  } catch (thrown) {
    report = { kind: 'thrown', ...describe(thrown) };
  }
  // What it left for the next turn may still fail, and would then fail in joblet itself.
  setImmediate(() => send(report, () => exit(0)));
});

function sketchPlugin(plugin, facts) {
  const services = { ...facts, host: { ...facts.host, now: () => new Date() }, ...stubs('isolator', 'network') };
  const made = typeof plugin === 'object' && plugin !== null ? { ...plugin } : plugin;
  for (const [list, what] of [
    ['packs', 'pack'],
    ['phases', 'phase'],
    ['platforms', 'platform'],
    ['toolchainSources', 'toolchain source'],
  ]) {
    if (!Array.isArray(made?.[list])) continue;
    made[list] = made[list].map((one, index) =>
      typeof one === 'function'
        ? attempt(`${list}[${index}], the function that makes a ${what},`, () => one(services))
        : one,
    );
  }
  if (Array.isArray(made?.wrapPhases)) {
    made.wrapPhases = made.wrapPhases.map((one, index) => {
      if (typeof one?.wrap !== 'function') return one;
      const inner = { number: 1, id: String(one.id), title: 'Phase', description: 'A phase', run: async () => {} };
      const wrapped = attempt(`wrapPhases[${index}].wrap`, () => one.wrap(inner, services));
      return { id: one.id, wrap: one.wrap, wrapped };
    });
  }
  return sketch(made, { left: MAX_VALUES, within: new Set() });
}

function attempt(what, make) {
  try {
    return make();
  } catch (thrown) {
    throw new Error(`${what} failed: ${describe(thrown).message}`);
  }
}

/** Services that may be kept and not yet used. */
function stubs(...names) {
  const stub = (name) =>
    new Proxy(
      {},
      {
        get: (_, key) => () => {
          throw new Error(`${name}.${String(key)} may not be called before a build runs`);
        },
      },
    );
  return Object.fromEntries(names.map((name) => [name, stub(name)]));
}

function sketch(value, state) {
  state.left -= 1;
  if (state.left < 0) throw new Error(`what it exports has more than ${MAX_VALUES} values`);
  if (typeof value === 'function') return FUNCTION;
  if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (typeof value !== 'object') return undefined;
  if (state.within.has(value)) return '[circular]';
  state.within.add(value);
  const made = Array.isArray(value)
    ? value.map((one) => sketch(one, state) ?? null)
    : Object.fromEntries(namesOf(value).map((name) => [name, sketch(value[name], state)]));
  state.within.delete(value);
  return made;
}

/** Members, those of its class too. */
function namesOf(value) {
  const names = new Set();
  for (let at = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name);
  }
  return [...names];
}

function describe(thrown) {
  try {
    if (!(thrown instanceof Error)) return { message: String(thrown).slice(0, MAX_TEXT) };
    return { message: thrown.message.slice(0, MAX_TEXT), name: thrown.name, code: thrown.code };
  } catch {
    return { message: 'something that cannot be shown' };
  }
}
