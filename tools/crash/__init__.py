"""The crash test: workers are killed at any moment, and what a relay stored is held against what the ledger says."""
