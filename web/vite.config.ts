import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const apiAddress = process.env.API_URL ?? "http://localhost:3080";

/** The product speaks English: 30 translations of the component library stay out of the first load. */
function englishOnly(): Plugin {
  const translations = /\/intl\/.*\/(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/;
  return {
    name: "english-only",
    enforce: "pre",
    load: (id) => (translations.test(id) ? "export default {}" : null),
  };
}

export default defineConfig({
  plugins: [englishOnly(), react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // The pages' Content-Security-Policy allows no data: scripts or fonts, and small files cache as well as large ones.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "react", test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: "tanstack", test: /node_modules[\\/]@tanstack[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    port: Number(process.env.WEB_PORT ?? 5173),
    strictPort: true,
    proxy: { "/api": { target: apiAddress, changeOrigin: false } },
  },
});
