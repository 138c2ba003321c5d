// HubSpot's own rules for cards on all that is uploaded; TypeScript's and React's recommended ones on everything.
import { config as uploaded } from "@hubspot/eslint-config-ui-extensions";
import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default [
  ...typescript.configs.recommended,
  hooks.configs.flat["recommended-latest"],
  ...uploaded.map((part) => ({ ...part, files: ["src/**/*.{ts,tsx}"] })),
];
