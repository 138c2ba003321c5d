// What Callplan says of one account. It reads what the nightly run has written, and writes nothing.
import {
  Alert,
  DescriptionList,
  DescriptionListItem,
  Flex,
  Heading,
  LoadingSpinner,
  Text,
  useExtensionContext,
} from "@hubspot/ui-extensions";
import { useCrmProperties } from "@hubspot/ui-extensions/crm";
import { type Plan, planOf } from "./plan";
import { PROPERTIES } from "./properties";

export function AccountPlan() {
  const { user } = useExtensionContext<"crm.record.sidebar">();
  const { properties, error, isLoading } = useCrmProperties(Object.values(PROPERTIES));
  if (error) return <Failed />;
  if (isLoading) return <LoadingSpinner label="Loading the call plan …" showLabel />;

  const plan = planOf(properties, user.locale);
  if (!plan.written) return <Empty />;
  return (
    <Flex direction="column" gap="small">
      {plan.goingCold && <GoingCold plan={plan} />}
      {plan.tier ? <Planned plan={plan} /> : <Suppressed plan={plan} />}
    </Flex>
  );
}

function Failed() {
  return (
    <Alert title="The call plan of this account cannot be shown." variant="error">
      Load the page again; if that does not help, tell your administrator.
    </Alert>
  );
}

function Empty() {
  return (
    <Flex direction="column" gap="small">
      <Heading>Nothing here yet</Heading>
      <Text>
        Callplan has not written a tier for this account. It does so on the night after the account has an NPI that is
        found in the claims. If it should have one by now, ask your administrator.
      </Text>
    </Flex>
  );
}

function GoingCold({ plan }: { plan: Plan }) {
  return (
    <Alert title={plan.coldSince ? `Going cold since ${plan.coldSince}` : "Going cold"} variant="warning">
      {plan.coldReason && <Text>{plan.coldReason}</Text>}
      <Text>
        <Text inline format={{ fontWeight: "bold" }}>
          What clears it:
        </Text>{" "}
        a visit that has taken place and is logged on this account. The flag is gone after the next night. A planned
        visit alone does not clear it.
      </Text>
    </Alert>
  );
}

function Planned({ plan }: { plan: Plan }) {
  return (
    <>
      <Heading>Tier {plan.tier}</Heading>
      {plan.tierReason && <Text>{plan.tierReason}</Text>}
      <Facts
        of={{
          "Tier since": plan.tierSince,
          "This week's list": plan.place ?? "Not on this week's list",
          "Next visit": plan.nextVisit ?? "None planned this week",
          "Next touch": plan.nextTouch,
          "Last visit": plan.lastVisit ?? "No counted visit yet",
        }}
      />
    </>
  );
}

// No tier, but something else: what is left is all that the record can tell.
function Suppressed({ plan }: { plan: Plan }) {
  return (
    <>
      <Heading>No tier at present</Heading>
      <Text>
        This account has had a call plan, and has no tier at present. Callplan takes a plan back when the account&apos;s
        NPI is missing, mistyped or on another account too; a person may also have emptied the tier. Ask your
        administrator.
      </Text>
      {plan.tierReason && <Text>{plan.tierReason}</Text>}
      <Facts
        of={{
          "Tier since": plan.tierSince,
          "This week's list": plan.place,
          "Next visit": plan.nextVisit,
          "Next touch": plan.nextTouch,
          "Last visit": plan.lastVisit,
        }}
      />
    </>
  );
}

function Facts({ of }: { of: Record<string, string | undefined> }) {
  const said = Object.entries(of).filter(([, value]) => value);
  if (said.length === 0) return null;
  return (
    <DescriptionList direction="row">
      {said.map(([label, value]) => (
        <DescriptionListItem key={label} label={label}>
          <Text>{value}</Text>
        </DescriptionListItem>
      ))}
    </DescriptionList>
  );
}
