"""The desktop as a recording sees it: what a person does, and what was there when they did it."""
