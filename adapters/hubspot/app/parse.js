// The project as HubSpot's command line reads it before an upload, on standard output: node parse.js.
// Without the schemas of each part: those are served to a logged-in account only.
import { parseProjectConfig } from "@hubspot/project-parsing-lib/projects";
import { translate } from "@hubspot/project-parsing-lib/translate";
import { join } from "node:path";

const { srcDir, platformVersion } = parseProjectConfig(import.meta.dirname);
const context = { projectSourceDir: join(import.meta.dirname, srcDir), platformVersion, accountId: 0 };
const { intermediateRepresentation, skippedHsMetaFiles } = await translate(context, { skipValidation: true });
if (skippedHsMetaFiles.length > 0) throw new Error(`HubSpot would skip ${skippedHsMetaFiles.join(", ")}`);
console.log(JSON.stringify(intermediateRepresentation.intermediateNodesIndexedByUid, null, 2));
