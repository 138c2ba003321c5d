// What is there: every page of a query, the objects, their fields, the day's calls.
import { byClientCredentials, say } from "./org.mjs";

const { open } = await byClientCredentials();
const soql = "SELECT Id, Name, Owner.Email FROM Account ORDER BY Name";
const first = await open.query(soql);
const all = await open.query(soql, { autoFetch: true, maxFetch: 5000 });
const objects = await open.describeGlobal();
const account = await open.describe("Account");
const limits = await open.limits();
const refused = await open.query("SELECT Tier__c FROM Account").catch((error) => error.errorCode);
say({
  first: [first.records.length, first.done, first.totalSize],
  all: [all.records.length, all.done],
  last: all.records.at(-1),
  objects: objects.sobjects.map((one) => one.name),
  tier: account.fields.find((one) => one.name === "Call_Tier__c"),
  left: limits.DailyApiRequests.Remaining,
  refused,
});
