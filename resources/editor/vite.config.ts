import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

import tokens from "../design/tokens.json";

type Values = { readonly [name: string]: string | number | readonly string[] | Values };

/** `{color: {panel: …}}` becomes `--color-panel: …`; numbers are pixels, but milliseconds for motion. */
function variables(values: Values, prefix: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const key = `${prefix}-${name.replaceAll("_", "-")}`;
    if (Array.isArray(value)) return [`${key}: ${value.map((one: string) => (one.includes(" ") ? `"${one}"` : one)).join(", ")};`];
    if (typeof value === "object") return variables(value as Values, key);
    if (typeof value === "string") return [`${key}: ${value};`];
    return [`${key}: ${value}${key.includes("weight") ? "" : key.startsWith("--motion") ? "ms" : "px"};`];
  });
}

/** The design tokens as CSS: the same file from which the window's style is made. */
function designTokens(): Plugin {
  const name = "virtual:tokens.css";
  const { color, ...rest } = tokens;
  const common = variables(rest as unknown as Values, "-");
  const css = [
    `:root { ${common.join(" ")} }`,
    `:root, [data-theme="light"] { color-scheme: light; ${variables(color.light, "--color").join(" ")} }`,
    `[data-theme="dark"] { color-scheme: dark; ${variables(color.dark, "--color").join(" ")} }`,
  ].join("\n");
  return {
    name: "design-tokens",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? css : null),
  };
}

export default defineConfig({
  base: "/",
  // The icons and the tokens lie beside this folder: the window has them, too.
  server: { fs: { allow: [".."] } },
  plugins: [react(), designTokens()],
  build: {
    outDir: "../page",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    rollupOptions: { output: { entryFileNames: "editor.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" } },
  },
  test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
