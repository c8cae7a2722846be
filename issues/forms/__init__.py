"""Input shapes of the findings and the ledger. Nothing here writes; what is right beyond one field, the actions say."""
