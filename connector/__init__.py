"""Makes the CRM say what the plan says, and hears what it says back. It knows no CRM by name.

Floors, each seeing only those below it: host > run > sync > store, intake and roads > config > mapping > yamlfile >
contract > errors. docs/design.md draws the house.
"""
