// The bundle itself, as HubSpot's builder makes it, with a worker's globals around it. Here HubSpot's own hook reads the
// record, through the call that a worker has for it, and its answers are given as HubSpot's code takes them.
import * as RemoteUI from "@remote-ui/react";
import { createRenderer } from "@hubspot/ui-extensions/testing";
import * as React from "react";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readOut } from "./reading";

type Answer = { data?: unknown; error?: string };

const out = mkdtempSync(join(tmpdir(), "callplan-card-"));
let code: string;
beforeAll(() => {
  execFileSync("node", ["bundle.js", out], { env: { ...process.env, NODE_ENV: "production" } });
  code = readFileSync(join(out, "CallplanCard.js"), "utf8");
});
afterAll(() => rmSync(out, { recursive: true }));

function load(answer: Answer) {
  const asked: string[][] = [];
  const extended: (() => React.ReactElement)[] = [];
  const worker = {
    __HUBSPOT_EXTENSION_WORKER__: true,
    extend_V2: (card: () => React.ReactElement) => extended.push(card),
    hsWorkerAPI: {
      useExtensionContext: () => ({ user: { locale: "en-us" } }),
      fetchCrmProperties: async (names: string[]) => {
        asked.push(names);
        return { json: async () => answer };
      },
    },
  };
  new Function("self", "React", "RemoteUI", code)(worker, React, RemoteUI);
  const card = createRenderer("crm.record.sidebar");
  card.render(extended[0]!());
  return { asked, extended, card, words: () => readOut(card.getRootNode()) };
}

it("registers one card, which loads and then shows what the record says", async () => {
  const { asked, extended, card, words } = load({ data: { hcp_tier: "B", hcp_call_order: "7" } });

  expect(extended).toHaveLength(1);
  expect(words()).toBe("Loading the call plan …");
  await card.waitFor(() => expect(words()).toMatch(/^Tier B This week's list Number 7 /));
  expect(asked).toHaveLength(1);
  expect(asked[0]).toHaveLength(22);
});

it("says so when HubSpot refuses, or answers what is no record", async () => {
  for (const answer of [{ error: "no permission" }, { data: { hcp_call_order: 7 } }]) {
    const { card, words } = load(answer);

    await card.waitFor(() => expect(words()).toMatch(/^The call plan of this account cannot be shown\./));
  }
});

it("names no host", () => {
  expect(code.match(/https?:\/\/[^"']+/g)).toBeNull();
});
