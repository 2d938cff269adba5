"""Many desktops on one queue: the hub, its robots, and what they are given to do (contract §8)."""
