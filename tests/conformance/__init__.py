"""What is assumed of a CRM, asked of the CRM itself: of the sandbox by the tests, of the real one by its owner."""
