"""Scripts and macros of other tools become flows. Nothing of them is ever run: they are read."""
