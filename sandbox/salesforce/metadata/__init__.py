"""The Metadata API: what a package may hold, what happens when it is deployed, and how it is read back."""
