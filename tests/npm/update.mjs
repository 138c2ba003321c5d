// More rows than one call takes, with a bad one among them, and a record made, read and deleted.
import { asked, byClientCredentials, say } from "./org.mjs";

const { open } = await byClientCredentials();
const rows = asked.ids.map((Id, at) => ({ Id, Call_Order__c: at, Call_Tier__c: at === 1 ? "D" : "A" }));
const outcomes = await open.sobject("Account").update(rows, { allowRecursive: true });
const task = await open.sobject("Task").create({ Subject: "Call", WhatId: asked.ids[0] });
const read = await open.sobject("Task").retrieve(task.id);
const deleted = await open.sobject("Task").destroy(task.id);
say({
  written: outcomes.filter((one) => one.success).length,
  bad: outcomes.find((one) => !one.success).errors[0].statusCode,
  status: read.Status,
  deleted: deleted.success,
});
