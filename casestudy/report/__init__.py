"""Ways out: figures, the claim ledger, evidence pages, executed notebooks and the site."""
