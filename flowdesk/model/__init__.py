"""What exists: flows, changes, targets, node types, runs, events. Pure: no clock, no file, no thread, no toolkit."""
