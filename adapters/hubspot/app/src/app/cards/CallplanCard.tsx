// The card beside a record, as HubSpot loads it. What it says is in AccountPlan.
import { hubspot } from "@hubspot/ui-extensions";
import { AccountPlan } from "./AccountPlan";

hubspot.extend<"crm.record.sidebar">(() => <AccountPlan />);
