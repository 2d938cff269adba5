"""The canvas: a disposable picture of a flow, and the gestures that ask for changes to it."""
