// The project as HubSpot's command line reads it before an upload, on standard output: node parse.js.
// The schema of each part is served to a logged-in account only. Without it the library lets a wrong file pass without a
// word, so what it says of one before it looks at the schema is asked for here, file by file.
import { ALLOWED_TOP_LEVEL_FIELDS, Components } from "@hubspot/project-parsing-lib/constants";
import { parseProjectConfig } from "@hubspot/project-parsing-lib/projects";
import { mapToUserFacingType } from "@hubspot/project-parsing-lib/transform";
import { translate } from "@hubspot/project-parsing-lib/translate";
import { validateUid } from "@hubspot/project-parsing-lib/uid";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const { srcDir, platformVersion } = parseProjectConfig(import.meta.dirname);
const src = join(import.meta.dirname, srcDir);
const context = { projectSourceDir: src, platformVersion, accountId: 0 };
const { intermediateRepresentation } = await translate(context, { skipValidation: true });
const parts = intermediateRepresentation.intermediateNodesIndexedByUid;

function* problems(file) {
  const part = Object.values(parts).find((found) => found.metaFilePath === file);
  if (!part) return yield "is not JSON, or lies where HubSpot does not look";

  const { dir, parentComponent = "" } = Components[mapToUserFacingType(part.componentType)] ?? {};
  if (!dir) yield `has the type ${part.componentType}, which HubSpot does not know`;
  else if (dirname(file) !== join(parentComponent, dir)) yield `belongs into ${join(parentComponent, dir)}`;
  if (validateUid(part.uid)) yield validateUid(part.uid);
  for (const field of Object.keys(JSON.parse(readFileSync(join(src, file), "utf8")))) {
    if (!ALLOWED_TOP_LEVEL_FIELDS.has(field)) yield `has the field ${field}, which HubSpot does not know`;
  }
  const { entrypoint } = part.config ?? {};
  if (entrypoint && !existsSync(join(src, entrypoint))) yield `names ${entrypoint}, which is not there`;
}

const files = readdirSync(src, { recursive: true }).filter((found) => found.endsWith("-hsmeta.json"));
const told = files.flatMap((file) => [...problems(file)].map((problem) => `${srcDir}/${file} ${problem}`));
for (const problem of told) console.error(problem);
if (told.length > 0) process.exit(1);
console.log(JSON.stringify(parts, null, 2));
