// Fails the build when the client grows beyond what it promises: what a page needs to show itself, and each file, in gzip.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const kB = 1024;
const fileLimit = 300 * kB;
// Close above what they are, and never above 200: a page that grows says so here.
const pages = {
  login: { limit: 128 * kB },
  dashboard: { limit: 138 * kB },
  "my-tickets": { limit: 138 * kB },
  // Its texts are markdown: without the renderer it shows none of them.
  ticket: { limit: 172 * kB, then: ["src/components/markdown/markdown.tsx"] },
  "new-ticket": { limit: 195 * kB },
  users: { limit: 132 * kB },
  cti: { limit: 132 * kB },
  profile: { limit: 129 * kB },
};

const assets = new URL("../dist/assets/", import.meta.url);
const size = (file) => gzipSync(readFileSync(new URL(file, assets))).length;
const scripts = readdirSync(assets).filter((file) => file.endsWith(".js"));

const manifest = JSON.parse(readFileSync(new URL("../dist/.vite/manifest.json", import.meta.url), "utf8"));

let failed = false;
for (const [page, { limit, then = [] }] of Object.entries(pages)) {
  report(`scripts of ${page}`, sum(reach(["index.html", `src/app/routes/${page}.tsx`, ...then])), limit);
}
for (const file of scripts) if (size(file) > fileLimit) report(file, size(file), fileLimit);
process.exit(failed ? 1 : 0);

/** All files that these entries load before they can show anything. */
function reach(entries) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    if (!manifest[key]) throw new Error(`${key} is no entry of this build: what it weighs would not be counted`);
    seen.add(key);
    for (const imported of manifest[key].imports ?? []) visit(imported);
  };
  entries.forEach(visit);
  return [...seen].map((key) => manifest[key].file.replace("assets/", "")).filter((file) => file.endsWith(".js"));
}

function sum(files) {
  return [...new Set(files)].reduce((total, file) => total + size(file), 0);
}

function report(what, bytes, limit) {
  failed ||= bytes > limit;
  console.log(`${bytes > limit ? "TOO LARGE " : ""}${what}: ${(bytes / kB).toFixed(1)} kB of ${limit / kB} kB`);
}
