"""Runs flows. The scheduler decides (pure), the runner carries out (asyncio), the ports name what a desktop must offer."""
