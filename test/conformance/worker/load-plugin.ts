import type { Plugin } from '../../../core/container.js';
import { API_VERSION, type JobletPlugin } from '../../../core/contracts/plugin.js';
import { asPlugin } from '../../../core/plugins/register-plugin.js';

/** The plugin that a module exports, as something that can be registered. */
export async function loadPlugin(url: string): Promise<Plugin> {
  const module: { readonly default?: JobletPlugin; readonly plugin?: JobletPlugin } = await import(url);
  const plugin = module.default ?? module.plugin;
  if (plugin === undefined) throw new Error(`${url} exports no plugin, neither as its default nor as \`plugin\``);
  if (plugin.apiVersion !== API_VERSION) {
    throw new Error(`${url} is for version ${plugin.apiVersion} of the plugin API; this joblet has ${API_VERSION}`);
  }
  return asPlugin(plugin);
}
