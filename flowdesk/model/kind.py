"""How the scheduler treats a node."""

from typing import Literal

Kind = Literal[
    "start", "action", "branch", "loop", "parallel", "try", "handle", "break", "continue", "end", "function", "call"
]
"""How the scheduler treats a node. ``loop`` runs what hangs on its first output again while it returns that output; ``try``
leaves by ``error`` when what hangs on its first output fails; ``function`` begins what only ``call`` runs;
``handle`` goes on, and what hangs on its last output runs in between, whenever its function's handler finds something."""
