"""The inspector: forms that derive from the declarations of node types."""
