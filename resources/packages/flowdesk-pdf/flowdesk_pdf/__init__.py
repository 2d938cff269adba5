"""PDF for flowdesk: read text, and take out, join, split and turn pages."""
