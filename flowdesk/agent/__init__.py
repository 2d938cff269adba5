"""The shell of assistants: the Model Context Protocol on standard input and output, a client of the session like any other."""
