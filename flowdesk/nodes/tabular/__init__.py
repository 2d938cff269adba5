"""Texts and tables in files: encodings, CSV dialects, workbooks, JSON. Blocking and without a run; nodes call it in a thread."""
