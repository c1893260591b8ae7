"""The ledger of finance for land: activities and their money, imports, classes, duplicates, decisions."""
