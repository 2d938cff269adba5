"""The picker: pointing at the desktop instead of writing selectors."""
