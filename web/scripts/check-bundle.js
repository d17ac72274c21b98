// Fails the build when the client grows beyond what it promises: the first load of any page and each file, in gzip.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const firstLoadLimit = 200 * 1024;
const fileLimit = 300 * 1024;

const assets = new URL("../dist/assets/", import.meta.url);
const size = (file) => gzipSync(readFileSync(new URL(file, assets))).length;
const scripts = readdirSync(assets).filter((file) => file.endsWith(".js"));

const manifest = JSON.parse(readFileSync(new URL("../dist/.vite/manifest.json", import.meta.url), "utf8"));
const pages = ["login", "dashboard", "my-tickets", "ticket", "new-ticket", "users", "cti", "profile"];

let failed = false;
for (const page of pages) {
  const total = sum(reach(["index.html", `src/app/routes/${page}.tsx`]));
  report(`first load of ${page}`, total, firstLoadLimit);
}
for (const file of scripts) if (size(file) > fileLimit) report(file, size(file), fileLimit);
process.exit(failed ? 1 : 0);

/** All files that these entries load before they can show anything. */
function reach(entries) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key) || !manifest[key]) return;
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
  console.log(`${bytes > limit ? "TOO LARGE " : ""}${what}: ${(bytes / 1024).toFixed(1)} kB of ${limit / 1024} kB`);
}
