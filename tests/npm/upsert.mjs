// Records by the customer's own key: one that is there, one that is not, and one without a value that fits.
import { asked, byClientCredentials, say } from "./org.mjs";

const { open } = await byClientCredentials();
const [known, fresh, bad] = asked.keys;
const outcomes = await open.sobject("Account").upsert(
  [
    { NPI__c: known, Call_Tier__c: "B" },
    { NPI__c: fresh, Name: "Dr. Fresh" },
    { NPI__c: bad, Call_Tier__c: "D" },
  ],
  "NPI__c",
);
const identity = await open.identity();
say({
  outcomes: outcomes.map((one) => (one.success ? one.created : one.errors[0].statusCode)),
  username: identity.username,
});
