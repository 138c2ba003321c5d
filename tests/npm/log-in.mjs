// Both ways in for a machine, and what a wrong secret is told.
import { asked, byAssertion, byClientCredentials, say } from "./org.mjs";

const names = [];
for (const enter of [byClientCredentials, byAssertion]) {
  const { open, user } = await enter();
  const found = await open.query(`SELECT Username FROM User WHERE Id = '${user.id}'`);
  names.push(found.records[0].Username);
}
asked.client_secret = "guess";
const refused = await byClientCredentials().catch((error) => error.name);
say({ names, refused });
