// The card beside a record. HubSpot runs this file alone, in a worker: it exports nothing.
import { hubspot } from "@hubspot/ui-extensions";
import { AccountPlan } from "./AccountPlan";

hubspot.extend<"crm.record.sidebar">(() => <AccountPlan />);
