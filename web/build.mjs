// Builds script, style, face and icon into crates/console/assets: hashed names, and manifest.json that says which is which.
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { paintIcon } from "./icons.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = join(here, "../crates/console/assets");

mkdirSync(out, { recursive: true });
for (const name of readdirSync(out)) rmSync(join(out, name), { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: {
    console: "src/console.ts",
    // Served at /worker.js: it imports nothing, so it is a plain script as well.
    worker: "src/worker.ts",
    style: "styles/style.css",
    icon: "src/icon.svg",
  },
  bundle: true,
  format: "esm",
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  minify: true,
  metafile: true,
  outdir: out,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "copy" },
  logLevel: "warning",
});

// The licence of the face goes where the face goes.
copyFileSync(
  join(here, "node_modules/@fontsource/commit-mono/LICENSE"),
  join(out, "commit-mono-licence.txt"),
);

const manifest = {};
for (const [path, about] of Object.entries(result.metafile.outputs)) {
  const file = basename(path);
  const from = about.entryPoint ?? Object.keys(about.inputs)[0] ?? file;
  const kind = file.slice(file.lastIndexOf("."));
  manifest[`${basename(from).replace(/\.[^.]+$/, "")}${kind}`] = file;
}
// Browsers that install the console want its icon in pixels too.
for (const side of [192, 512]) {
  const { name, bytes } = paintIcon(side);
  writeFileSync(join(out, name), bytes);
  manifest[`icon-${side}.png`] = name;
}
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
for (const [name, file] of Object.entries(manifest)) console.log(`${name} -> ${file}`);
