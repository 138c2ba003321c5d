"""What Callplan brings into a Salesforce org, and how it gets there."""
