"""Desktops of flowdesk's own: what starts them, keeps them, and ends them with all that ran on them."""
