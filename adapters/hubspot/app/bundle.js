// Bundles each card with HubSpot's own builder, as an upload has it done: node bundle.js OUT.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSingleExtension } from "@hubspot/ui-extensions-dev-server";

const outputDir = resolve(process.argv[2]);
const cards = join(import.meta.dirname, "src/app/cards");
for (const name of readdirSync(cards).filter((found) => found.endsWith("-hsmeta.json"))) {
  const { entrypoint } = JSON.parse(readFileSync(join(cards, name), "utf8")).config;
  await buildSingleExtension({
    file: join(import.meta.dirname, "src", entrypoint),
    root: cards,
    outputDir,
    minify: true,
    codeCheckingPluginEnabled: true,
    logLevel: "warn",
  }).catch(({ message }) => {
    console.error(message); // the builder's own last words are only that it failed
    process.exitCode = 1;
  });
}
