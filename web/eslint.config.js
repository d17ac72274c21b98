import importX from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = ["audit", "comments", "cti", "session", "tickets", "users"];

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.gen.ts"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": importX },
    settings: { "import-x/resolver": { typescript: true } },
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            // Shared code knows neither features nor pages; features do not know pages or each other; routes compose.
            { target: ["./src/lib", "./src/components", "./src/api"], from: ["./src/features", "./src/app"] },
            { target: "./src/features", from: "./src/app" },
            ...features.map((name) => ({ target: `./src/features/${name}`, from: "./src/features", except: [`./${name}`] })),
            { target: "./src/lib", from: "./src/components" },
          ],
        },
      ],
      "@typescript-eslint/no-non-null-assertion": "off", // CSS modules and checked indexes: the type knows less than the code
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off", // `return setProblem(…)` reads as one sentence: say so and stop
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/only-throw-error": ["error", { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] }], // the router catches it
    },
  },
);
