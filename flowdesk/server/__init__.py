"""The socket shell: who gets in, what goes out, and how it ends. The only place of websockets."""
