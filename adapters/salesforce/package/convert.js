// Turns the source into what a deploy takes, with Salesforce's own library: node convert.js OUT [package directory].
// The library and not the whole command line: `sf project convert source` calls the same code, and weighs four times as much.
const { ComponentSet, MetadataConverter } = require("@salesforce/source-deploy-retrieve");

async function convert(out, folders) {
    const found = ComponentSet.fromSource({ fsPaths: folders });
    found.sourceApiVersion = require("./sfdx-project.json").sourceApiVersion;
    await new MetadataConverter().convert(found, "metadata", { type: "directory", outputDirectory: out, genUniqueDir: false });
}

const [out, ...folders] = process.argv.slice(2);
convert(out, folders.map((folder) => `${__dirname}/${folder}`));
