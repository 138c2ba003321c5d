// A package is checked over REST, deployed over SOAP, granted, and read back.
import { asked, byClientCredentials, say } from "./org.mjs";

const { open } = await byClientCredentials();
const zip = Buffer.from(asked.zip, "base64");
const options = { rollbackOnError: true, singlePackage: true };
const fields = async () => (await open.describe("Account")).fields.map((one) => one.name);

const { id } = await open.metadata.deployRest(zip, { ...options, checkOnly: true }).complete();
const checked = await open.metadata.checkDeployStatus(id, true, true);
const before = await fields();
const deployed = await open.metadata.deploy(zip, options).complete(true);
const granted = await open.query("SELECT Id FROM PermissionSet WHERE Name = 'Call_Planning_Integration'");
await open.sobject("PermissionSetAssignment").create({
  AssigneeId: open.userInfo.id,
  PermissionSetId: granted.records[0].Id,
});
const tier = await open.metadata.read("CustomField", "Account.Call_Tier__c");
const described = await open.metadata.describe("67.0");
const listed = await open.metadata.list([{ type: "ListView" }], "67.0");
say({
  checked: [checked.status, checked.numberComponentsDeployed, checked.details.componentFailures.length],
  before: before.includes("Call_Tier__c"),
  deployed: [deployed.status, deployed.success, deployed.details.componentSuccesses.length],
  after: (await fields()).includes("Call_Tier__c"),
  tier,
  types: described.metadataObjects.map((one) => one.xmlName),
  listed: [listed].flat().map((one) => one.fullName),
});
