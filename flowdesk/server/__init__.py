"""The socket shell: browsers, scripts and other editors reach the session through it."""
