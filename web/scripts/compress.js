// Writes a .br and a .gz beside each text file of a build, so that the server compresses nothing twice.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const built = process.argv[2] ?? "dist";
const worthIt = 1024;

for (const entry of readdirSync(built, { recursive: true })) {
  if (!/\.(js|css|html|svg)$/.test(entry)) continue;
  const file = join(built, entry);
  const content = readFileSync(file);
  if (content.length < worthIt) continue;
  const hint = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: hint }));
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
}
