"""The home folder of the programs that a run starts."""

HOME_OF_PROGRAMS: dict[str, str] = {}
"""Variables of the environment that give them a home of their own; empty where they use the person's."""
