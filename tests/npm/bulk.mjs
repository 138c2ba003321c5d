// Bulk API 2.0: an update of many rows with a bad one among them, then every row in pages.
import { asked, byClientCredentials, say } from "./org.mjs";

const { open } = await byClientCredentials();
Object.assign(open.bulk2, { pollInterval: 200, pollTimeout: 20000 });
const input = asked.ids.map((Id, at) => ({ Id, Call_Order__c: at, Tier_Reason__c: at === 1 ? "x".repeat(256) : "Zoë, vu\u00a03×" }));
const results = await open.bulk2.loadAndWaitForResults({ object: "Account", operation: "update", input });
const soql = "SELECT Id, Name, Tier_Reason__c FROM Account WHERE Call_Order__c != null";
const stream = await open.bulk2.query(soql);
const rows = await stream.toArray();
const refused = await open.bulk2.query("SELECT COUNT(Id) FROM Account").catch((error) => error.errorCode ?? error.name);
say({
  successful: results.successfulResults.length,
  failed: results.failedResults.map((row) => row.sf__Error),
  unprocessed: results.unprocessedRecords.length,
  read: rows.length,
  reason: rows[0].Tier_Reason__c,
  refused,
});
