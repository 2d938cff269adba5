"""What may be said: messages, their encoding, and the state of one connection. No sockets, no clocks, no files."""
