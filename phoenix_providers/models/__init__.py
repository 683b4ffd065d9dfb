"""What the files and settings say, with file and line; no decisions are made here."""
