"""What every test gets: Qt draws into memory unless a test asks for the rig's desktop."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
