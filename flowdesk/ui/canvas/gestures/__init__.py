"""Gestures of the pointer: one class for each."""
