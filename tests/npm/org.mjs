// A connection of jsforce to the sandbox that standard input names, and one line of JSON as the answer.
import { readFileSync } from "node:fs";
import { createSign } from "node:crypto";
import { Connection, OAuth2 } from "jsforce";

export const asked = JSON.parse(readFileSync(0, "utf8"));

export function say(answer) {
  console.log(JSON.stringify(answer));
}

function connection() {
  const { url, client_id, client_secret } = asked;
  const oauth2 = new OAuth2({ loginUrl: url, clientId: client_id, clientSecret: client_secret });
  const open = new Connection({ oauth2, instanceUrl: url, version: "67.0" });
  open.metadata.pollInterval = 200;
  return open;
}

export async function byClientCredentials() {
  const open = connection();
  const user = await open.authorize({ grant_type: "client_credentials" });
  return { open, user };
}

export async function byAssertion() {
  const open = connection();
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 180;
  const claims = { iss: asked.jwt_client, sub: asked.username, aud: "https://login.salesforce.com", exp };
  const signed = `${part({ alg: "RS256" })}.${part(claims)}`;
  const signature = createSign("RSA-SHA256").update(signed).sign(asked.private_key, "base64url");
  const user = await open.authorize({
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: `${signed}.${signature}`,
  });
  return { open, user };
}
