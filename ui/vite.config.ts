// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const TOKENS = 'virtual:kern-tokens.css';

/**
 * KERN's design tokens without its components.
 *
 * The components carry their icons as data: addresses, which our content security policy refuses, and are
 * sized for a citizen's form. We take what makes the look: every rule that sets nothing but tokens.
 */
function kernTokens(): Plugin {
  return {
    name: 'kern-tokens',
    resolveId: (id) => (id === TOKENS ? `\0${TOKENS}` : undefined),
    load(id) {
      if (id !== `\0${TOKENS}`) return undefined;
      const path = fileURLToPath(new URL('node_modules/@kern-ux/native/dist/kern.css', import.meta.url));
      const css = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
      const rules: string[] = [];
      for (const [, selector = '', body = ''] of css.matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
        const names = selector.split(',').map((one) => one.trim());
        const ours = names.filter((one) => one === ':root' || /^\[data-kern-theme=(light|dark)\]$/.test(one));
        const declarations = body.split(';').map((one) => one.trim()).filter(Boolean);
        const tokens = declarations.filter((one) => one.startsWith('--kern-'));
        // A :root inside of a media query sets sizes for wide screens, or follows the system; both are ours to choose.
        const seen = rules.some((rule) => rule.startsWith(`${ours.join(',')}{${tokens[0] ?? ''}`));
        if (ours.length > 0 && tokens.length > 0 && !seen) rules.push(`${ours.join(',')}{${tokens.join(';')}}`);
      }
      if (rules.length < 7) throw new Error(`KERN's tokens have moved: ${rules.length} rules were found`);
      return prune(rules.join('\n'));
    },
  };
}

/** Leaves out the tokens that no rule of ours can reach: most of the palette. */
function prune(css: string): string {
  const ours = readFileSync(fileURLToPath(new URL('src/app.css', import.meta.url)), 'utf8');
  const values = new Map<string, string[]>();
  for (const [, name = '', value = ''] of css.matchAll(/(--kern-[a-z0-9-]+):([^;}]*)/g)) {
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  const reached = new Set<string>();
  const reach = (text: string): void => {
    for (const [name] of text.matchAll(/--kern-[a-z0-9-]+/g)) {
      if (reached.has(name)) continue;
      if (!values.has(name)) throw new Error(`KERN has no token ${name}`);
      reached.add(name);
      values.get(name)?.forEach(reach);
    }
  };
  reach(ours);
  return css.replace(/(--kern-[a-z0-9-]+):[^;}]*;?/g, (whole, name: string) => (reached.has(name) ? whole : ''));
}

export default defineConfig({
  plugins: [kernTokens(), svelte()],
  build: {
    target: 'es2022',
    // An inlined file would be a data: address, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
